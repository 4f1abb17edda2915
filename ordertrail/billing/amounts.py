"""Amounts of our own invoices: pure integers in store units (money 10⁻⁴, quantities and rates 10⁻⁶)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ordertrail.billing.rules import invoice_shares
from ordertrail.lib.money import QTY_SCALE, half_up_div, piece_units
from ordertrail.orders.rules import LineAmounts, line_amounts

Name = tuple[str, int, str]
"""What an order is called while money is divided: number, source and ref."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of an invoice while its amounts are made. ``amount`` is net, or gross where prices include tax; ``told`` holds the
    amounts of a line that bills money and no quantity, and of one that takes back exactly what another one billed."""

    order: int
    order_line: int | None
    sku: str
    qty: int | None
    rate: int
    amount: int
    kind: str = ""
    told: LineAmounts | None = None
    line: int = 0
    credits: int | None = None


@dataclass(frozen=True, slots=True)
class Rounding:
    """How a document rounds: the decimals of its currency, whether its prices include tax, and whether each line is taxed for itself
    (a company setting) or the whole document once a rate."""

    digits: int
    include_tax: bool = False
    by_line: bool = False


def priced(lines: Sequence[Line], how: Rounding) -> list[LineAmounts]:
    """Net, tax and gross of each line (domain.md §1.8, §1.10).

    E1: A6 + B5 on one invoice, and 0.05 three times, taxed once or line by line.

    >>> e1 = [Line(1, 1, "", 6, 130_000, 6_000_000), Line(2, 2, "", 5, 130_000, 4_000_000)]
    >>> sum(one.gross for one in priced(e1, Rounding(2)))
    11300000
    >>> small = [Line(1, n, "", 1, 130_000, 500) for n in range(3)]
    >>> [one.tax for one in priced(small, Rounding(2))], [one.tax for one in priced(small, Rounding(2, by_line=True))]
    ([100, 100, 0], [100, 100, 100])

    Prices that include tax: 3 × 0.10 hold net 0.27 as one document, 3 × 0.09 line by line.

    >>> gross = [Line(1, n, "", 1, 130_000, 1_000) for n in range(3)]
    >>> [one.net for one in priced(gross, Rounding(2, True))], [one.net for one in priced(gross, Rounding(2, True, True))]
    ([900, 900, 900], [900, 900, 900])
    """
    goods = [(line.amount, line.rate) for line in lines if line.told is None]
    if how.by_line:
        made = line_amounts(goods, how.digits, include_tax=how.include_tax, by_line=True)
    else:
        made = line_amounts(goods, how.digits, include_tax=how.include_tax)
        if how.include_tax:
            made = _net_once(made, [rate for _, rate in goods], how.digits)
    rest = iter(made)
    return [line.told if line.told is not None else next(rest) for line in lines]


def _net_once(made: Sequence[LineAmounts], rates: Sequence[int], digits: int) -> list[LineAmounts]:
    """The nets of a rate sum to HALF_UP(gross / (1 + rate)) of the document; the last line of the rate takes the residual."""
    last = {rate: place for place, rate in enumerate(rates)}
    told = list(made)
    for rate, place in last.items():
        gross = sum(one.gross for one, its in zip(made, rates, strict=True) if its == rate)
        shown = sum(one.net for one, its in zip(made, rates, strict=True) if its == rate)
        net = told[place].net + net_of(gross, rate, digits) - shown
        told[place] = LineAmounts(net, told[place].gross - net, told[place].gross)
    return told


def net_of(gross: int, rate: int, digits: int) -> int:
    """HALF_UP(gross / (1 + rate)).

    >>> net_of(1_130_000, 130_000, 2)
    1000000
    """
    step: int = 10 ** (4 - digits)
    return half_up_div(gross * QTY_SCALE, (QTY_SCALE + rate) * step) * step


def divided(
    lines: Sequence[Line], amounts: Sequence[LineAmounts], names: Mapping[int, Name], how: Rounding
) -> dict[int, int]:
    """Each order's gross share of a document, by its id: rounded like a document of its own, the last order by number takes the
    residual; what has tax line by line, in its price, or was told is the order's as it stands.

    >>> lines = [Line(1, 1, "", 4, 130_000, 4_000_000), Line(2, 2, "", 5, 130_000, 4_000_000)]
    >>> divided(lines, priced(lines, Rounding(2)), {1: ("A", 1, ""), 2: ("B", 1, "")}, Rounding(2))
    {1: 4520000, 2: 4520000}
    """
    orders = {names[line.order]: line.order for line in lines}
    shares = dict.fromkeys((orders[name] for name in sorted(orders)), 0)
    as_one: list[tuple[Name, int, int]] = []
    total = 0
    for line, told in zip(lines, amounts, strict=True):
        if line.told is not None or how.by_line or how.include_tax:
            shares[line.order] += told.gross
        else:
            as_one.append((names[line.order], told.net, line.rate))
            total += told.gross
    for name, gross in invoice_shares(as_one, total, how.digits).items():
        shares[orders[name]] += gross
    return shares


def money_lines(order: int, gross: int, weights: Mapping[int, int], kind: str, digits: int) -> list[Line]:
    """Lines that bill ``gross`` of an order by money: one a tax rate, pro rata to what the order has of it (``weights``), HALF_UP, the
    last rate takes the residual; the gross stays whole.

    >>> [(one.rate, one.told.net, one.told.gross) for one in money_lines(1, 1_130_000, {130_000: 9}, "amount", 2)]
    [(130000, 1000000, 1130000)]
    >>> [(one.rate, one.told.gross) for one in money_lines(1, 1_000_000, {60_000: 1, 130_000: 2}, "advance", 2)]
    [(60000, 333300), (130000, 666700)]
    """
    whole = sum(weights.values())
    rates = sorted(rate for rate, weight in weights.items() if weight) or sorted(weights)[:1] or [0]
    parts = {rate: piece_units(gross, weights.get(rate, 0), whole, digits) for rate in rates}
    parts[rates[-1]] += gross - sum(parts.values())
    return [_told(order, rate, part, kind, digits) for rate, part in parts.items() if part]


def _told(order: int, rate: int, gross: int, kind: str, digits: int) -> Line:
    net = net_of(gross, rate, digits)
    return Line(order, None, "", None, rate, gross, kind, LineAmounts(net, gross - net, gross))


def deductions(order: int, advances: Mapping[int, LineAmounts], most: int, digits: int) -> list[Line]:
    """Lines that take off what was billed in advance and is not taken off yet (by tax rate), up to ``most`` gross.

    E13: 10 in advance, 100 on the final invoice; and an advance larger than what is billed now.

    >>> ten = {0: LineAmounts(100_000, 0, 100_000)}
    >>> [one.told.gross for one in deductions(1, ten, 1_000_000, 2)], [one.told.gross for one in deductions(1, ten, 40_000, 2)]
    ([-100000], [-40000])
    """
    found = []
    for rate, told in sorted(advances.items()):
        if told.gross <= 0 or most <= 0:
            continue
        if told.gross <= most:
            back = LineAmounts(-told.net, -told.tax, -told.gross)
            found.append(Line(order, None, "", None, rate, -told.gross, "deduction", back))
        else:
            found.append(_told(order, rate, -most, "deduction", digits))
        most -= min(told.gross, most)
    return found
