"""What people type into the forms of this room: quantities, amounts, rates and days, each with a sentence where it is none."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal, InvalidOperation

from django.utils.translation import gettext as _

from ordertrail.lib.money import MONEY_SCALE, QTY_SCALE, to_units
from ordertrail.lib.refused import Refused

LARGEST = Decimal(10) ** 9
"""Beyond this a figure is a slip of the hand."""


def units(text: str, words: object, scale: int = QTY_SCALE) -> int:
    """The figure that ``text`` says, in store units; groups may stand between commas. Refused("wrong_value") naming the field.

    >>> units("1,000.5", "Quantity"), units("12.5", "Amount", MONEY_SCALE)
    (1000500000, 125000)
    """
    told = {"field": words, "text": text.strip()}
    try:
        value = Decimal(text.replace(",", "").replace("，", "").strip())
        if not value.is_finite() or abs(value) >= LARGEST:
            raise InvalidOperation
    except InvalidOperation:
        raise Refused("wrong_value", _("%(field)s: “%(text)s” is no number that can be counted.") % told) from None
    try:
        return to_units(value, scale)
    except ValueError:
        raise Refused("wrong_value", _("%(field)s: “%(text)s” has more decimals than are counted.") % told) from None


def quantity(text: str, words: object) -> int:
    """A quantity of 0 or more."""
    return _not_below(units(text, words), words, text)


def money(text: str, words: object) -> int:
    """An amount of 0 or more."""
    return _not_below(units(text, words, MONEY_SCALE), words, text)


def _not_below(found: int, words: object, text: str) -> int:
    if found < 0:
        raise Refused("wrong_value", _("%(field)s: %(text)s is below 0.") % {"field": words, "text": text.strip()})
    return found


def day(text: str, words: object) -> date | None:
    """The day that ``text`` says; None where nothing stands."""
    if not text.strip():
        return None
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        sentence = _("%(field)s: “%(text)s” is no day; write it as 2026-09-16.")
        raise Refused("wrong_value", sentence % {"field": words, "text": text.strip()}) from None


def figures(form: Mapping[str, str], start: str, *, empty: bool = False) -> dict[int, str]:
    """What was typed in the fields ``start`` + id, by id; ``empty`` ones are left out unless they are asked for.

    >>> figures({"qty-12": " 3 ", "qty-13": "", "qty-x": "1", "day": "1"}, "qty-")
    {12: '3'}
    """
    found = {}
    for name, text in form.items():
        key = name.removeprefix(start)
        if name.startswith(start) and key.isascii() and key.isdigit() and len(key) < 19 and (empty or text.strip()):
            found[int(key)] = text.strip()
    return found


def shown(value: Decimal) -> str:
    """A figure as a field shows it: plain, without the zeros behind it.

    >>> shown(Decimal("6.000000")), shown(Decimal("1200.5000")), shown(Decimal("100"))
    ('6', '1200.5', '100')
    """
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
