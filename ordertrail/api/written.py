"""How figures are written in answers: decimals as texts, instants with the company's offset (api.md §1)."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated

from pydantic import Field

from ordertrail.lib import clock
from ordertrail.lib.money import half_up, minor_digits

Money = Annotated[
    str, Field(pattern=r"^-?\d+(\.\d+)?$", description="An amount, a decimal as text.", examples=["452.00"])
]
Qty = Annotated[str, Field(pattern=r"^-?\d+(\.\d+)?$", description="A quantity, a decimal as text.", examples=["6"])]
Ratio = Annotated[str, Field(pattern=r"^-?\d+\.\d{4}$", description="Four decimals.", examples=["0.6000"])]
Day = Annotated[date, Field(description="A day in the company's zone.", examples=["2026-03-05"])]
Instant = Annotated[datetime, Field(description="An instant with its offset.", examples=["2026-03-05T12:00:00+08:00"])]
Id = Annotated[str, Field(pattern=r"^\d+$", description="Never changes.", examples=["17"])]


def id_of(pk: int | None) -> str | None:
    """The id of a document that may not be there."""
    return None if pk is None else str(pk)


def decimals(value: Decimal, least: int) -> str:
    """``value`` with all its decimals, at least ``least`` of them, never with an exponent.

    >>> decimals(Decimal("452.0000"), 2), decimals(Decimal("6.000000"), 0), decimals(Decimal("1.125"), 2), decimals(Decimal("1E+2"), 0)
    ('452.00', '6', '1.125', '100')
    """
    text = f"{value:f}"
    whole, _point, rest = text.partition(".")
    rest = rest.rstrip("0").ljust(least, "0")
    return f"{whole}.{rest}" if rest else whole


def money(value: Decimal, currency: str) -> str:
    """An amount with the decimals of its currency, or more where it has more.

    >>> money(Decimal("1130"), "CNY"), money(Decimal("1130.0000"), "JPY")
    ('1130.00', '1130')
    """
    return decimals(value, minor_digits(currency))


def qty(value: Decimal) -> str:
    """A quantity without idle zeros."""
    return decimals(value, 0)


def four(value: Decimal) -> str:
    """``value`` with four decimals, HALF_UP.

    >>> four(Decimal("66.00005")), four(Decimal(-1))
    ('66.0001', '-1.0000')
    """
    return f"{half_up(value, 4):f}"


def ratio(part: Decimal, whole: Decimal) -> str:
    """``part`` / ``whole`` with four decimals, HALF_UP; where there is nothing to divide by, all is done: 1.

    >>> ratio(Decimal(6), Decimal(10)), ratio(Decimal(2), Decimal(3)), ratio(Decimal(0), Decimal(0))
    ('0.6000', '0.6667', '1.0000')
    """
    return str(half_up(part / whole, 4)) if whole else "1.0000"


def instant(at: datetime) -> datetime:
    """The same instant in the company's zone."""
    return at.astimezone(clock.zone())
