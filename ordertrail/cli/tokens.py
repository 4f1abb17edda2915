"""``token``: keys for programs that call the API."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Annotated

import typer

from ordertrail.cli.setup import Home, use_home

token = typer.Typer(no_args_is_help=True, help="Tokens: keys for programs that call the API.")

UNITS = {"h": "hours", "d": "days", "w": "weeks"}
_SPAN = re.compile(r"([1-9]\d{0,3})([hdw])")


def add_to(app: typer.Typer) -> None:
    """Add the commands of this file."""
    app.add_typer(token, name="token")


@token.command("create")
def create(
    user: Annotated[str, typer.Option(help="The log-in name of the person that the token speaks for.")],
    home: Home = None,
    expires: Annotated[
        str, typer.Option(help="How long it is valid: 12h, 30d, 8w. Without it: until it is revoked.")
    ] = "",
) -> None:
    """Print a new token, alone and once: only its hash is kept. It has the rights of its person, as they are at each call."""
    span = valid_for(expires) if expires else None
    use_home(home)
    from ordertrail.api.tokens import make
    from ordertrail.parties.models import Person

    person = Person.objects.filter(username=user).first()
    if person is None:
        raise typer.BadParameter(f"There is nobody with the user name {user}; see ordertrail user list.")
    if not person.is_active:
        raise typer.BadParameter(f"{user} is locked; a token would open nothing.")
    typer.echo(make(person, span).text)


@token.command("list")
def listed(home: Home = None) -> None:
    """Every token: its id, first signs, person, making, end."""
    use_home(home)
    from ordertrail.api.models import Token

    for one in Token.objects.select_related("person").order_by("pk"):
        ends = f"until {one.expires_at:%Y-%m-%d %H:%M}" if one.expires_at else "no end"
        state = f"revoked {one.revoked_at:%Y-%m-%d}" if one.revoked_at else ends
        typer.echo(f"{one.pk}\t{one.start}…\t{one.person.username}\tmade {one.created_at:%Y-%m-%d}\t{state}")


@token.command("revoke")
def revoke(
    token_id: Annotated[int, typer.Argument(help="The token's id; see ordertrail token list.")], home: Home = None
) -> None:
    """End a token: its next call is refused."""
    use_home(home)
    from ordertrail.api import tokens
    from ordertrail.lib.refused import Refused

    try:
        ended = tokens.revoke(token_id)
    except Refused as refused:
        typer.echo(refused.detail, err=True)
        raise typer.Exit(2) from None
    typer.echo(f"Token {ended.pk} of {ended.person.username} is revoked.")


def valid_for(text: str) -> timedelta:
    """How long ``30d``, ``12h`` or ``8w`` is; typer.BadParameter for anything else.

    >>> valid_for("30d"), valid_for("12h")
    (datetime.timedelta(days=30), datetime.timedelta(seconds=43200))
    """
    found = _SPAN.fullmatch(text)
    if found is None:
        raise typer.BadParameter(f"“{text}” is no span of time; write 12h, 30d or 8w.")
    return timedelta(**{UNITS[found[2]]: int(found[1])})
