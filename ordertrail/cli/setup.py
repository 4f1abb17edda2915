"""What every command does first: choose the data folder, then load Django on it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

Home = Annotated[
    Path | None,
    typer.Option("--home", help="The data folder; default: ORDERTRAIL_HOME, else ~/.ordertrail.", show_default=False),
]


def use_home(home: Path | None, *, must_exist: bool = True) -> Path:
    """Point this process at ``home`` and load Django. Exits with a sentence when it must exist and does not."""
    if home is not None:
        os.environ["ORDERTRAIL_HOME"] = str(home.expanduser().resolve())
    from ordertrail.config.home import SETTINGS_FILE
    from ordertrail.config.home import home as chosen

    folder = chosen()
    if must_exist and not (folder / SETTINGS_FILE).exists():
        typer.echo(f"There is no Ordertrail company in {folder}. Make one: ordertrail init --home {folder}", err=True)
        raise typer.Exit(2)
    folder.mkdir(parents=True, exist_ok=True)
    load()
    return folder


def load() -> None:
    """Load Django's settings and apps."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ordertrail.config.settings")
    import django

    django.setup()
