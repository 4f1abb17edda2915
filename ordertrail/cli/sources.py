"""``source``: sources from files, for whoever sets up many machines alike."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from ordertrail.cli.progress import screen
from ordertrail.cli.setup import Home, use_home

source = typer.Typer(no_args_is_help=True, help="The systems that are read.")


def add_to(app: typer.Typer) -> None:
    """Add the commands of this file."""
    app.add_typer(source, name="source")


@source.command("declare")
def declare(
    files: Annotated[
        list[Path], typer.Argument(help="JSON: code, name, kind, connector, settings, secrets, ranks and scopes.")
    ],
    home: Home = None,
) -> None:
    """Make or change each source as its file declares it; what stands before a file that is refused is made."""
    use_home(home)
    from ordertrail.lib.refused import Refused
    from ordertrail.sync.sources import declare as made

    for file in files:
        try:
            found = made(json.loads(file.read_text("utf-8")))
        except (OSError, json.JSONDecodeError, KeyError) as wrong:
            raise typer.BadParameter(f"{file} cannot be read: {wrong}") from None
        except Refused as refused:
            raise typer.BadParameter(f"{file}: {refused.detail}") from None
        screen.print(f"{found.code}: {found.name} is read by the connector {found.connector}.")


@source.command("rotate-key")
def rotate_key(home: Home = None) -> None:
    """Seal the credentials of all sources with a new key and take the old one away, while syncs run."""
    use_home(home)
    from ordertrail.sync.secrets import rotate

    done = rotate()
    screen.print(f"Key {done.key} replaces {', '.join(done.before)}; sealed anew: {done.sealed} sources.")
    if done.lost:
        screen.print(f"No key opens the credentials of {', '.join(done.lost)}: type them in again on their pages.")
        raise typer.Exit(1)


@source.command("list")
def listed(home: Home = None) -> None:
    """The sources, with their last run."""
    use_home(home)
    from ordertrail.records.models import Source

    for one in Source.objects.all():
        last = one.runs.order_by("-started_at").first()
        said = f"{last.state} {last.started_at:%Y-%m-%d %H:%M}" if last else "never read"
        typer.echo(f"{one.code}\t{one.connector}\t{said}")
