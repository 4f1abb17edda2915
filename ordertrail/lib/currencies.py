"""What somebody meant who wrote no currency code."""

from __future__ import annotations

from ordertrail.lib.money import CURRENCIES

_SPOKEN = {"RMB": "CNY", "NTD": "TWD", "YUAN": "CNY", "¥": "CNY", "$": "USD", "€": "EUR", "£": "GBP"}


def meant_by(text: str) -> str:
    """The code that somebody who wrote ``text`` most likely meant; "" where nothing comes to mind.

    >>> meant_by("RMB"), meant_by("cny"), meant_by("abc")
    ('CNY', 'CNY', '')
    """
    upper = text.strip().upper()
    return upper if upper in CURRENCIES else _SPOKEN.get(upper, "")
