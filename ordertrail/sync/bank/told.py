"""What the readers of bank files share: the limits, and the refusal that names the file, the row and the way out."""

from __future__ import annotations

from datetime import date
from decimal import Decimal, InvalidOperation

from django.utils.translation import gettext as _

from ordertrail.lib.money import CURRENCIES, MONEY_SCALE, minor_digits, to_units
from ordertrail.lib.refused import Refused
from ordertrail.sync.values import show

LARGEST = 10 << 20
"""Bytes of one statement."""
MOST_LINES = 50_000
"""Lines of one statement."""
_MOST = Decimal(10) ** 11


def unreadable(name: str, row: int, why: str) -> Refused:
    """The refusal of a whole file for one row that cannot be read."""
    sentence = _("“%(name)s”, row %(row)s: %(why)s Nothing was taken; mend the row, or export the file again.")
    detail = sentence % {"name": name, "row": row, "why": why}
    return Refused("bank_row", detail, [{"path": f"row {row}", "code": "bank_row", "detail": detail}])


def units_of(value: Decimal, currency: str) -> int:
    """An amount in money units (10⁻⁴). ValueError with a sentence where its currency has fewer decimals, or it is too large."""
    told = {"amount": f"{value:f}", "currency": currency}
    if abs(value) >= _MOST:
        raise ValueError(_("%(amount)s is larger than can be counted.") % told)
    if value != round(value, minor_digits(currency)):
        raise ValueError(_("%(amount)s has more decimals than %(currency)s.") % told)
    return to_units(value, MONEY_SCALE)


def amount_of(text: str) -> Decimal:
    """An amount as OFX and CAMT write it, with a point or a comma before the decimals. ValueError with a sentence."""
    try:
        value = Decimal(text.strip().replace(",", ".") if "." not in text else text.strip())
        if not value.is_finite():
            raise InvalidOperation
    except InvalidOperation:
        raise ValueError(_("“%(text)s” is no amount.") % {"text": show(text)}) from None
    return value


def day_of(text: str) -> date:
    """The day at the beginning of ``20260916…`` or ``2026-09-16…``. ValueError with a sentence."""
    bare = text.strip()[:10]
    try:
        return date.fromisoformat(bare if bare[4:5] == "-" else bare[:8])
    except ValueError:
        raise ValueError(_("“%(text)s” is no day.") % {"text": show(text)}) from None


def currency_of(text: str) -> str:
    """The three letters of a currency, as banks write it or name it. ValueError with a sentence.

    >>> currency_of("人民币"), currency_of("RMB"), currency_of("usd")
    ('CNY', 'CNY', 'USD')
    """
    bare = text.strip().upper()
    code = _NAMES.get(bare, bare)
    if code not in CURRENCIES:
        raise ValueError(_("“%(text)s” is no currency.") % {"text": show(text)})
    return code


_NAMES = {
    "人民币": "CNY", "人民币元": "CNY", "人民幣": "CNY", "RMB": "CNY", "美元": "USD", "欧元": "EUR", "歐元": "EUR", "港币": "HKD",
    "港元": "HKD", "港幣": "HKD", "日元": "JPY", "日圓": "JPY", "英镑": "GBP", "英鎊": "GBP", "新台币": "TWD", "新臺幣": "TWD",
    "新台幣": "TWD",
}  # fmt: skip


def account_of(text: str) -> str:
    """An account as it is compared: without blanks and hyphens, in capitals.

    >>> account_of(" 6222 0210-01 "), account_of("no93 8601")
    ('6222021001', 'NO938601')
    """
    return "".join(text.split()).replace("-", "").upper()[:60]
