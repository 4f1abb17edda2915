"""The oracle's order: its lines, what has been done of each, and the state of its axes (domain.md §1.3, §1.10)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import Any

from ordertrail.desk.tests.oracle import Agreed, Name, key

Standing = tuple[int, bool, int]
ZERO = Fraction(0)


def rounded(value: Fraction, digits: int) -> Fraction:
    """Half away from zero, to ``digits`` decimals."""
    steps = abs(value) * 10**digits
    whole = (2 * steps.numerator + steps.denominator) // (2 * steps.denominator)
    return Fraction(whole if value >= 0 else -whole, 10**digits)


def divided(amount: Fraction, parts: Sequence[tuple[Any, Fraction]], digits: int) -> list[tuple[Any, Fraction]]:
    """``amount`` by the parts' sizes; the last that has any takes what rounding leaves."""
    parts = [(name, size) for name, size in parts if size]
    whole = sum(size for _, size in parts)
    if not whole:
        return []
    shares = [(name, rounded(amount * size / whole, digits)) for name, size in parts[:-1]]
    return [*shares, (parts[-1][0], amount - sum(share for _, share in shares))]


@dataclass(eq=False)
class Line:
    """An order line: what was asked for, and what has been done of it by those that are believed."""

    ref: str
    sku: str
    service: bool
    qty: Fraction
    cancelled: Fraction
    amount: Fraction  # of the whole line: net, or gross where prices include tax
    rate: Fraction
    sent: Fraction = ZERO
    returned: Fraction = ZERO
    billed: Fraction = ZERO
    planned: Fraction | None = None
    made: Fraction = ZERO
    freed: bool = False  # by closing the order: what has not left is cancelled

    def piece(self, qty: Fraction, digits: int) -> Fraction:
        return rounded(self.amount * qty / self.qty, digits) if self.qty else ZERO

    @property
    def wanted(self) -> Fraction:
        return min(self.qty, self.sent) if self.freed and not self.service else self.qty - self.cancelled

    @property
    def to_ship(self) -> Fraction:
        return ZERO if self.service else max(ZERO, self.wanted - self.sent)

    @property
    def expected(self) -> Fraction:
        """What the order will come to: a return does not open the line again."""
        if not self.to_ship and self.sent:
            return self.sent - self.returned
        return self.wanted - self.returned

    @property
    def base(self) -> Fraction:
        return self.wanted if self.service else self.sent - self.returned


@dataclass(eq=False)
class Order:
    """An order while it is counted."""

    thing: Agreed
    digits: int
    gross: bool
    lines: list[Line] = field(default_factory=list)
    heard: dict[str, set[Standing]] = field(default_factory=lambda: defaultdict(set))

    def document(self, quantities: Iterable[tuple[Line, Fraction]]) -> Fraction:
        """G(q): one document over these quantities, tax rounded once a rate."""
        sums: dict[Fraction, Fraction] = defaultdict(Fraction)
        for line, qty in quantities:
            sums[line.rate] += line.piece(qty, self.digits)
        return sum((s if self.gross else s + rounded(s * rate, self.digits) for rate, s in sums.items()), ZERO)

    def alike(self, ref: str, sku: str) -> list[Line]:
        """By its reference where the SKU does not contradict, else every line of that SKU; without a SKU the only line."""
        named = [line for line in self.lines if ref and line.ref == ref and key(sku) in ("", key(line.sku))]
        if len(named) == 1:
            return named
        alike = [line for line in self.lines if key(sku) in ("", key(line.sku))]
        return alike if key(sku) or len(alike) == 1 else []


@dataclass(eq=False)
class Row:
    """What a document says of an order (None: of one that is named and not known): a quantity of a line (None: of one that is not
    known), or an amount, of a payment that on ``invoice`` (None: for the order itself)."""

    family: str
    order: Order | None
    stands: Standing
    done: bool
    line: Line | None = None
    qty: Fraction | None = None  # None on an invoice by amount
    amount: Fraction = ZERO
    invoice: Name | None = None
    day: date | None = None
    planned: Fraction = ZERO
    charge: bool = False  # money beside quantities on one invoice: freight, a discount
    strange: bool = False  # of an article that the order does not have


def delivery(lines: Sequence[Line]) -> str:
    """not_required: only services, or nothing left and nothing shipped."""
    left, sent = sum(line.to_ship for line in lines), sum(line.sent for line in lines)
    if all(line.service for line in lines) or (not left and not sent):
        return "not_required"
    if left:
        return "partially" if sent else "waiting"
    return "over" if any(line.sent > line.wanted for line in lines) else "done"


def invoicing(lines: Sequence[Line], invoiced: Fraction) -> str:
    """By quantities: over when some line is billed above its base; fully when nothing will be billed any more."""
    if any(line.billed > line.base for line in lines):
        return "over"
    if not invoiced and not sum(line.billed for line in lines):
        return "to_invoice" if sum(line.base for line in lines) > 0 else "nothing"
    return "partially" if any(line.billed < line.expected for line in lines) else "fully"


def by_amount(invoiced: Fraction, effective: Fraction) -> str:
    """Invoices by amount bill money, not quantity, so the state goes by money."""
    if invoiced > effective:
        return "over"
    return "fully" if invoiced == effective else "partially"


def payment(told: dict[str, Any], *, came_in: bool) -> str:
    """Money in against what is due now and will be."""
    money, due = told["paid"] + told["deposit"], told["open_receivable"]
    if came_in and not money and not due:
        return "refunded"
    if due < 0:
        return "overpaid"
    if not money and (due > 0 or told["not_invoiced"] > 0 or not told["effective"]):
        return "unpaid"
    return "paid" if not due and told["not_invoiced"] <= 0 else "partially"


def production(lines: Sequence[Line]) -> str:
    """Only lines that a work order points at."""
    made = [line for line in lines if line.planned is not None]
    if not made:
        return "not_required"
    if not any(line.made for line in made):
        return "waiting"
    if any(line.made < line.wanted for line in made):
        return "partially"
    return "over" if any(line.made > line.wanted for line in made) else "done"
