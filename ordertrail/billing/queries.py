"""Reading own invoices and payments: what is open, billed, allocated. Amounts in money units (10⁻⁴); a fixed number of queries each."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from ordertrail.billing.models import (
    Allocation,
    Invoice,
    InvoiceLine,
    InvoiceShare,
    Payment,
    PaymentShare,
    Setoff,
    WriteOff,
)
from ordertrail.billing.settling import exchange
from ordertrail.lib import bulk
from ordertrail.orders.models import Order, OrderException
from ordertrail.orders.rules import LineAmounts
from ordertrail.records.own import OWN


@dataclass(slots=True)
class Open:
    """An order's part of a posted invoice, and what has become of it; negative on a credit note."""

    gross: int = 0
    paid: int = 0
    credited: int = 0
    written_off: int = 0

    @property
    def open(self) -> int:
        """What is still to be paid."""
        return self.gross - self.paid - self.credited - self.written_off


@dataclass(frozen=True, slots=True)
class Head:
    """What a rule must know of an invoice."""

    id: int
    number: str
    state: str
    type: str
    customer: int | None
    currency: str
    digits: int
    include_tax: bool
    total: int
    due_date: date | None
    invoice_date: date | None
    rate: int | None
    cancelled: bool

    @property
    def named(self) -> str:
        """What people call it."""
        return self.number or str(self.id)


@dataclass(slots=True)
class Bill:
    """What was billed of an order: gross on posted invoices and drafts, what of it was in advance and is not taken off yet (by tax
    rate), and whether it is billed by money."""

    posted: int = 0
    drafted: int = 0
    advances: dict[int, LineAmounts] = field(default_factory=dict)
    by_money: bool = False


def heads(invoices: Iterable[int]) -> dict[int, Head]:
    """These invoices by id."""
    rows = bulk.select(
        "SELECT id, number, state, type, customer, currency, digits, prices_include_tax, total, due_date, invoice_date, rate,"
        f" cancelled_at IS NOT NULL FROM {bulk.table(Invoice)} WHERE id IN {bulk.among()}",
        [bulk.bound(set(invoices))],
    )
    return {row[0]: _head(*row) for row in rows}


def _head(*row: Any) -> Head:
    pk, number, state, type_, customer, currency, digits, include_tax, total, due, day, rate, cancelled = row
    return Head(
        pk,
        number,
        state,
        type_,
        customer,
        currency,
        digits,
        bool(include_tax),
        total,
        _day(due),
        _day(day),
        rate,
        bool(cancelled),
    )


def _day(value: Any) -> date | None:
    return date.fromisoformat(value) if isinstance(value, str) else value


def opens(invoices: Iterable[int]) -> dict[int, dict[int, Open]]:
    """Of each of these invoices the parts of its orders, by order."""
    ids = bulk.bound(set(invoices))
    among = bulk.among()
    rows = bulk.select(
        f"SELECT 'gross', invoice_id, order_id, SUM(gross) FROM {bulk.table(InvoiceShare)}"
        f" WHERE invoice_id IN {among} GROUP BY invoice_id, order_id"
        f" UNION ALL SELECT 'paid', h.invoice_id, h.order_id, SUM(h.amount) FROM {bulk.table(PaymentShare)} h"
        f" JOIN {bulk.table(Payment)} p ON p.id = h.payment_id LEFT JOIN {bulk.table(Allocation)} a ON a.id = h.allocation_id"
        f" WHERE h.invoice_id IN {among} AND a.ended_at IS NULL AND (h.counts OR p.home_id IN {OWN})"
        " GROUP BY h.invoice_id, h.order_id"
        f" UNION ALL SELECT 'credited', invoice_id, order_id, SUM(amount) FROM {bulk.table(Setoff)}"
        f" WHERE invoice_id IN {among} AND ended_at IS NULL GROUP BY invoice_id, order_id"
        f" UNION ALL SELECT 'credited', credit_note_id, order_id, SUM(-amount) FROM {bulk.table(Setoff)}"
        f" WHERE credit_note_id IN {among} AND ended_at IS NULL GROUP BY credit_note_id, order_id"
        f" UNION ALL SELECT 'written_off', invoice_id, order_id, SUM(amount) FROM {bulk.table(WriteOff)}"
        f" WHERE invoice_id IN {among} AND ended_at IS NULL GROUP BY invoice_id, order_id",
        [ids] * 5,
    )
    found: dict[int, dict[int, Open]] = defaultdict(lambda: defaultdict(Open))
    for what, invoice, order, amount in rows:
        part = found[invoice][order or 0]
        setattr(part, what, getattr(part, what) + int(amount))
    return found


_GOODS = (
    f"SELECT 1 FROM {InvoiceLine._meta.db_table} g JOIN {Invoice._meta.db_table} g_of ON g_of.id = g.invoice_id"
    " WHERE g.order_id = l.order_id AND g.invoice_id <> %s AND g.qty IS NOT NULL AND (g.counts OR g_of.state = 'draft')"
    " AND (g.invoice_id = l.invoice_id OR (l.sku <> '' AND l.order_line_id IS NULL))"
)
"""What makes a line without a quantity a charge, as freight: quantities on its invoice, or any of the order where that does not have
its article."""


def bills(orders: Iterable[int], but: int = 0) -> dict[int, Bill]:
    """What was billed of each of these orders, leaving out the draft ``but``."""
    ids, among = bulk.bound(set(orders)), bulk.among()
    found: dict[int, Bill] = defaultdict(Bill)
    for order, state, gross in bulk.select(
        f"SELECT s.order_id, i.state, SUM(s.gross) FROM {bulk.table(InvoiceShare)} s"
        f" JOIN {bulk.table(Invoice)} i ON i.id = s.invoice_id"
        f" WHERE s.order_id IN {among} AND i.id <> %s AND (s.counts OR i.state = 'draft') GROUP BY s.order_id, i.state",
        [ids, but],
    ):
        bill = found[order]
        if state == "draft":
            bill.drafted += int(gross)
        else:
            bill.posted += int(gross)
    for order, kind, rate, state, *amounts in bulk.select(
        f"SELECT l.order_id, l.kind, l.tax_rate, i.state, SUM(l.net), SUM(l.tax), SUM(l.gross) FROM {bulk.table(InvoiceLine)} l"
        f" JOIN {bulk.table(Invoice)} i ON i.id = l.invoice_id"
        f" WHERE l.order_id IN {among} AND i.id <> %s AND l.qty IS NULL AND (l.counts OR i.state = 'draft')"
        f" AND (l.kind IN ('advance', 'deduction') OR NOT EXISTS ({_GOODS}))"
        " GROUP BY l.order_id, l.kind, l.tax_rate, i.state",
        [ids, but, but],
    ):
        bill = found[order]
        if kind == "deduction" or (kind == "advance" and state != "draft"):
            before = bill.advances.get(rate, LineAmounts(0, 0, 0))
            bill.advances[rate] = LineAmounts(*(one + int(other) for one, other in zip(before, amounts, strict=True)))
        elif kind != "advance":
            bill.by_money = bill.by_money or bool(amounts[2])
    return found


def rests(payments: Iterable[int]) -> dict[int, int]:
    """What of each of these payments is on no invoice, not paid back and not written off."""
    ids, among = bulk.bound(set(payments)), bulk.among()
    rows = bulk.select(
        f"SELECT id, amount FROM {bulk.table(Payment)} WHERE id IN {among} AND state = 'done'"
        f" UNION ALL SELECT payment_id, -amount FROM {bulk.table(Allocation)} WHERE payment_id IN {among} AND ended_at IS NULL"
        f" UNION ALL SELECT refunds_id, amount FROM {bulk.table(Payment)}"
        f" WHERE refunds_id IN {among} AND credit_note IS NULL AND state = 'done'"
        f" UNION ALL SELECT payment_id, -amount FROM {bulk.table(WriteOff)}"
        f" WHERE payment_id IN {among} AND invoice_id IS NULL AND ended_at IS NULL",
        [ids] * 4,
    )
    found: dict[int, int] = defaultdict(int)
    for payment, amount in rows:
        found[payment] += amount
    return found


def tied(orders: Iterable[int], currency: str) -> dict[int, list[tuple[int, int]]]:
    """By order the deposits tied to it that are not used up, the oldest first, as (payment, rest)."""
    rows = bulk.select(
        f"SELECT id, deposit_for FROM {bulk.table(Payment)} WHERE deposit_for IN {bulk.among()} AND state = 'done'"
        " AND amount > 0 AND currency = %s ORDER BY paid_date, id",
        [bulk.bound(set(orders)), currency],
    )
    left = rests(row[0] for row in rows)
    found: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for payment, order in rows:
        if left[payment] > 0:
            found[order].append((payment, left[payment]))
    return found


def blocking(orders: Iterable[int]) -> dict[int, str]:
    """By order the advance (its number, or id while it has none) that keeps the order from being shipped: it is not paid, or it was
    cancelled and nobody has chosen yet what is to become of it."""
    asked = set(orders)
    rows = bulk.select(
        f"SELECT DISTINCT l.order_id, i.id, i.number, i.state, i.cancelled_at IS NOT NULL, x.id IS NOT NULL"
        f" FROM {bulk.table(InvoiceLine)} l JOIN {bulk.table(Invoice)} i ON i.id = l.invoice_id"
        f" LEFT JOIN {bulk.table(OrderException)} x ON x.document = i.id AND x.kind = 'invoice_cancelled' AND x.order_id = l.order_id"
        " AND x.choice = ''"
        f" WHERE l.order_id IN {bulk.among()} AND i.blocks_shipping AND i.state <> 'cancelled'",
        [bulk.bound(asked)],
    )
    posted = opens({row[1] for row in rows if row[3] == "posted" and not row[4]})
    found: dict[int, str] = {}
    for order, invoice, number, state, cancelled, waits in sorted(rows, key=lambda row: row[1]):
        if cancelled:
            due = bool(waits)
        else:
            due = state == "draft" or sum(part.open for part in posted[invoice].values()) > 0
        if due:
            found.setdefault(order, number or str(invoice))
    return found


def orders_on(invoices: Collection[int]) -> set[int]:
    """The orders that have a part of these invoices."""
    rows = bulk.select(
        f"SELECT DISTINCT order_id FROM {bulk.table(InvoiceShare)} WHERE invoice_id IN {bulk.among()} AND order_id IS NOT NULL",
        [bulk.bound(set(invoices))],
    )
    return {row[0] for row in rows}


@dataclass(frozen=True, slots=True)
class Billed:
    """What was billed of one order line: its posted invoice lines from the oldest to the newest as (id, invoice, quantity, what was
    credited of it by name), and what was credited without naming an invoice."""

    lines: tuple[tuple[int, int, int, int], ...]
    unnamed: int


def billed_lines(order_lines: Iterable[int]) -> dict[int, Billed]:
    """What was billed and credited of each of these order lines."""
    rows = bulk.select(
        f"SELECT l.order_line_id, l.id, l.invoice_id, l.qty, l.credits FROM {bulk.table(InvoiceLine)} l"
        f" JOIN {bulk.table(Invoice)} i ON i.id = l.invoice_id"
        f" WHERE l.order_line_id IN {bulk.among()} AND i.state = 'posted' AND l.qty IS NOT NULL"
        f" AND i.home_id IN {OWN} ORDER BY i.invoice_date, i.id",
        [bulk.bound(set(order_lines))],
    )
    credited: dict[int, int] = defaultdict(int)
    unnamed: dict[int, int] = defaultdict(int)
    for order_line, _, _, qty, back in rows:
        if back is not None:
            credited[back] -= qty
        elif qty < 0:
            unnamed[order_line] -= qty
    found: dict[int, list[tuple[int, int, int, int]]] = {row[0]: [] for row in rows}
    for order_line, pk, invoice, qty, _ in rows:
        if qty > 0:
            found[order_line].append((pk, invoice, qty, credited[pk]))
    return {order_line: Billed(tuple(lines), unnamed[order_line]) for order_line, lines in found.items()}


def owed(customer: int, salespersons: Collection[str] | None = None) -> dict[str, int]:
    """What is open of the posted invoices of a customer's orders, credit notes apart, by currency; only of orders of these salespersons
    where they are given."""
    orders = f"(SELECT id FROM {bulk.table(Order)} WHERE customer_id = %s"
    params: list[Any] = [customer]
    if salespersons is not None:
        orders += f" AND salesperson IN {bulk.among('text')}"
        params.append(bulk.bound(salespersons))
    orders += ")"
    one = (
        "SELECT i.currency, SUM({amount}) FROM {table} r JOIN {invoice} i ON i.id = r.invoice_id"
        " WHERE r.order_id IN {orders} AND i.type <> 'credit_note' AND {holds} GROUP BY i.currency"
    )
    sources = (
        (InvoiceShare, "r.gross", "r.counts"),
        (PaymentShare, "-r.amount", "r.counts"),
        (Setoff, "-r.amount", "r.ended_at IS NULL"),
        (WriteOff, "-r.amount", "r.ended_at IS NULL"),
    )
    sql = " UNION ALL ".join(
        one.format(amount=amount, table=bulk.table(model), invoice=bulk.table(Invoice), orders=orders, holds=holds)
        for model, amount, holds in sources
    )
    found: dict[str, int] = defaultdict(int)
    for currency, amount in bulk.select(sql, params * len(sources)):
        found[currency] += int(amount)
    return found


def candidates(customer: Collection[int], currency: str) -> list[Head]:
    """The posted invoices and credit notes of a customer (all its documents) in a currency, oldest due date first, then by number;
    whether anything is open of them ``opens`` tells."""
    rows = bulk.select(
        f"SELECT id FROM {bulk.table(Invoice)} WHERE customer IN {bulk.among()} AND state = 'posted' AND currency = %s"
        " AND cancelled_at IS NULL",
        [bulk.bound(customer), currency],
    )
    found = heads(row[0] for row in rows)
    return sorted(found.values(), key=lambda head: (str(head.due_date or ""), head.number))


def allocated(payments: Iterable[int]) -> dict[int, list[tuple[int, int, int]]]:
    """What each of these payments is allocated to now, from the oldest to the newest, as (id, invoice, amount)."""
    rows = bulk.select(
        f"SELECT payment_id, id, invoice_id, amount FROM {bulk.table(Allocation)} WHERE payment_id IN {bulk.among()}"
        " AND ended_at IS NULL AND invoice_id IS NOT NULL ORDER BY id",
        [bulk.bound(set(payments))],
    )
    found: dict[int, list[tuple[int, int, int]]] = defaultdict(list)
    for payment, *one in rows:
        found[payment].append((one[0], one[1], one[2]))
    return found


def shares_of(allocations: Iterable[int]) -> dict[int, list[tuple[int, int]]]:
    """The orders' shares of each of these allocations, as (order, amount)."""
    rows = bulk.select(
        f"SELECT allocation_id, order_id, amount FROM {bulk.table(PaymentShare)} WHERE allocation_id IN {bulk.among()} ORDER BY id",
        [bulk.bound(set(allocations))],
    )
    found: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for allocation, order, amount in rows:
        found[allocation].append((order, amount))
    return found


def refunded(payments: Iterable[int]) -> dict[int, int]:
    """What of each of these payments was paid back, credit notes that were paid out included."""
    rows = bulk.select(
        f"SELECT refunds_id, SUM(-amount) FROM {bulk.table(Payment)} WHERE refunds_id IN {bulk.among()} AND state = 'done'"
        " GROUP BY refunds_id",
        [bulk.bound(set(payments))],
    )
    return {row[0]: int(row[1]) for row in rows}


def exchanged(payments: Iterable[int], currency: str, digits: int) -> dict[int, int | None]:
    """Exchange gain of each of these payments in the company's ``currency``, over what it is allocated to now; None where a rate is not
    known. A payment in the company's currency is left out: it has none."""
    rows = bulk.select(
        f"SELECT p.id, a.amount, p.rate, i.rate FROM {bulk.table(Payment)} p JOIN {bulk.table(Allocation)} a ON a.payment_id = p.id"
        f" JOIN {bulk.table(Invoice)} i ON i.id = a.invoice_id"
        f" WHERE p.id IN {bulk.among()} AND p.currency <> %s AND a.ended_at IS NULL",
        [bulk.bound(set(payments)), currency],
    )
    found: dict[int, int | None] = {}
    for payment, amount, paid, billed in rows:
        before = found.get(payment, 0)
        known = before is not None and paid is not None and billed is not None
        found[payment] = (before or 0) + exchange(amount, paid, billed, digits) if known else None
    return found
