"""``user``: who may log in, as what, and what they see."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from ordertrail.cli.company import first_line
from ordertrail.cli.setup import Home, use_home

user = typer.Typer(no_args_is_help=True, help="People who may log in.")

ROLE = "sales, store, finance, manager, production, admin or guest."
FIRST_LINE = "A file whose first line is the password."


def add_to(app: typer.Typer) -> None:
    """Add the commands of this file."""
    app.add_typer(user, name="user")


@user.command("add")
def add(
    user: Annotated[str, typer.Option(help="Log-in name.")],
    role: Annotated[str, typer.Option(help=ROLE)],
    password_file: Annotated[Path, typer.Option(help=FIRST_LINE)],
    name: Annotated[str, typer.Option(help="The name that others see; without it the log-in name.")] = "",
    language: Annotated[str, typer.Option(help="zh-hans, zh-hant or en; without it as the browser asks.")] = "",
    home: Home = None,
) -> None:
    """Add a person."""
    use_home(home)
    from django.conf import settings

    from ordertrail.desk import people
    from ordertrail.lib.refused import Refused

    check_role(role)
    if language and language not in dict(settings.LANGUAGES):
        raise typer.BadParameter(f"There is no language {language}; there are {', '.join(dict(settings.LANGUAGES))}.")
    try:
        people.add(None, user, first_line(password_file), role, display_name=name or user, language=language)
    except Refused as refused:
        raise typer.BadParameter(refused.detail) from None
    typer.echo(f"{user} may log in as {role}.")


@user.command("set")
def change(
    name: Annotated[str, typer.Argument(help="Log-in name; see ordertrail user list.")],
    role: Annotated[str | None, typer.Option(help=ROLE)] = None,
    own_customers_only: Annotated[
        bool | None,
        typer.Option(
            "--own-customers-only/--all-customers", help="See their own customers' orders only, or every order."
        ),
    ] = None,
    locked: Annotated[
        bool | None,
        typer.Option("--locked/--unlocked", help="Locked: every session and token ends at once; nobody can log in."),
    ] = None,
    sees_cost: Annotated[
        bool | None, typer.Option("--sees-cost/--no-cost", help="See cost and margin, or not, whatever the role says.")
    ] = None,
    cost_by_role: Annotated[bool, typer.Option("--cost-by-role", help="See cost as the role has it.")] = False,
    password_file: Annotated[Path | None, typer.Option(help=FIRST_LINE + " Every session ends.")] = None,
    home: Home = None,
) -> None:
    """Change what a person may do and see; what is not named stays."""
    use_home(home)
    from ordertrail.api.tokens import revoke_all
    from ordertrail.desk import people
    from ordertrail.lib.gate import whole
    from ordertrail.lib.refused import Refused

    if role is not None:
        check_role(role)
    if cost_by_role and sees_cost is not None:
        raise typer.BadParameter("--cost-by-role contradicts --sees-cost and --no-cost; name one of them.")
    active = None if locked is None else not locked
    named = {"role": role, "own_customers_only": own_customers_only, "sees_cost": sees_cost, "is_active": active}
    wanted: dict[str, Any] = {field: value for field, value in named.items() if value is not None}
    if cost_by_role:
        wanted["sees_cost"] = None
    password = first_line(password_file) if password_file else ""
    if not wanted and not password:
        raise typer.BadParameter(f"Say what is to change of {name}; ordertrail user set --help lists it.")
    try:
        with whole():
            person = people.change(None, name, password, **wanted)
            if not person.is_active:
                revoke_all(person)
    except Refused as refused:
        raise typer.BadParameter(refused.detail) from None
    typer.echo(line(person))


@user.command("list")
def listed(home: Home = None) -> None:
    """Who may log in, as what, whose orders they see, whether they see cost, and who is locked."""
    use_home(home)
    from ordertrail.parties.models import Person

    for person in Person.objects.order_by("username"):
        typer.echo(line(person))


def line(person: Any) -> str:
    """A person in one line: log-in name, role, scope, cost, lock, between tabs."""
    from ordertrail.web.rights import COST_BY_SETTING, ROLES

    scope = "own customers" if person.own_customers_only else "all customers"
    setting = person.sees_cost if person.role in COST_BY_SETTING else None
    sees = "see_cost" in ROLES.get(person.role, frozenset()) if setting is None else setting
    cost = f"{'sees cost' if sees else 'no cost'}{'' if setting is None else ' (set)'}"
    return "\t".join((person.username, person.role, scope, cost, "" if person.is_active else "locked"))


def check_role(role: str) -> None:
    """typer.BadParameter for a role that does not exist."""
    from ordertrail.parties.people import Role

    if role not in Role.values:
        raise typer.BadParameter(f"There is no role {role}; there are {', '.join(Role.values)}.")
