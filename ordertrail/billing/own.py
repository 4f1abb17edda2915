"""Steps that write our own invoices: drafts and their lines, posting, set-offs. The verbs of the desk have checked before."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from ordertrail.billing.amounts import Line, Name, Rounding, divided, priced
from ordertrail.billing.models import (
    Allocation,
    Invoice,
    InvoiceLine,
    InvoiceShare,
    PaymentShare,
    Setoff,
    WriteOff,
)
from ordertrail.lib import bulk, clock
from ordertrail.lib.ids import LINES
from ordertrail.lib.money import MONEY_SCALE, from_units
from ordertrail.orders.rules import LineAmounts
from ordertrail.records.own import make

LINE = (
    "id", "invoice", "line", "order", "order_line", "sku", "qty", "net", "tax_rate", "tax", "gross", "kind", "credits", "standing",
    "counts", "order_key",
)  # fmt: skip
SHARE = ("id", "invoice", "order", "gross", "due_date", "standing", "counts")


@dataclass(frozen=True, slots=True)
class Frame:
    """What all of an invoice has in common: two orders are on one invoice only where it is alike."""

    company: int
    customer: int | None
    customer_name: str
    invoice_address: str
    currency: str
    digits: int
    include_tax: bool

    def rounding(self, *, by_line: bool) -> Rounding:
        """How a document of this frame rounds."""
        return Rounding(self.digits, self.include_tax, by_line)


@dataclass(frozen=True, slots=True)
class Paper:
    """An invoice as it is written: its dates, what it is, what it takes back."""

    type: str = "invoice"
    day: date | None = None
    due: date | None = None
    blocks_shipping: bool = False
    counters: int | None = None


def draft(frame: Frame, paper: Paper) -> int:
    """A new draft without lines; its id."""
    document = make("invoice")
    Invoice.objects.create(
        pk=document.pk, company=frame.company, home_id=document.source_id, number="", state="draft", type=paper.type,
        customer_name=frame.customer_name, invoice_date=paper.day, due_date=paper.due, currency=frame.currency, net=0, tax=0,
        total=0, digits=frame.digits, customer=frame.customer, blocks_shipping=paper.blocks_shipping,
        counters_id=paper.counters, prices_include_tax=frame.include_tax,
    )  # fmt: skip
    return document.pk


def write_lines(
    invoice: int,
    lines: Sequence[Line],
    names: Mapping[int, Name],
    how: Rounding,
    standing: int,
    due: date | None = None,
) -> int:
    """Write the lines of a draft (again), the shares of its orders and its amounts; its gross total. Lines without a number are put
    behind the others."""
    bulk.delete(InvoiceLine, "invoice", [invoice])
    bulk.delete(InvoiceShare, "invoice", [invoice])
    amounts = priced(lines, how)
    free = max((line.line for line in lines), default=0)
    rows: list[tuple[Any, ...]] = []
    for line, told in zip(lines, amounts, strict=True):
        free += not line.line
        place = line.line or free
        rows.append((
            invoice * LINES + place, invoice, place, line.order, line.order_line, line.sku, line.qty, told.net, line.rate, told.tax,
            told.gross, line.kind, line.credits, standing, False, "",
        ))  # fmt: skip
    bulk.insert(InvoiceLine, LINE, rows)
    shares = divided(lines, amounts, names, how)
    bulk.insert(
        InvoiceShare,
        SHARE,
        [
            (invoice * LINES + place, invoice, order, gross, due, standing, False)
            for place, (order, gross) in enumerate(shares.items(), 1)
        ],
    )
    net, tax = sum(told.net for told in amounts), sum(told.tax for told in amounts)
    Invoice.objects.filter(pk=invoice).update(
        net=from_units(net, MONEY_SCALE), tax=from_units(tax, MONEY_SCALE), total=from_units(net + tax, MONEY_SCALE)
    )
    return net + tax


def lines_of(invoices: Iterable[int]) -> dict[int, list[Line]]:
    """The lines of these invoices by invoice, as they are written; ``amount`` of goods is left at 0."""
    found: dict[int, list[Line]] = {invoice: [] for invoice in invoices}
    for invoice, line, order, order_line, sku, qty, net, rate, tax, gross, kind, back in bulk.select(
        "SELECT invoice_id, line, order_id, order_line_id, sku, qty, net, tax_rate, tax, gross, kind, credits"
        f" FROM {bulk.table(InvoiceLine)} WHERE invoice_id IN {bulk.among()} ORDER BY id",
        [bulk.bound(found)],
    ):
        told = LineAmounts(net, tax, gross)
        found[invoice].append(Line(order, order_line, sku, qty, rate, 0, kind, told, line, back))
    return found


def set_off(note: int, invoice: int, parts: Mapping[int, int]) -> None:
    """Let a posted credit note reduce these orders' parts of an invoice."""
    now = clock.now()
    bulk.insert(
        Setoff,
        ("credit_note", "invoice", "order", "amount", "at"),
        [(note, invoice, order, amount, now) for order, amount in sorted(parts.items())],
    )


@dataclass(frozen=True, slots=True)
class Part:
    """Which amount of a payment settles an invoice, divided among its orders."""

    payment: int
    invoice: int
    shares: Mapping[int, int]
    at: Any = None
    line_id: int = 0

    @property
    def amount(self) -> int:
        """The whole of it."""
        return sum(self.shares.values())


ALLOCATION = ("id", "payment", "line", "invoice", "order", "amount", "at", "invoice_key", "order_key", "by_reference")
PAID = ("id", "payment", "invoice", "order", "amount", "allocation", "standing", "counts")


def allocate(parts: Sequence[Part], standing: int) -> None:
    """Write allocations and each order's share of them, behind what the payments have already."""
    if not parts:
        return
    payments = bulk.bound({part.payment for part in parts})
    last: dict[int, int] = {}
    placed: dict[int, int] = {}
    for table, into, column in ((Allocation, last, "line"), (PaymentShare, placed, "id")):
        rows = bulk.select(
            f"SELECT payment_id, MAX({column}) FROM {bulk.table(table)} WHERE payment_id IN {bulk.among()} GROUP BY payment_id",
            [payments],
        )
        into.update(rows)
    now = clock.now()
    heads: list[tuple[Any, ...]] = []
    shares: list[tuple[Any, ...]] = []
    for part in parts:
        last[part.payment] = last.get(part.payment, 0) + 1
        key = part.payment * LINES + last[part.payment]
        heads.append((
            key, part.payment, last[part.payment], part.invoice, None, part.amount, part.at or now, "", "", False,
        ))  # fmt: skip
        for order, amount in part.shares.items():
            placed[part.payment] = placed.get(part.payment, part.payment * LINES) + 1
            shares.append((placed[part.payment], part.payment, part.invoice, order, amount, key, standing, False))
    bulk.insert(Allocation, ALLOCATION, heads)
    bulk.insert(PaymentShare, PAID, shares)


def end_allocations(keys: Iterable[int]) -> None:
    """End these allocations: they count no more, and stay readable."""
    now = clock.now()
    bulk.update(Allocation, ("id", "ended_at"), [(key, now) for key in keys])


def write_off(payment: int, parts: Iterable[tuple[int | None, int | None, int]]) -> None:
    """Write off (invoice, order, amount) by a payment; without an invoice the payment's own rest."""
    now = clock.now()
    bulk.insert(
        WriteOff,
        ("payment", "invoice", "order", "amount", "at"),
        [(payment, invoice, order, amount, now) for invoice, order, amount in parts],
    )
