"""The demo company from an empty folder to its first page, its second start, and what ``serve`` needs in memory when idle.

The floor: two gunicorn workers with an empty Django, begun and at rest.
"""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from http.cookiejar import CookieJar
from pathlib import Path

from bench import claims
from bench.claims import claim, told

PAGES = (
    "/",
    "/orders/",
    "/findings/",
    "/sources/",
    "/desk/",
    "/boards/manager/",
    "/boards/delivery/",
    "/search/?q=SO-26",
)
IDLE_SECONDS = 20
EMPTY = """
from django.conf import settings
settings.configure(SECRET_KEY="x", ROOT_URLCONF=__name__, ALLOWED_HOSTS=["*"])
import django; django.setup()
from django.http import HttpResponse
from django.urls import path
urlpatterns = [path("", lambda request: HttpResponse("here"))]
from django.core.wsgi import get_wsgi_application
application = get_wsgi_application()
"""


def main() -> None:
    """Measure and print."""
    from ordertrail.demo.setting_up import PASSWORD

    with tempfile.TemporaryDirectory() as folder:
        whole = from_a_clone(Path(folder))
        demo = [sys.executable, "-m", "ordertrail", "demo", "--home", f"{folder}/demo"]
        with running(demo, Path(folder)) as (first, port, _):
            pass
        with running(demo, Path(folder)) as (second, port, process):
            seen = visited(port, PASSWORD)
            time.sleep(IDLE_SECONDS)
            memory = held(process.pid)
        (Path(folder) / "empty.py").write_text(EMPTY, "utf-8")
        bare = [
            sys.executable,
            "-m",
            "gunicorn",
            "--workers",
            "2",
            "--threads",
            "4",
            "--worker-class",
            "gthread",
            "empty",
        ]
        with running(bare, Path(folder), "--bind") as (floor, _, process):
            floor_memory = held(process.pid)
    claim("dev.py demo: from a fresh clone and a warm package cache to the first page", whole, 120, floor=floor)
    claim("demo: from an empty folder to the first page, of it ours", first, 60, floor=floor)
    claim("demo: second start", second, 5, floor=floor)
    claim(f"idle memory of serve after {seen} pages", memory, 400, "MB", floor=floor_memory)
    told("the floor begins within", floor)


def from_a_clone(folder: Path) -> float:
    """Seconds that ``python3 dev.py demo`` takes in a new clone of what is committed, packages and all, to the first page."""
    clone = folder / "clone"
    subprocess.run(["git", "clone", "--quiet", str(Path(__file__).parent.parent), str(clone)], check=True)
    plain = Path(sys.base_prefix) / "bin" / f"python{sys.version_info.major}.{sys.version_info.minor}"
    command = [str(plain), str(clone / "dev.py"), "demo", "--home", str(folder / "cloned")]
    with running(command, clone) as (seconds, _, _):
        return seconds


@contextmanager
def running(
    command: Sequence[str], folder: Path, port_word: str = "--port"
) -> Iterator[tuple[float, int, subprocess.Popen[bytes]]]:
    """The command while it serves on a free port: seconds until it answered, the port, the process; stopped at the end."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    begun = time.monotonic()
    where = f"127.0.0.1:{port}" if port_word == "--bind" else str(port)
    process = subprocess.Popen([*command, port_word, where], cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                               env={**os.environ, "PYTHONPATH": f"{Path(__file__).parent.parent}:{folder}"})  # fmt: skip
    try:
        while not answers(port):
            if process.poll() is not None:
                raise RuntimeError(f"{command} ended with code {process.returncode}")
            time.sleep(0.05)
        yield time.monotonic() - begun, port, process
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(60)


def answers(port: int) -> bool:
    """Whether somebody answers there."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=30) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def visited(port: int, password: str) -> int:
    """Log in as Dana and read each page twice, so that both processes have done some; returns how many were read."""
    browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))
    home = f"http://127.0.0.1:{port}"
    with browser.open(f"{home}/") as answer:
        page, address = answer.read().decode(), answer.url
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
    assert token is not None, "the first page is no log-in"
    form = {"csrfmiddlewaretoken": token[1], "login": "dana", "password": password}
    request = urllib.request.Request(address, urllib.parse.urlencode(form).encode(), {"Referer": address})
    with browser.open(request) as answer:
        assert 'type="password"' not in answer.read().decode(), "the log-in was refused"
    for address in PAGES * 2:
        with browser.open(home + address) as answer:
            assert (answer.status, 'type="password"' in answer.read().decode()) == (200, False), address
    return len(PAGES) * 2


def held(process: int) -> float:
    """Megabytes that a process and its children hold, shared pages divided among those who share them (PSS)."""
    rollup = Path(f"/proc/{process}/smaps_rollup").read_text("utf-8")
    found = re.search(r"^Pss:\s+(\d+) kB", rollup, re.MULTILINE)
    assert found is not None
    children = Path(f"/proc/{process}/task/{process}/children").read_text("utf-8").split()
    return int(found[1]) / 1024 + sum(held(int(child)) for child in children)


if __name__ == "__main__":
    claims.closing(main)
