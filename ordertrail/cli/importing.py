"""``import``: a file of a shape that is known beforehand."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from ordertrail.cli.data import Json
from ordertrail.cli.progress import screen, shown
from ordertrail.cli.setup import Home, use_home


def add_to(app: typer.Typer) -> None:
    """Add the commands of this file."""
    app.command("import")(bring)


def bring(
    file: Annotated[Path, typer.Argument(help="The file.")],
    mapping: Annotated[str, typer.Option(help="How it is read, for example scms.")],
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Bring a file in by a mapping that is known beforehand, and tell what came of it; the same file again changes nothing."""
    use_home(home)
    from ordertrail.lib.refused import Refused
    from ordertrail.sync.mappings import mapping as known

    try:
        with shown(mapping) as show:
            told = known(mapping).bring(file, show)
    except Refused as refused:
        raise typer.BadParameter(refused.detail) from None
    if as_json:
        first = {"read": told["rows"], "orders": told["orders"], "lines": told["lines"], "shipments": told["shipments"]}
        typer.echo(
            json.dumps(
                first | {"rejected": len({reject["ref"].split(" ")[0] for reject in told["rejects"]})} | told,
                ensure_ascii=False,
            )
        )
        return
    screen.print(" · ".join(f"{name} {count:,}" for name, count in told.items() if isinstance(count, int)))
