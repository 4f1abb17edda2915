"""Currencies as people write them: what was meant by a code that is none, and amounts finer than their currency."""

from __future__ import annotations

from django.utils.translation import gettext as _

from ordertrail.lib.money import CURRENCIES, minor_digits
from ordertrail.lib.refused import Refused

_SPOKEN = {"RMB": "CNY", "NTD": "TWD", "YUAN": "CNY", "¥": "CNY", "$": "USD", "€": "EUR", "£": "GBP"}


def meant_by(text: str) -> str:
    """The code that somebody who wrote ``text`` most likely meant; "" where nothing comes to mind.

    >>> meant_by("RMB"), meant_by("cny"), meant_by("abc")
    ('CNY', 'CNY', '')
    """
    upper = text.strip().upper()
    return upper if upper in CURRENCIES else _SPOKEN.get(upper, "")


def check_decimals(amount: int, currency: str, path: str = "amount") -> None:
    """Refused("wrong_value") for an amount (money units) with more decimals than its currency has."""
    digits = minor_digits(currency)
    if amount % 10 ** (4 - digits):
        sentence = _("An amount in %(currency)s has at most %(digits)s decimals.")
        detail = sentence % {"currency": currency, "digits": digits}
        raise Refused("wrong_value", detail, [{"path": path, "code": "wrong_value", "detail": detail}])
