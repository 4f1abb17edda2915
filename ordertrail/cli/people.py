"""People and tokens."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ordertrail.cli.company import first_line
from ordertrail.cli.setup import Home, use_home

user = typer.Typer(no_args_is_help=True, help="People who may log in.")


def add_to(app: typer.Typer) -> None:
    """Add the commands of this file."""
    app.add_typer(user, name="user")


@user.command("add")
def add(
    user: Annotated[str, typer.Option(help="Log-in name.")],
    role: Annotated[str, typer.Option(help="sales, store, finance, manager, production, admin or guest.")],
    password_file: Annotated[Path, typer.Option(help="A file whose first line is the password.")],
    home: Home = None,
) -> None:
    """Add a person."""
    use_home(home)
    from ordertrail.parties.models import Person
    from ordertrail.parties.people import Role

    if role not in Role.values:
        raise typer.BadParameter(f"There is no role {role}; there are {', '.join(Role.values)}.")
    if Person.objects.filter(username=user).exists():
        raise typer.BadParameter(f"{user} is there already.")
    Person.objects.create_person(user, first_line(password_file), role)
    typer.echo(f"{user} may log in as {role}.")


@user.command("list")
def listed(home: Home = None) -> None:
    """Who may log in, and as what."""
    use_home(home)
    from ordertrail.parties.models import Person

    for person in Person.objects.order_by("username"):
        typer.echo(f"{person.username}\t{person.role}\t{'' if person.is_active else 'locked'}")
