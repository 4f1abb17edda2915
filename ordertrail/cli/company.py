"""``init``: an empty company in a data folder."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import typer

from ordertrail.cli.setup import Home, use_home

LANGUAGES = ("zh-hans", "zh-hant", "en")
ROUNDINGS = ("document", "line")
RATE = re.compile(r"0(\.[0-9]{1,6})?")
"""At least 0 and below 1, with the decimals that the store keeps."""


def add_to(app: typer.Typer) -> None:
    """Add the commands of this file."""
    app.command()(init)


def init(
    company: Annotated[str, typer.Option(help="The company's name.")],
    currency: Annotated[str, typer.Option(help="ISO code, for example CNY.")],
    user: Annotated[str, typer.Option(help="Log-in name of the administrator.")],
    password_file: Annotated[Path, typer.Option(help="A file whose first line is the administrator's password.")],
    home: Home = None,
    timezone: Annotated[str, typer.Option(help="The company's one time zone.")] = "Asia/Shanghai",
    language: Annotated[str, typer.Option(help="zh-hans, zh-hant or en.")] = "zh-hans",
    tax_rate: Annotated[str, typer.Option(help="The usual tax rate, 0.13 for 13 %.")] = "0.13",
    tax_rounding: Annotated[str, typer.Option(help="document or line.")] = "document",
) -> None:
    """Make an empty company in the data folder: the store, its settings and an administrator."""
    from ordertrail.config.home import SETTINGS_FILE, CompanySettings, write_company_settings
    from ordertrail.config.home import home as chosen
    from ordertrail.lib.money import CURRENCIES

    try:
        ZoneInfo(timezone)
    except (ZoneInfoNotFoundError, ValueError):
        raise typer.BadParameter(f"There is no time zone {timezone}; Asia/Shanghai is one.") from None
    if currency not in CURRENCIES:
        raise typer.BadParameter(f"There is no currency {currency} (ISO 4217, in capitals); CNY is one.")
    refuse_settings(language, tax_rate, tax_rounding)
    folder = (home or chosen()).expanduser().resolve()
    if (folder / SETTINGS_FILE).exists():
        typer.echo(f"{folder} holds a company already; its zone and currency cannot be changed.", err=True)
        raise typer.Exit(2)
    password = first_line(password_file)
    folder.mkdir(parents=True, exist_ok=True)
    write_company_settings(folder, CompanySettings(company, timezone, language, currency, tax_rate, tax_rounding))
    use_home(folder)
    make_store()
    from ordertrail.parties.models import Person

    Person.objects.create_person(user, password, "admin")
    typer.echo(f"{company} is ready in {folder}. Start it: ordertrail serve --home {folder}")


def refuse_settings(language: str, tax_rate: str, tax_rounding: str) -> None:
    """Refuse a language, a tax rate or a way of rounding that there is not."""
    if language not in LANGUAGES:
        raise typer.BadParameter(f"There is no language {language}; these there are: {', '.join(LANGUAGES)}.")
    if tax_rounding not in ROUNDINGS:
        raise typer.BadParameter(f"Tax is not rounded by {tax_rounding}; it is by document or by line.")
    if not RATE.fullmatch(tax_rate):
        raise typer.BadParameter(f"{tax_rate} is no tax rate; 13 % is 0.13.")


def first_line(path: Path) -> str:
    """The first line of a password file; exits with a sentence when it is empty or missing."""
    lines = path.read_text("utf-8").splitlines() if path.is_file() else []
    if not lines or not lines[0].strip():
        raise typer.BadParameter(f"{path} must hold the password in its first line.")
    return lines[0].strip()


def make_store() -> None:
    """Bring the store's tables to this version, with every index."""
    from django.core.management import call_command

    from ordertrail.desk.filling import make_whole

    call_command("migrate", verbosity=0, interactive=False)
    call_command("createcachetable", verbosity=0)
    make_whole()
