"""``hub``: the figures of the boards, derived from the store and disposable."""

from __future__ import annotations

import typer

from ordertrail.cli.progress import screen, shown
from ordertrail.cli.setup import Home, use_home

hub = typer.Typer(no_args_is_help=True, help="The hub: where figures add up.")


def add_to(app: typer.Typer) -> None:
    """Add the commands of this file."""
    app.add_typer(hub, name="hub")


@hub.command("rebuild")
def rebuild(home: Home = None) -> None:
    """Make the hub again from the store; readers see the old one until the new one is whole."""
    use_home(home)
    from ordertrail.hub.refresh import HubFailed
    from ordertrail.hub.refresh import rebuild as made
    from ordertrail.lib.refused import Refused

    try:
        with shown("hub") as show:
            done = made(lambda count, of, what: show(what, count, of))
    except (Refused, HubFailed) as why:
        screen.print(str(why), markup=False, soft_wrap=True)
        raise typer.Exit(1) from None
    screen.print(f"The hub is made again: {done.how}.")


@hub.command("refresh")
def refresh(home: Home = None) -> None:
    """Let the hub follow what has changed since the last time."""
    use_home(home)
    from ordertrail.hub.refresh import HubFailed
    from ordertrail.hub.refresh import refresh as followed

    try:
        done = followed()
    except HubFailed as why:
        screen.print(str(why), markup=False, soft_wrap=True)
        raise typer.Exit(1) from None
    screen.print("Nothing had changed." if done is None else f"Followed: {done.how}.")
