"""The figures of an order's lines and amounts, from its link rows: pure (domain.md §1.3, §1.10; api.md §4)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from ordertrail.billing.rules import line_paid
from ordertrail.findings.claims import LineAmount, OrderFrame
from ordertrail.lib.money import MONEY_SCALE, QTY_SCALE, from_units, half_up, half_up_div, piece_units, to_units

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class LineFacts:
    """What is told of one order line: ``shipped`` and ``returned`` are gross quantities, ``invoiced`` those of posted invoices,
    ``drafted`` those of drafts; ``goods_told``: some system speaks of goods."""

    qty: Decimal
    cancelled: Decimal
    service: bool
    shipped: Decimal
    returned: Decimal
    invoiced: Decimal
    drafted: Decimal
    goods_told: bool

    @property
    def wanted(self) -> Decimal:
        """What is to be delivered in all."""
        return self.qty - self.cancelled

    @property
    def to_ship(self) -> Decimal:
        """What is left to ship; a return does not open it again.

        >>> LineFacts(Decimal(10), ZERO, False, Decimal(6), Decimal(2), Decimal(10), ZERO, True).to_ship
        Decimal('4')
        """
        return ZERO if self.service else max(self.wanted - self.shipped, ZERO)

    @property
    def over(self) -> Decimal:
        """What went out beyond the order."""
        return max(self.shipped - self.wanted, ZERO)

    @property
    def to_invoice(self) -> Decimal:
        """What may be billed and is on no invoice, drafts counted; negative: a credit note is due. Where no system speaks of goods,
        what is billed is measured against what was ordered.

        E19: 6 of 10 shipped, 10 billed.

        >>> LineFacts(Decimal(10), ZERO, False, Decimal(6), ZERO, Decimal(10), ZERO, True).to_invoice
        Decimal('-4')
        """
        by_order = self.service or (not self.goods_told and bool(self.invoiced))
        base = self.wanted if by_order else self.shipped - self.returned
        return base - self.invoiced - self.drafted


@dataclass(frozen=True, slots=True)
class Billed:
    """A part of one invoice: the order's share of it and what is paid on that, and its lines as (order line or 0, gross)."""

    share: Decimal
    paid: Decimal
    lines: Sequence[tuple[int, Decimal]]


def paid_by_line(invoices: Iterable[Billed], digits: int) -> dict[int, Decimal]:
    """What is paid of each order line: the order's paid part of each invoice over its lines there, by the rule for orders.

    E1, order A: 452.00 of INV-1 and 96.00 of INV-2 are paid, both bill its one line.

    >>> one, two = Billed(Decimal(452), Decimal(452), [(1, Decimal(452))]), Billed(Decimal(226), Decimal(96), [(1, Decimal(226))])
    >>> paid_by_line([one, two], 2)
    {1: Decimal('548.0000')}
    """
    found: dict[int, Decimal] = defaultdict(Decimal)
    for billed in invoices:
        units = [(line, to_units(gross, MONEY_SCALE)) for line, gross in billed.lines]
        for line, part in line_paid(to_units(billed.paid, MONEY_SCALE), units, digits).items():
            found[line] += from_units(part, MONEY_SCALE)
    return dict(found)


@dataclass(frozen=True, slots=True)
class Whole:
    """What an order's lines come to as one document over some quantities of each (domain.md §1.10, G(q))."""

    frame: OrderFrame

    @classmethod
    def of(cls, digits: int, lines: Mapping[int, LineAmount], *, include_tax: bool) -> Whole:
        """The lines of an order, by their number; amounts are gross where prices include tax."""
        return cls(OrderFrame(0, 0, "", digits, include_tax, {}, {}, {}, lines))

    def gross(self, quantities: Mapping[int, Decimal]) -> Decimal:
        """G(q)."""
        return self.frame.gross(quantities)

    def tax(self, quantities: Mapping[int, Decimal]) -> Decimal:
        """The tax within G(q), where prices include it: gross − HALF_UP(gross / (1 + rate)) for each rate."""
        by_rate: dict[int, int] = defaultdict(int)
        for line, qty in quantities.items():
            if (told := self.frame.lines.get(line)) is not None:
                units = to_units(qty, QTY_SCALE)
                part = (
                    told.amount if units == told.qty else piece_units(told.amount, units, told.qty, self.frame.digits)
                )
                by_rate[told.tax_rate] += part
        step = 10 ** (4 - self.frame.digits)
        nets = (half_up_div(gross * QTY_SCALE, (QTY_SCALE + rate) * step) * step for rate, gross in by_rate.items())
        return from_units(sum(by_rate.values()) - sum(nets), MONEY_SCALE)


@dataclass(frozen=True, slots=True)
class Piece:
    """A quantity of an order line that went out, negative where it came back: ``net`` and ``of`` are those of the whole line."""

    net: Decimal
    qty: Decimal
    of: Decimal


def revenue(pieces: Iterable[Piece], digits: int) -> Decimal:
    """What these pieces come to, net: each is rounded by itself, so that days add up to orders (domain.md §1.10).

    Three of 100.00 in three shipments are 99.99; one of them came back.

    >>> one = Piece(Decimal(100), Decimal(1), Decimal(3))
    >>> revenue([one, one, one], 2), revenue([one, one, Piece(Decimal(100), Decimal(-1), Decimal(3))], 2)
    (Decimal('99.9900'), Decimal('33.3300'))
    """
    units = (
        piece_units(to_units(one.net, MONEY_SCALE), to_units(one.qty, QTY_SCALE), to_units(one.of, QTY_SCALE), digits)
        for one in pieces
    )
    return from_units(sum(units), MONEY_SCALE)


@dataclass(frozen=True, slots=True)
class Margin:
    """What something brings and costs."""

    revenue: Decimal
    cost: Decimal

    @property
    def profit(self) -> Decimal:
        """What is left."""
        return self.revenue - self.cost

    @property
    def rate(self) -> Decimal | None:
        """Profit of revenue, four decimals; None without revenue.

        >>> Margin(Decimal(1000), Decimal(600)).rate, Margin(ZERO, Decimal(1)).rate
        (Decimal('0.4000'), None)
        """
        return half_up(self.profit / self.revenue, 4) if self.revenue else None


def planned(lines: Iterable[tuple[Decimal, Decimal, Decimal | None]], digits: int) -> Margin | None:
    """What lines of (net, quantity, cost of one) are to bring, None while the cost of one of them is not known.

    >>> planned([(Decimal(1000), Decimal(10), Decimal("61.2345"))], 2)
    Margin(revenue=Decimal('1000'), cost=Decimal('612.35'))
    >>> planned([(Decimal(1000), Decimal(10), Decimal(60)), (Decimal(5), Decimal(1), None)], 2) is None
    True
    """
    total = cost = ZERO
    for net, qty, each in lines:
        if each is None:
            return None
        total += net
        cost += half_up(qty * each, digits)
    return Margin(total, cost)
