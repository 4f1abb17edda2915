"""Money and quantity as the store keeps them: integers in the store, ``Decimal`` in Python, never a float.

Money counts in 1/10,000 of the currency's unit whatever the currency; quantities, prices and rates in 1/1,000,000
(architecture.md §5). Rounding is HALF_UP away from zero, also below zero (domain.md §1.10).
"""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

MONEY_SCALE = 10_000
QTY_SCALE = 1_000_000

_CODES = """
AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BHD BIF BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF CHE CHF CHW CLF
CLP CNY COP COU CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HTG HUF
IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT
MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD
SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD USN UYI UYU UYW UZS
VED VES VND VUV WST XAF XCD XCG XOF XPF YER ZAR ZMW ZWG
"""
CURRENCIES = frozenset(_CODES.split())
"""The codes of ISO 4217 that money is counted in now (2026: ANG and BGN have ended); none of metals, tests and drawing rights."""

MINOR_DIGITS = {"JPY": 0, "KRW": 0, "VND": 0, "CLP": 0, "ISK": 0, "KWD": 3, "BHD": 3, "OMR": 3, "JOD": 3, "TND": 3}
"""Decimals of the currencies that do not have two (ISO 4217)."""


def minor_digits(currency: str) -> int:
    """How many decimals amounts of ``currency`` (ISO 4217 code) have.

    >>> minor_digits("CNY"), minor_digits("JPY")
    (2, 0)
    """
    return MINOR_DIGITS.get(currency, 2)


def half_up(value: Decimal, digits: int = 2) -> Decimal:
    """``value`` rounded half away from zero to ``digits`` decimals.

    >>> half_up(Decimal("0.125")), half_up(Decimal("-0.125")), half_up(Decimal("2.5"), 0)
    (Decimal('0.13'), Decimal('-0.13'), Decimal('3'))
    """
    return value.quantize(Decimal(1).scaleb(-digits), rounding=ROUND_HALF_UP)


def to_units(value: Decimal, scale: int) -> int:
    """The integer that the store keeps for ``value``; ValueError when it has more decimals than ``scale`` can hold.

    >>> to_units(Decimal("1.25"), MONEY_SCALE)
    12500
    >>> to_units(Decimal("0.00001"), MONEY_SCALE)
    Traceback (most recent call last):
    ValueError: 0.00001 has more decimals than 1/10000
    """
    units = value * scale
    whole = int(units)
    if whole != units:
        raise ValueError(f"{value} has more decimals than 1/{scale}")
    return whole


def from_units(units: int, scale: int) -> Decimal:
    """The ``Decimal`` that the stored integer stands for.

    >>> from_units(12500, MONEY_SCALE)
    Decimal('1.2500')
    """
    return Decimal(units).scaleb(-4 if scale == MONEY_SCALE else -6)


def qty_text(units: int) -> str:
    """A stored quantity in a sentence: without idle zeros.

    >>> qty_text(6_000_000), qty_text(1_250_000), qty_text(100_000_000)
    ('6', '1.25', '100')
    """
    return f"{from_units(units, QTY_SCALE).normalize():f}"


def half_up_div(numerator: int, divisor: int) -> int:
    """``numerator / divisor`` as an integer, half away from zero; ``divisor`` > 0."""
    if numerator < 0:
        return -((divisor - 2 * numerator) // (2 * divisor))
    return (2 * numerator + divisor) // (2 * divisor)


def piece_units(amount: int, qty: int, of_qty: int, digits: int) -> int:
    """HALF_UP(amount × qty / of_qty) in money units, rounded to ``digits`` decimals: the part of a line's amount that falls to
    ``qty`` out of ``of_qty`` (domain.md §1.10, pieces). Integers as stored; 0 when ``of_qty`` is 0. SQL calls it ``ot_piece``.

    >>> piece_units(10_000_000, 6_000_000, 10_000_000, 2), piece_units(1_000_000, 1_000_000, 3_000_000, 2)
    (6000000, 333300)
    """
    if not of_qty:
        return 0
    step: int = 10 ** (4 - digits)
    sign = -1 if of_qty < 0 else 1
    return half_up_div(sign * amount * qty, sign * of_qty * step) * step


def tax_units(net: int, rate: int, digits: int) -> int:
    """HALF_UP(net × rate) in money units, rounded to ``digits`` decimals; SQL calls it ``ot_tax``.

    >>> tax_units(8_000_000, 130_000, 2)
    1040000
    """
    step: int = 10 ** (4 - digits)
    return half_up_div(net * rate, QTY_SCALE * step) * step
