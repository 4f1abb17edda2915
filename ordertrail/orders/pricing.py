"""What the lines of a typed order come to: discounts pushed to lines, and one document over any quantities of them.

Pure integers in store units (money 10⁻⁴, quantities, prices and rates 10⁻⁶; domain.md §1.8, §1.10 pieces and rounding).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from ordertrail.lib.money import QTY_SCALE, half_up_div, piece_units, tax_units
from ordertrail.orders.standing import LineStanding

LARGEST = 10**16
"""No line comes to as much (a million millions): beyond it sums would leave the store's 64 bits."""


def line_amount(qty: int, price: int, discount: int, digits: int) -> int:
    """HALF_UP(qty × price × (1 − discount)).

    >>> line_amount(10_000_000, 100_000_000, 0, 2), line_amount(3_000_000, 9_990_000, 50_000, 2)  # 28.4715
    (10000000, 284700)
    """
    step: int = 10 ** (4 - digits)
    return half_up_div(qty * price * (QTY_SCALE - discount), QTY_SCALE * 10**8 * step) * step


def pushed(amounts: Sequence[int], discount: int, digits: int) -> list[int]:
    """The lines' ``amounts`` less their parts of the header's discount D = HALF_UP(Σ × discount): HALF_UP(D × amount / Σ), the last
    line takes the residual.

    >>> pushed([1_000_000], 500_000, 2), pushed([1_000_000] * 3, 50_000, 2)
    ([500000], [950000, 950000, 950000])
    >>> pushed([100, 100, 100], 500_000, 2)  # D = 0.02 of 0.03: 0.01 each, the last takes what is left
    [0, 0, 100]
    """
    whole = sum(amounts)
    step = 10 ** (4 - digits)
    off = half_up_div(whole * discount, QTY_SCALE * step) * step
    if not off:
        return list(amounts)
    parts = [half_up_div(off * amount, whole * step) * step for amount in amounts]
    parts[-1] += off - sum(parts)
    return [amount - part for amount, part in zip(amounts, parts, strict=True)]


def document_gross(parts: Iterable[tuple[int, int]], digits: int, *, include_tax: bool, by_line: bool = False) -> int:
    """What one document over ``parts`` (amount, tax rate) comes to, tax rounded once a rate, or once a part where the company taxes
    each line for itself; amounts are gross where they include tax.

    >>> document_gross([(500, 130_000)] * 3, 2, include_tax=False)  # 0.15 + 0.0195
    1700
    >>> document_gross([(500, 130_000)] * 3, 2, include_tax=False, by_line=True)  # 0.05 + 0.0065 each
    1800
    """
    if by_line and not include_tax:
        return sum(amount + tax_units(amount, rate, digits) for amount, rate in parts)
    by_rate: dict[int, int] = {}
    for amount, rate in parts:
        by_rate[rate] = by_rate.get(rate, 0) + amount
    taxes = 0 if include_tax else sum(tax_units(net, rate, digits) for rate, net in by_rate.items())
    return sum(by_rate.values()) + taxes


def gross_of(
    lines: Iterable[LineStanding],
    quantities: Mapping[int, int],
    digits: int,
    *,
    include_tax: bool,
    by_line: bool = False,
) -> int:
    """G(q): one document over ``quantities`` (by line id) of an order's lines (domain.md §1.10, amounts of an order).

    >>> line = LineStanding(7, 1, 1, 1, "A", False, False, 10_000_000, 0, 10_000_000, 130_000)
    >>> gross_of([line], {7: 6_000_000}, 2, include_tax=False)
    6780000
    """
    parts = ((_piece(line, quantities.get(line.id, 0), digits), line.tax_rate) for line in lines)
    return document_gross(parts, digits, include_tax=include_tax, by_line=by_line)


def included_tax(
    lines: Iterable[LineStanding], quantities: Mapping[int, int], digits: int, *, by_line: bool = False
) -> int:
    """The tax within G(q) where prices include it: gross − HALF_UP(gross / (1 + rate)) for each rate, or for each line.

    >>> line = LineStanding(7, 1, 1, 1, "A", False, False, 10_000_000, 0, 11_300_000, 130_000)
    >>> included_tax([line], {7: 10_000_000}, 2)
    1300000
    """
    pieces = [(line.tax_rate, _piece(line, quantities.get(line.id, 0), digits)) for line in lines]
    by_rate: dict[int, int] = {}
    for rate, piece in pieces:
        by_rate[rate] = by_rate.get(rate, 0) + piece
    step: int = 10 ** (4 - digits)
    taxed = pieces if by_line else by_rate.items()
    nets = (half_up_div(gross * QTY_SCALE, (QTY_SCALE + rate) * step) * step for rate, gross in taxed)
    return sum(by_rate.values()) - sum(nets)


def _piece(line: LineStanding, qty: int, digits: int) -> int:
    return line.amount if qty == line.qty else piece_units(line.amount, qty, line.qty, digits)
