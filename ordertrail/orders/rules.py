"""Amounts of an order's lines: pure integers in store units (money 10⁻⁴, quantities, prices and rates 10⁻⁶)."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple

from ordertrail.lib.money import QTY_SCALE, half_up_div, tax_units


class LineAmounts(NamedTuple):
    """Net, tax and gross of a whole line, in money units."""

    net: int
    tax: int
    gross: int


TO_SHIP = ("waiting", "partially")
"""The delivery of an order of which something is left to ship."""


def cancelled_in_all(qty: Decimal, told: Decimal, shipped: Decimal, *, service: bool, delivery: str) -> Decimal:
    """What is cancelled of a line: as ``told``; and where nothing is left to ship of its order, all that has not left, for then the
    order was closed (domain.md §1.3: a short close keeps what happened and frees the rest).

    E5: 6 of 10 were shipped, then the order was closed.

    >>> ten, six, none = Decimal(10), Decimal(6), Decimal(0)
    >>> cancelled_in_all(ten, none, six, service=False, delivery="done")
    Decimal('4')
    >>> cancelled_in_all(ten, none, six, service=False, delivery="partially")
    Decimal('0')
    """
    return told if service or delivery in TO_SHIP else max(told, qty - shipped)


def net_units(qty: int, price: int, digits: int) -> int:
    """HALF_UP(qty × price) in money units, rounded to the currency's ``digits`` (domain.md §1.10, pieces and rounding).

    >>> net_units(10_000_000, 100_000_000, 2)
    10000000
    """
    step: int = 10 ** (4 - digits)
    return half_up_div(qty * price, 10**8 * step) * step


def line_amounts(
    lines: Sequence[tuple[int, int]], digits: int, *, include_tax: bool = False, by_line: bool = False
) -> list[LineAmounts]:
    """Amounts of lines given as (amount, tax rate), the amount being net, or gross where prices include tax.

    Tax is HALF_UP per rate over the document; each line shows HALF_UP(net × rate), the last line of a rate takes the residual
    (api.md §4). With tax included the gross stays whole and net = HALF_UP(gross / (1 + rate)) (domain.md §1.8).

    >>> line_amounts([(10_000_000, 130_000)], 2)
    [LineAmounts(net=10000000, tax=1300000, gross=11300000)]
    >>> [a.tax for a in line_amounts([(500, 130_000)] * 3, 2)]  # 0.05 each: 0.15 × 13 % = 0.0195 → 0.02
    [100, 100, 0]
    >>> line_amounts([(11_300_000, 130_000)], 2, include_tax=True)
    [LineAmounts(net=10000000, tax=1300000, gross=11300000)]

    Where the company taxes each line for itself (``by_line``), nothing is left over:

    >>> [a.tax for a in line_amounts([(500, 130_000)] * 3, 2, by_line=True)]
    [100, 100, 100]
    """
    if by_line:
        return [line_amounts([one], digits, include_tax=include_tax)[0] for one in lines]
    step = 10 ** (4 - digits)
    if include_tax:
        nets = [half_up_div(amount * QTY_SCALE, (QTY_SCALE + rate) * step) * step for amount, rate in lines]
        return [LineAmounts(net, amount - net, amount) for net, (amount, _) in zip(nets, lines, strict=True)]
    taxes = [tax_units(net, rate, digits) for net, rate in lines]
    last: dict[int, int] = {}
    sums: dict[int, int] = {}
    shown: dict[int, int] = {}
    for place, (net, rate) in enumerate(lines):
        last[rate] = place
        sums[rate] = sums.get(rate, 0) + net
        shown[rate] = shown.get(rate, 0) + taxes[place]
    for rate, place in last.items():
        taxes[place] += tax_units(sums[rate], rate, digits) - shown[rate]
    return [LineAmounts(net, tax, net + tax) for (net, _), tax in zip(lines, taxes, strict=True)]
