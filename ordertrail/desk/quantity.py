"""Quantities in sentences."""

from __future__ import annotations

from ordertrail.lib.money import QTY_SCALE, from_units


def plain(units: int) -> str:
    """A quantity without idle zeros.

    >>> plain(6_000_000), plain(1_500_000), plain(100_000_000)
    ('6', '1.5', '100')
    """
    return f"{from_units(units, QTY_SCALE):f}".rstrip("0").rstrip(".")
