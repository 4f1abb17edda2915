"""What bodies may hold: decimals as texts with so many decimals, days, numbers of documents. Anything else is 422 and names the field.

Each type gives a plain Python value (``Decimal``, ``date``, text); floats never get here (``api.reading`` refuses them with 400).
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, WithJsonSchema

LARGEST = Decimal(10) ** 12
"""No quantity, price or amount is as large: beyond it sums would leave the store's 64 bits."""


def _decimal(value: Any, places: int, *, least: Decimal | None, above: bool) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise ValueError("a decimal as a text")
    text = str(value).strip()
    try:
        number = Decimal(text)
    except InvalidOperation:
        raise ValueError("a decimal as a text") from None
    if not number.is_finite() or "e" in text.lower() or abs(number) >= LARGEST:
        raise ValueError("a decimal of ordinary size")
    if -number.as_tuple().exponent > places:  # type: ignore[operator]  # finite: the exponent is a number
        raise ValueError(f"at most {places} decimals")
    if least is not None and (number <= least if above else number < least):
        raise ValueError(f"{'more than' if above else 'at least'} {least}")
    return number


def _read(places: int, least: Decimal | None = None, *, above: bool = False) -> BeforeValidator:
    return BeforeValidator(lambda value: _decimal(value, places, least=least, above=above))


_TEXT = WithJsonSchema({"type": "string", "pattern": r"^-?\d+(\.\d+)?$", "examples": ["6"]})
ZERO = Decimal(0)

QtyIn = Annotated[Decimal, _read(6, ZERO, above=True), _TEXT]
"""A quantity above 0, at most 6 decimals."""
QtyFromZero = Annotated[Decimal, _read(6, ZERO), _TEXT]
"""A quantity from 0 on: 0 takes a line out."""
SignedQty = Annotated[Decimal, _read(6), _TEXT]
"""A quantity with its sign."""
PriceIn = Annotated[Decimal, _read(6, ZERO), _TEXT]
"""A price or unit cost from 0 on, at most 6 decimals."""
RateIn = Annotated[Decimal, _read(6, ZERO), _TEXT]
"""A fraction such as a tax rate or a tolerance, from 0 on."""
AmountIn = Annotated[Decimal, _read(4, ZERO, above=True), _TEXT]
"""An amount above 0; that it has no more decimals than its currency is checked where the currency is known."""
AmountFromZero = Annotated[Decimal, _read(4, ZERO), _TEXT]
"""An amount from 0 on."""


def _day(value: Any) -> date:
    if not isinstance(value, str) or len(value) != 10:
        raise ValueError("a day as YYYY-MM-DD")
    found = date.fromisoformat(value)
    if not 1970 <= found.year <= 2199:
        raise ValueError("a day of our time")
    return found


def day(text: str) -> date:
    """A day in a query string. ValueError for what is none.

    >>> day("2026-03-05")
    datetime.date(2026, 3, 5)
    """
    return _day(text)


def qty(text: str) -> Decimal:
    """A quantity in a query string. ValueError for what is none, or not above 0."""
    return _decimal(text, 6, least=ZERO, above=True)


DayIn = Annotated[date, BeforeValidator(_day), WithJsonSchema({"type": "string", "format": "date"})]
"""A day of the company's calendar."""
NumberIn = Annotated[str, Field(pattern=r"^[A-Za-z0-9._-]{1,40}$")]
"""A number, code or SKU that is typed here."""
NameIn = Annotated[str, Field(min_length=1, max_length=200, pattern=r"\S")]
"""A name for people."""
Named = Annotated[str, Field(min_length=1, max_length=100)]
"""How a document is named: its id or number."""
