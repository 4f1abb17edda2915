"""What people type into fields, read: figures as they write them in any of our languages, days, percent. Each that cannot be read is
told as a sentence at its field, and all of them together as one refusal."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import TypeVar

from django.utils.translation import gettext as _

from ordertrail.lib.currencies import meant_by
from ordertrail.lib.money import CURRENCIES
from ordertrail.lib.refused import Refused

LARGEST = Decimal(10) ** 12
"""No quantity, price or amount is as large: beyond it sums would leave the store's 64 bits."""
GROUPED = re.compile(r"-?\d{1,3}(,\d{3})+(\.\d*)?")
CODE = re.compile(r"[A-Za-z0-9._-]{1,40}")
"""A number, code or SKU that is typed here (api.md §1)."""

Value = TypeVar("Value")


def plain(text: str) -> str:
    """What was typed without blanks around it; figures in full width are folded, other words stay as they are.

    >>> plain(" １２．５ "), plain("Ａ 型")
    ('12.5', 'Ａ 型')
    """
    folded = unicodedata.normalize("NFKC", text).strip()
    return folded if re.fullmatch(r"[-+\d.,%/\s]*", folded) else text.strip()


def figure(text: str, places: int = 6, *, above_zero: bool = False, name: str = "") -> Decimal:
    """A figure from 0 on (or above it), as people write it. ValueError with a sentence for what is none.

    >>> figure("1,200.50"), figure("６")
    (Decimal('1200.50'), Decimal('6'))
    """
    told = plain(text)
    try:
        value = Decimal(told.replace(",", "") if GROUPED.fullmatch(told) else told)
    except InvalidOperation:
        raise ValueError(_("“%(text)s” is no figure. Write one like 6 or 1.5.") % {"text": text[:40]}) from None
    if not value.is_finite() or "e" in told.lower() or abs(value) >= LARGEST:
        raise ValueError(_("“%(text)s” is no figure of ordinary size.") % {"text": text[:40]})
    if value < 0 or (above_zero and not value):
        sentence = (
            _("“%(text)s”: write a figure above 0.") if above_zero else _("“%(text)s”: write a figure from 0 on.")
        )
        raise ValueError(sentence % {"text": text[:40]})
    if -value.as_tuple().exponent > places:  # type: ignore[operator]  # finite: the exponent is a number
        raise ValueError(_("“%(text)s” has more than %(places)s decimals.") % {"text": text[:40], "places": places})
    return value


def quantity(text: str) -> Decimal:
    """A quantity above 0. ValueError with a sentence."""
    return figure(text, above_zero=True)


def percent(text: str) -> Decimal:
    """A discount or rate in percent, as a fraction. ValueError with a sentence.

    >>> percent("5"), percent("12.5%")
    (Decimal('0.05'), Decimal('0.125'))
    """
    value = figure(plain(text).removesuffix("%").strip(), 4)
    if value > 100:
        raise ValueError(_("“%(text)s”: at most 100 %%.") % {"text": text[:40]})
    return value.scaleb(-2)


def day(text: str) -> date:
    """A day. ValueError with a sentence.

    >>> day("2026-03-05"), day("2026/3/5")
    (datetime.date(2026, 3, 5), datetime.date(2026, 3, 5))
    """
    parts = re.fullmatch(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})", plain(text))
    try:
        found = date(*map(int, parts.groups())) if parts else None
    except ValueError:
        found = None
    if found is None or not 1970 <= found.year <= 2199:
        raise ValueError(_("“%(text)s” is no day. Write it as 2026-03-05.") % {"text": text[:40]})
    return found


def currency(text: str) -> str:
    """A currency by its code. ValueError with the one that is meant."""
    code = plain(text).upper()
    if code in CURRENCIES:
        return code
    hint = meant_by(text)
    sentence = (
        _("There is no currency %(code)s. Write %(meant)s, its code of ISO 4217.")
        if hint
        else _("There is no currency %(code)s. Write its code of ISO 4217, for example CNY.")
    )
    raise ValueError(sentence % {"code": text[:20], "meant": hint})


def code(text: str) -> str:
    """A number, code or SKU that is typed here. ValueError with a sentence."""
    told = plain(text)
    if not CODE.fullmatch(told) or not any(sign.isalnum() for sign in told):
        sentence = _("“%(text)s” cannot be a number here: 1 to 40 letters, figures, dots, dashes and underscores.")
        raise ValueError(sentence % {"text": text[:40]})
    return told


class Reading:
    """The fields of one form while they are read: ``errors`` by the path of the field, in the order in which they were met."""

    def __init__(self) -> None:
        self.errors: dict[str, str] = {}

    def read(self, path: str, text: str, how: Callable[[str], Value], default: Value) -> Value:
        """What ``text`` says, ``default`` where it is empty or cannot be read; then the field's sentence is kept."""
        if not text.strip():
            return default
        try:
            return how(text)
        except ValueError as no:
            self.errors.setdefault(path, str(no))
            return default

    def needed(self, path: str, text: str, how: Callable[[str], Value], default: Value, sentence: str) -> Value:
        """The same of a field that must not be empty; ``sentence`` says so."""
        if not text.strip():
            self.errors.setdefault(path, sentence)
        return self.read(path, text, how, default)

    def take(self, no: Refused, path: Callable[[str], str] = str) -> None:
        """Keep the fields that a verb's refusal names, by what ``path`` makes of their paths."""
        for error in no.errors:
            self.errors.setdefault(path(error["path"]), error["detail"])

    def check(self) -> None:
        """Refused("wrong_fields") where something cannot be read."""
        if self.errors:
            detail = next(iter(self.errors.values()))
            raise Refused(
                "wrong_fields",
                detail,
                [{"path": at, "code": "wrong_value", "detail": why} for at, why in self.errors.items()],
            )
