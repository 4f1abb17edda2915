"""``serve``, ``worker`` and ``demo``: the product at run time."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import time
import webbrowser
from collections.abc import Callable, Sequence
from pathlib import Path
from types import FrameType
from typing import Annotated

import typer

from ordertrail.cli.progress import screen, shown
from ordertrail.cli.setup import Home, use_home

GRACEFUL_SECONDS = 5
"""So long a page that is being made when the server is stopped may still take."""
END_SECONDS = 20
"""So long pages and worker may take to end; then they are killed."""
Port = Annotated[int, typer.Option(help="The port on this machine.")]


def add_to(app: typer.Typer) -> None:
    """Add the commands of this file."""
    for command in (serve, worker, demo):
        app.command()(command)


def serve(home: Home = None, port: Port = 8000, host: Annotated[str, typer.Option()] = "127.0.0.1") -> None:
    """Serve the pages and the API, with the worker beside them, until Ctrl C."""
    use_home(home)
    from ordertrail.cli.company import make_store

    make_store()
    _serve(host, port)


def worker(home: Home = None) -> None:
    """Run the worker alone: syncs that are due, jobs, checks and the hub."""
    use_home(home)
    stopping = _until_stopped()
    from ordertrail.config.work import Following
    from ordertrail.sync.worker import rounds

    rounds(Following(), stopping)


def _until_stopped() -> Callable[[], bool]:
    """A question that answers yes once this process was asked to stop, so that what is being done ends whole."""
    asked = []

    def stop(signum: int, frame: FrameType | None) -> None:
        asked.append(signum)

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    return lambda: bool(asked)


def _serve(host: str, port: int) -> None:
    """Web (two processes × four threads) and worker as children of this process; when one ends, all end."""
    children = [
        subprocess.Popen(
            [sys.executable, "-m", "gunicorn", "--workers", "2", "--threads", "4", "--worker-class", "gthread",
             "--bind", f"{host}:{port}", "--timeout", "60", "--graceful-timeout", str(GRACEFUL_SECONDS),
             "--log-level", "warning", "ordertrail.config.wsgi:application"]
        ),
        subprocess.Popen([sys.executable, "-m", "ordertrail", "worker"]),
    ]  # fmt: skip
    stopping = _until_stopped()
    try:
        while not stopping() and all(child.poll() is None for child in children):
            time.sleep(0.2)
    finally:
        end(children)


def end(children: Sequence[subprocess.Popen[bytes]], seconds: float = END_SECONDS) -> None:
    """Ask all to end, wait for each, and kill what does not end in time: whatever a kill cuts off is made again or rolled back."""
    for child in children:
        if child.poll() is None:
            child.terminate()
    until = time.monotonic() + seconds
    for child in children:
        try:
            child.wait(timeout=max(0.1, until - time.monotonic()))
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()


DemoPort = Annotated[
    int | None, typer.Option(help="The port on this machine; default: 8000, or the next free one.", show_default=False)
]
DemoHome = Annotated[
    Path | None,
    typer.Option("--home", help="The demo's own folder; default: ~/.ordertrail-demo.", show_default=False),
]


def _free(port: int | None) -> int:
    """A port that nobody listens on: ``port`` itself, or from 8000 on where none was asked for. Exits when it is taken."""
    for tried in [port] if port else range(8000, 8100):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", tried))
            except OSError:
                continue
            return tried
    typer.echo(
        f"Another program listens on port {port or '8000 and the hundred after it'}; choose one with --port.", err=True
    )
    raise typer.Exit(2)


def demo(
    port: DemoPort = None,
    home: DemoHome = None,
    fresh: Annotated[bool, typer.Option(help="Make the company anew.")] = False,
    live: Annotated[bool, typer.Option(help="Let the sources live on: a company day a minute.")] = False,
    open_page: Annotated[bool, typer.Option("--open", help="Open the page in a browser.")] = False,
    prepare_only: Annotated[bool, typer.Option(help="Make everything and do not serve.")] = False,
) -> None:
    """Make the demo company by really syncing its source systems, and serve it."""
    begun = time.monotonic()
    folder = (home or Path("~/.ordertrail-demo")).expanduser().resolve()
    from ordertrail.demo.setting_up import LOG_INS, PASSWORD, make, ready, sources_alive
    from ordertrail.lib.refused import Refused

    port = _free(port)
    if fresh or not ready(folder):
        try:
            make(folder, shown)
        except Refused as refused:
            raise typer.BadParameter(refused.detail) from None
    else:
        use_home(folder)
    screen.print(f"[bold]http://127.0.0.1:{port}/[/]  · ready in {time.monotonic() - begun:.1f} s")
    for name, what in LOG_INS:
        screen.print(f"  {name:<7} {PASSWORD}   {what}")
    if prepare_only:
        return
    if open_page:
        webbrowser.open(f"http://127.0.0.1:{port}/")
    screen.print(
        "Ctrl C ends it; the next start takes seconds." + (" A company day passes each minute." if live else "")
    )
    with sources_alive(folder, live=live):
        _serve("127.0.0.1", port)
    screen.print("Stopped; nothing is lost.")
