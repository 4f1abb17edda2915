"""What the verbs that make and change invoices share: everything that is read of the orders, and drafts made of it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.conf import settings
from django.utils.translation import gettext as _

from ordertrail.billing import own
from ordertrail.billing.amounts import Line, Name, Rounding, deductions, divided, money_lines, priced
from ordertrail.billing.invoices import named
from ordertrail.billing.models import Invoice
from ordertrail.billing.own import Frame, Paper
from ordertrail.billing.queries import Bill, bills
from ordertrail.desk.standing import standings
from ordertrail.desk.step import Step
from ordertrail.lib import bulk
from ordertrail.lib.money import MONEY_SCALE, from_units, piece_units
from ordertrail.lib.refused import Refused
from ordertrail.orders.models import Order, OrderState, Terms
from ordertrail.orders.pricing import document_gross, gross_of
from ordertrail.orders.standing import LineStanding
from ordertrail.parties.models import Customer

BILLABLE = ("confirmed", "closed")
"""Orders in these states are billed."""


@dataclass(frozen=True, slots=True)
class OrderHead:
    """What billing must know of an order."""

    id: int
    number: str
    state: str
    frame: Frame


@dataclass(frozen=True)
class Basis:
    """Everything that is read of some orders before anything is billed, by a fixed number of queries."""

    orders: Mapping[int, OrderHead]
    lines: Mapping[int, Sequence[LineStanding]]
    billed: Mapping[int, Bill]
    names: Mapping[int, Name]
    by_line: bool

    @classmethod
    def of(cls, orders: Collection[int], *, but: int = 0) -> Basis:
        """The basis of these orders; ``but``: a draft that is being made again and counts as not there."""
        return cls(
            {head.id: head for head in _heads(orders)},
            standings(orders),
            bills(orders, but),
            named(orders),
            settings.COMPANY.taxes_by_line,
        )

    def by_id(self) -> dict[int, LineStanding]:
        """All order lines by their ids."""
        return {line.id: line for lines in self.lines.values() for line in lines}

    def rounding(self, frame: Frame) -> Rounding:
        """How documents of ``frame`` round here."""
        return frame.rounding(by_line=self.by_line)

    def may_bill(self, order: int, *, drafts: bool = True) -> int:
        """How much of an order may still be billed by money, gross: its base less what was billed, other ``drafts`` counted."""
        return self._gross(order, {line.id: line.base for line in self.lines[order]}) - self._billed(order, drafts)

    def may_advance(self, order: int, *, drafts: bool = True) -> int:
        """How much of an order may be billed ahead: all that it is expected to come to, less what was billed."""
        return self._gross(order, {line.id: expected(line) for line in self.lines[order]}) - self._billed(order, drafts)

    def _billed(self, order: int, drafts: bool) -> int:
        bill = self.billed.get(order, Bill())
        return bill.posted + (bill.drafted if drafts else 0)

    def _gross(self, order: int, quantities: Mapping[int, int]) -> int:
        frame = self.orders[order].frame
        return gross_of(
            self.lines[order], quantities, frame.digits, include_tax=frame.include_tax, by_line=self.by_line
        )

    def weights(self, order: int) -> dict[int, int]:
        """What the order's lines come to by tax rate: how money billed without quantities is divided among rates."""
        found: dict[int, int] = {}
        frame = self.orders[order].frame
        for line in self.lines[order]:
            gross = document_gross([(line.amount, line.tax_rate)], frame.digits, include_tax=frame.include_tax)
            found[line.tax_rate] = found.get(line.tax_rate, 0) + gross
        return found


def expected(line: LineStanding) -> int:
    """The quantity that a line is expected to be billed in all (domain.md §1.10, effective).

    >>> expected(LineStanding(1, 1, 1, 1, "A", False, False, 10, 4, 0, 0))
    6
    """
    if line.by_order or line.service or (line.complete and line.shipped):
        return line.base
    return line.wanted - line.returned - line.unbilled


def _heads(orders: Collection[int]) -> Iterable[OrderHead]:
    rows = bulk.select(
        "SELECT o.id, o.number, o.state, o.company, o.customer_id, o.customer_name, COALESCE(NULLIF(t.invoice_address, ''),"
        f" c.invoice_address, ''), o.currency, o.digits, o.prices_include_tax FROM {bulk.table(Order)} o"
        f" LEFT JOIN {bulk.table(Terms)} t ON t.order_id = o.id LEFT JOIN {bulk.table(Customer)} c ON c.id = o.customer_id"
        f" WHERE o.id IN {bulk.among()}",
        [bulk.bound(orders)],
    )
    for pk, number, state, company, customer, name, address, currency, digits, include_tax in rows:
        frame = Frame(company, customer, name, address, currency, digits, bool(include_tax))
        yield OrderHead(pk, number or str(pk), state, frame)


def check_billable(head: OrderHead) -> None:
    """Refused("not_confirmed") for an order that is not confirmed, or no more."""
    if head.state not in BILLABLE:
        sentence = _("Order %(order)s is %(state)s; only a confirmed order is billed. Confirm it first.")
        raise Refused("not_confirmed", sentence % {"order": head.number, "state": OrderState(head.state).label})


def goods(line: LineStanding, qty: int, digits: int, place: int = 0) -> Line:
    """An invoice line over ``qty`` of an order line, at its piece of the line's amount."""
    amount = piece_units(line.amount, qty, line.qty, digits)
    return Line(line.order, line.id, line.sku, qty, line.tax_rate, amount, line=place)


def write(s: Step, invoice: int, basis: Basis, frame: Frame, lines: Sequence[Line], paper: Paper) -> int:
    """Write a draft's lines (again), with what is taken off for advances; nothing is left of a draft without lines. Its gross total."""
    kept = [line for line in lines if line.kind != "deduction"]
    if paper.type == "invoice":
        kept += _deducted(basis, frame, kept)
    how = basis.rounding(frame)
    total = own.write_lines(invoice, kept, basis.names, how, s.standing("invoice"), paper.due)
    if not kept:
        Invoice.objects.filter(pk=invoice).update(state="cancelled")
    s.touch("invoice", invoice)
    s.touch("order", *{line.order for line in [*lines, *kept]})
    return total


def _deducted(basis: Basis, frame: Frame, lines: Sequence[Line]) -> list[Line]:
    """What is taken off an invoice for what was billed in advance of its orders, as far as it bills their goods."""
    billed = [line for line in lines if line.kind == ""]
    how = basis.rounding(frame)
    found: list[Line] = []
    for order, gross in divided(billed, priced(billed, how), basis.names, how).items():
        found += deductions(order, basis.billed.get(order, Bill()).advances, gross, frame.digits)
    return found


def new_draft(s: Step, basis: Basis, frame: Frame, lines: Sequence[Line], paper: Paper) -> int:
    """A new draft with these lines; its id."""
    invoice = own.draft(frame, paper)
    total = write(s, invoice, basis, frame, lines, paper)
    orders = sorted({line.order for line in lines})
    s.act("invoice", invoice, orders=orders, total=str(from_units(total, MONEY_SCALE)))
    return invoice


def redrawn(basis: Basis, frame: Frame, lines: Iterable[Line], quantities: Mapping[int, int]) -> list[Line]:
    """A draft's lines as they are to be: at these quantities by line number (what is not named stays, 0 is left out), at the product
    and price that the order has now."""
    by_id = basis.by_id()
    found: list[Line] = []
    for line in lines:
        if line.qty is None:
            if quantities.get(line.line, 1):
                found.append(line)
            continue
        qty = quantities.get(line.line, line.qty)
        if qty:
            found.append(goods(by_id[line.order_line or 0], qty, frame.digits, line.line))
    return found


def by_money(basis: Basis, order: int, amount: int, kind: str) -> list[Line]:
    """Lines that bill ``amount`` of an order by money."""
    return money_lines(order, amount, basis.weights(order), kind, basis.orders[order].frame.digits)


def frame_of(row: Invoice) -> Frame:
    """The frame of an invoice that is there."""
    return Frame(row.company, row.customer, row.customer_name, "", row.currency, row.digits, row.prices_include_tax)


def paper_of(row: Invoice) -> Paper:
    """What kind of paper an invoice is that is there."""
    return Paper(row.type, row.invoice_date, row.due_date, row.blocks_shipping, row.counters_id)


def numbered(line: LineStanding, orders: Mapping[int, OrderHead]) -> str:
    """What people call an order line."""
    return f"{orders[line.order].number}/{line.line}"


def amount_text(units: int, currency: str) -> str:
    """An amount in a sentence."""
    value = from_units(units, MONEY_SCALE)
    return f"{value.normalize():f} {currency}" if value != value.to_integral() else f"{value:.2f} {currency}"
