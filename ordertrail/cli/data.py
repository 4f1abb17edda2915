"""Bringing data in and looking after it: sync, hub, verify, replay, explain, backup, restore, doctor."""

from __future__ import annotations

import json
from typing import Annotated, Any

import typer

from ordertrail.cli.progress import screen, shown
from ordertrail.cli.setup import Home, use_home

Json = Annotated[bool, typer.Option("--json", help="For programs: JSON on the standard output.")]


def add_to(app: typer.Typer) -> None:
    """Add the commands of this file."""
    app.command()(sync)


def sync(
    source: Annotated[list[str] | None, typer.Argument(help="Codes of sources; all when none is given.")] = None,
    home: Home = None,
    sweep: Annotated[bool, typer.Option(help="Look for deleted documents too.")] = False,
    sure: Annotated[bool, typer.Option(help="Accept that more than a tenth of the documents is gone.")] = False,
    as_json: Json = False,
) -> None:
    """Read the sources once, and tell what came of it."""
    use_home(home)
    from ordertrail.records.models import Source

    wanted = Source.objects.filter(active=True)
    if source:
        wanted = wanted.filter(code__in=source)
        if unknown := sorted(set(source) - set(wanted.values_list("code", flat=True))):
            raise typer.BadParameter(f"No active source is called {', '.join(unknown)}.")
    told = [_synced(one, sweep=sweep, sure=sure, quiet=as_json) for one in wanted]
    if as_json:
        typer.echo(json.dumps(told, ensure_ascii=False))
    if any(run["state"] == "failed" for run in told):
        raise typer.Exit(1)


def _synced(source: Any, *, sweep: bool, sure: bool, quiet: bool) -> dict[str, Any]:
    """Sync one source with its progress, and print its figures."""
    from ordertrail.lib.refused import Refused
    from ordertrail.sync.run import run_source
    from ordertrail.sync.story import sentence

    try:
        with shown(source.code) as show:
            run = run_source(source, progress=show, with_sweep=sweep, sure=sure)
    except Refused as refused:
        screen.print(f"[red]{source.code}[/]: {refused.detail}")
        return {"source": source.code, "state": "failed", "error": refused.detail}
    figures = {name: getattr(run, name) for name in ("read", "new", "changed", "unchanged", "rejected", "late", "gone")}
    if not quiet:
        parts = " ".join(
            f"{name} {count:,}" for name, count in figures.items() if count or name in ("read", "rejected")
        )
        screen.print(f"{source.code}: {run.state} · {parts}{' · ' + run.error if run.error else ''}")
        for told in run.story:
            if told["code"] == "received":
                screen.print(f"{source.code}: {sentence(told)}", markup=False, soft_wrap=True)
    return {"source": source.code, "state": run.state, "error": run.error, "run": run.pk, **figures}
