"""``verify``, ``replay`` and ``explain``: what proves the figures."""

from __future__ import annotations

import json
from dataclasses import asdict
from decimal import Decimal
from typing import Annotated

import typer

from ordertrail.cli.data import Json
from ordertrail.cli.progress import screen, shown
from ordertrail.cli.setup import Home, use_home


def add_to(app: typer.Typer) -> None:
    """Add the commands of this file."""
    for command in (verify, replay, explain):
        app.command()(command)


def verify(home: Home = None, as_json: Json = False) -> None:
    """Check every law of the store; exit 0 when nothing is broken, else 1 with what is."""
    use_home(home)
    from ordertrail.desk import laws

    broken = [asdict(found) for found in laws.verify()]
    if as_json:
        typer.echo(json.dumps({"broken": broken}, ensure_ascii=False))
    for found in () if as_json else broken:
        screen.print(f"[red]{found['law']}[/] {found['document']}: {found['detail']}")
    if broken:
        raise typer.Exit(1)
    if not as_json:
        screen.print(f"{len(laws.LAWS)} laws hold.")


def replay(
    home: Home = None,
    check: Annotated[bool, typer.Option("--check", help="Only compare; change nothing.")] = False,
    source: Annotated[list[str] | None, typer.Option(help="Codes of sources; all when none is given.")] = None,
) -> None:
    """Read the landed bytes again: compare them with the store, or (without --check) read rejected items anew."""
    use_home(home)
    from ordertrail.lib.refused import Refused
    from ordertrail.records.models import Source
    from ordertrail.sync.replay import check as compared
    from ordertrail.sync.run import replay_rejects

    differing = 0
    for one in Source.objects.filter(code__in=source) if source else Source.objects.all():
        if not check:
            try:
                screen.print(f"{one.code}: {replay_rejects(one)} rejected items could be read now.")
            except Refused as refused:
                screen.print(f"[red]{one.code}[/]: {refused.detail}", soft_wrap=True)
                differing += 1
            continue
        with shown(one.code) as show:
            show("reading what was landed", 0, None)
            found = list(compared(one))
        differing += len(found)
        for differs in found[:50]:
            screen.print(f"[red]{differs.source}[/] {differs.kind} {differs.ref}: {differs.detail}", soft_wrap=True)
        screen.print(f"{one.code}: {len(found)} documents differ from what was landed.")
    if differing:
        raise typer.Exit(1)


def explain(
    order: Annotated[str, typer.Argument(help="The order's number.")],
    figure: Annotated[
        str, typer.Argument(help="A figure of the order: paid, open_receivable, not_invoiced, shipped_qty …")
    ],
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Unfold a figure of an order: to link rows, to what each source said, to batch, place and sha256 of the bytes."""
    use_home(home)
    from ordertrail.desk.explain import explain as unfolded
    from ordertrail.lib.refused import Refused

    try:
        told = unfolded(order, figure)
    except Refused as refused:
        raise typer.BadParameter(refused.detail) from None
    if as_json:
        typer.echo(json.dumps(asdict(told), ensure_ascii=False, default=str))
        return
    unit = f" {told.currency}" if told.currency else ""
    believed = f"as {told.source} says" if told.source else "nobody has told of it"
    screen.print(f"[bold]{told.order} {told.figure} = {_plain(told.value)}{unit}[/] · {believed} · as of {told.as_of}")
    for part in told.parts:
        note = "" if part.counts else "  (does not count)"
        screen.print(f"  {'+' if part.counts else '·'} {part.number}: {_plain(part.value)}{note}")
        for by in part.told:
            where = f"batch {by.batch} · sha256 {by.sha256[:16]}"
            screen.print(f"      {by.source} {by.number} · {by.place} · {where} · {by.learned_at}", soft_wrap=True)


def _plain(value: Decimal) -> str:
    return f"{value.normalize():f}"
