"""Values in a query string: days (also relative ones, so that a saved view stays right), numbers, and what is wrong with them."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from ordertrail.lib import clock

RELATIVE = re.compile(r"today(?:([+-])(\d{1,4}))?$")
NUMBER = re.compile(r"-?\d{1,15}(?:\.\d{1,6})?$")


@dataclass(frozen=True)
class Problem:
    """Something in the query string that could not be read: its name, the text, and a sentence with the way out."""

    name: str
    text: str
    sentence: str


@dataclass(frozen=True)
class Range:
    """From and to, both belong to it; None is open. ``texts`` are the words of the query string, kept for the next one."""

    low: Any
    high: Any
    texts: tuple[str, str]

    def told(self) -> str:
        """As a chip says it.

        >>> Range(None, Decimal(5), ("", "5")).told(), Range(Decimal(1), Decimal(5), ("1", "5")).told()
        ('≤ 5', '1 – 5')
        """
        low, high = self.texts
        if low and high:
            return low if low == high else f"{low} – {high}"
        return f"≥ {low}" if low else f"≤ {high}"


def to_day(text: str, today: date) -> date | None:
    """A day written as ``2026-09-18``, ``today``, ``today-7`` or ``today+3``; None when it is none of these.

    >>> to_day("today-7", date(2026, 9, 16)), to_day("2026-02-31", date(2026, 9, 16)), to_day("9/18", date(2026, 9, 16))
    (datetime.date(2026, 9, 9), None, None)
    """
    relative = RELATIVE.match(text)
    if relative:
        days = int(relative[2] or 0)
        return today - timedelta(days) if relative[1] == "-" else today + timedelta(days)
    try:
        return date.fromisoformat(text) if len(text) == 10 else None
    except ValueError:
        return None


def to_number(text: str) -> Decimal | None:
    """A plain decimal number; None for anything else, exponents and groups too.

    >>> to_number("1130.50"), to_number("1e9"), to_number("1,130")
    (Decimal('1130.50'), None, None)
    """
    return Decimal(text) if NUMBER.match(text) else None


def date_range(names: Sequence[str], texts: Sequence[str]) -> tuple[Range | None, list[Problem]]:
    """The days between two texts."""
    today = clock.today()
    wrong = _("“%(text)s” is not a day. Write it as 2026-03-31, or today, today-7, today+7.")
    return _range(names, texts, lambda text: to_day(text, today), wrong)


def number_range(names: Sequence[str], texts: Sequence[str]) -> tuple[Range | None, list[Problem]]:
    """The numbers between two texts."""
    return _range(names, texts, to_number, _("“%(text)s” is not a number. Write it as 1130.50."))


def _range(
    names: Sequence[str], texts: Sequence[str], convert: Callable[[str], Any], wrong: str
) -> tuple[Range | None, list[Problem]]:
    ends = [convert(text) if text else None for text in texts]
    bad = [
        Problem(name, text, wrong % {"text": text})
        for name, text, end in zip(names, texts, ends, strict=True)
        if text and end is None
    ]
    kept = [text if end is not None else "" for text, end in zip(texts, ends, strict=True)]
    low, high = ends
    if low is not None and high is not None and low > high:
        sentence = _("From %(low)s to %(high)s holds nothing; swap the two.") % {"low": kept[0], "high": kept[1]}
        return None, [Problem(names[0], kept[0], sentence)]
    return (Range(low, high, (kept[0], kept[1])) if low is not None or high is not None else None), bad
