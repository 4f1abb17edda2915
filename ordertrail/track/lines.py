"""The lines of an order with what became of them: pure, from link rows to the rows of the page.

A line's quantity is a measure on which shipments and invoices are laid end to end, in the order of shipping; each stretch between two
cuts is a child row: this much went with that shipment and is billed by that invoice (domain.md §1.10, flow).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import accumulate, pairwise

from ordertrail.billing.rules import line_paid
from ordertrail.lib.money import MONEY_SCALE, QTY_SCALE, from_units, piece_units, to_units

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Stretch:
    """A part of a line's quantity: places of its shipment and invoice in their lists; ``beyond``: more than was wanted."""

    qty: Decimal
    shipment: int | None
    invoice: int | None
    beyond: bool = False


def stretches(wanted: Decimal, shipped: Sequence[Decimal], invoiced: Sequence[Decimal]) -> list[Stretch]:
    """The stretches of a line of which ``wanted`` was ordered, cut wherever a shipment, an invoice or the order ends.

    E1, order A: 10 ordered, 6 shipped, billed 4 and 2.

    >>> [(int(s.qty), s.shipment, s.invoice) for s in stretches(Decimal(10), [Decimal(6)], [Decimal(4), Decimal(2)])]
    [(4, 0, 0), (2, 0, 1), (4, None, None)]
    >>> stretches(Decimal(1), [Decimal(2)], [])[1]
    Stretch(qty=Decimal('1'), shipment=0, invoice=None, beyond=True)
    """
    ends = [list(accumulate(row)) for row in (shipped, invoiced)]
    cuts = sorted({ZERO, wanted, *ends[0], *ends[1]})
    return [
        Stretch(end - begin, _at(ends[0], begin), _at(ends[1], begin), begin >= wanted) for begin, end in pairwise(cuts)
    ]


def _at(ends: Sequence[Decimal], begin: Decimal) -> int | None:
    return next((place for place, end in enumerate(ends) if end > begin), None)


@dataclass(frozen=True, slots=True)
class Went:
    """A quantity of a line in a shipment (negative: it came back); ``planned`` while the shipment is a draft."""

    shipment: int
    qty: Decimal
    planned: bool = False


@dataclass(frozen=True, slots=True)
class Billed:
    """A quantity of a line in an invoice (negative: credited; None: money only), and the line's part of the order's share of
    that invoice and of what is paid on it."""

    invoice: int
    qty: Decimal | None
    gross: Decimal
    paid: Decimal


@dataclass(frozen=True, slots=True)
class Child:
    """One link row of a line: ids of its shipment and invoice, quantities, and gross amounts."""

    kind: str  # "link", "open" (nothing yet), "back" (returned or credited), "money", "cancelled"
    qty: Decimal
    shipment: int | None = None
    invoice: int | None = None
    planned: bool = False
    beyond: bool = False
    shipped: Decimal = ZERO
    invoiced_qty: Decimal = ZERO
    invoiced: Decimal = ZERO
    paid: Decimal = ZERO
    to_ship: Decimal = ZERO
    gross: Decimal = ZERO

    @property
    def open(self) -> Decimal:
        """What is billed here and not yet paid."""
        return self.invoiced - self.paid

    @property
    def ahead(self) -> bool:
        """Whether this was billed before it was shipped."""
        return self.invoice is not None and self.qty > 0 and (self.shipment is None or self.planned)


@dataclass(frozen=True, slots=True)
class LineFacts:
    """What is told of one order line: its own figures and its link rows, shipments in the order of shipping."""

    line: int
    qty: Decimal
    cancelled: Decimal
    gross: Decimal
    digits: int
    service: bool = False
    went: Sequence[Went] = ()
    billed: Sequence[Billed] = ()
    finished: Decimal | None = None


@dataclass(frozen=True, slots=True)
class LineFigures:
    """One order line's figures (gross amounts) and the link rows that they are the sums of."""

    ordered: Decimal
    shipped: Decimal
    returned: Decimal
    to_ship: Decimal
    invoiced_qty: Decimal
    invoiced: Decimal
    paid: Decimal
    gross: Decimal
    children: tuple[Child, ...] = field(default=())

    @property
    def open(self) -> Decimal:
        """What is billed and not yet paid."""
        return self.invoiced - self.paid


def figures(told: LineFacts) -> LineFigures:
    """The figures of one line. The children's quantities and amounts add up to the line's own."""
    shipped = sum((went.qty for went in told.went if went.qty > 0 and not went.planned), ZERO)
    returned = -sum((went.qty for went in told.went if went.qty < 0), ZERO)
    children = tuple(_children(told))
    wanted = told.qty - told.cancelled
    return LineFigures(
        ordered=told.qty,
        shipped=shipped,
        returned=returned,
        to_ship=ZERO if told.service else max(ZERO, wanted - shipped),
        invoiced_qty=sum((billed.qty or ZERO for billed in told.billed), ZERO),
        invoiced=sum((billed.gross for billed in told.billed), ZERO),
        paid=sum((billed.paid for billed in told.billed), ZERO),
        gross=told.gross,
        children=children if len(children) > 1 or any(child.kind != "open" for child in children) else (),
    )


def _children(told: LineFacts) -> Iterator[Child]:
    went = [w for w in told.went if w.qty > 0]
    billed = [b for b in told.billed if b.qty is not None and b.qty > 0]
    parts = stretches(told.qty - told.cancelled, [w.qty for w in went], [b.qty or ZERO for b in billed])
    money = _Money(told, billed)
    for part in parts:
        shipment = None if part.shipment is None else went[part.shipment]
        invoice = None if part.invoice is None else billed[part.invoice]
        gone = shipment is not None and not shipment.planned
        invoiced, paid = money.billed(part)
        yield Child(
            kind="link" if shipment or invoice else "open",
            qty=part.qty,
            shipment=shipment.shipment if shipment else None,
            invoice=invoice.invoice if invoice else None,
            planned=bool(shipment and shipment.planned),
            beyond=part.beyond,
            shipped=part.qty if gone else ZERO,
            invoiced_qty=part.qty if invoice else ZERO,
            invoiced=invoiced,
            paid=paid,
            to_ship=ZERO if gone or part.beyond or told.service else part.qty,
            gross=ZERO if part.beyond else money.gross(part.qty),
        )
    if told.cancelled:
        yield Child("cancelled", told.cancelled, gross=money.gross(told.cancelled))
    for back in told.went:
        if back.qty < 0:
            yield Child("back", back.qty, shipment=back.shipment, shipped=back.qty)
    for credit in told.billed:
        if credit.qty is None or credit.qty <= 0:
            kind = "money" if credit.qty is None else "back"
            yield Child(
                kind, credit.qty or ZERO, invoice=credit.invoice, invoiced_qty=credit.qty or ZERO, invoiced=credit.gross,
                paid=credit.paid,
            )  # fmt: skip


class _Money:
    """Cuts amounts into pieces by quantity; the last piece of each takes what is left."""

    def __init__(self, told: LineFacts, billed: Sequence[Billed]) -> None:
        self.told, self.all = told, billed
        self.left = {place: (b.qty or ZERO, b.gross, b.paid) for place, b in enumerate(billed)}
        self.own = (told.qty, told.gross)

    def billed(self, part: Stretch) -> tuple[Decimal, Decimal]:
        """Gross and paid amount of a stretch in its invoice."""
        if part.invoice is None:
            return ZERO, ZERO
        whole, left = self.all[part.invoice], self.left[part.invoice]
        invoiced, paid = (self._piece(amount, rest, part.qty, whole.qty or ZERO, left[0])
                          for amount, rest in ((whole.gross, left[1]), (whole.paid, left[2])))  # fmt: skip
        self.left[part.invoice] = (left[0] - part.qty, left[1] - invoiced, left[2] - paid)
        return invoiced, paid

    def gross(self, qty: Decimal) -> Decimal:
        """The part of the line's own gross amount that falls to ``qty``."""
        piece = self._piece(self.told.gross, self.own[1], qty, self.told.qty, self.own[0])
        self.own = (self.own[0] - qty, self.own[1] - piece)
        return piece

    def _piece(self, amount: Decimal, rest: Decimal, qty: Decimal, of_qty: Decimal, left: Decimal) -> Decimal:
        if qty == left:
            return rest
        units = piece_units(
            to_units(amount, MONEY_SCALE), to_units(qty, QTY_SCALE), to_units(of_qty, QTY_SCALE), self.told.digits
        )
        return from_units(units, MONEY_SCALE)


NO_LINE = 0
"""The line number under which amounts are kept that an invoice bills to the order and to none of its lines."""


def spread(amount: Decimal, billed: Sequence[tuple[int, Decimal]], digits: int) -> dict[int, Decimal]:
    """An order's ``amount`` on one invoice over its lines there, given as (line number or NO_LINE, gross); see ``line_paid``."""
    units = [(line, to_units(gross, MONEY_SCALE)) for line, gross in billed]
    parts = line_paid(to_units(amount, MONEY_SCALE), units, digits)
    return {line: from_units(part, MONEY_SCALE) for line, part in parts.items()}
