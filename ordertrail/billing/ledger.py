"""A customer's account: what came to what it owes and what went from it, entry by entry. Money units (10⁻⁴); a fixed number of queries.

What is owed is that of its orders (``OrderStatus.open_receivable``) less the money of its own that settles nothing yet (``rests``).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from ordertrail.billing.credit_notes import credited_of
from ordertrail.billing.models import Allocation, Invoice, InvoiceShare, Payment, PaymentShare, WriteOff
from ordertrail.billing.queries import opens
from ordertrail.lib import bulk, clock
from ordertrail.orders.models import Order
from ordertrail.records.own import documents_of


@dataclass(frozen=True, slots=True)
class Entry:
    """One paper or act on a customer's account. ``kind``: invoice, credit_note, payment, refund, written_off (of an invoice), kept (the
    rest of a payment, as gain). ``amount``: above zero the customer owes more. ``day`` is None where no system knows it."""

    day: date | None
    kind: str
    number: str
    document: int
    currency: str
    amount: int


@dataclass(frozen=True, slots=True)
class OpenPart:
    """What is open of one invoice, credit notes taken off, with its day."""

    invoice: int
    day: date | None
    currency: str
    amount: int


_ORDERS = f"(SELECT id FROM {Order._meta.db_table} WHERE customer_id = %s)"
"""The customer's orders in SQL; its one parameter is the customer."""


def ledger(customer: int) -> list[Entry]:
    """Every entry of a customer's account by day, those without a day first. Of an invoice or a payment that serves other customers too
    it holds what counts for this one; of a payment written down here for this customer all of it, set against invoices or not."""
    documents = bulk.bound(documents_of(customer))
    entries = [*_invoices(customer), *_payments(customer, documents), *_write_offs(customer, documents)]
    return sorted(entries, key=lambda one: (str(one.day or ""), _RANK[one.kind], one.number, one.document))


_RANK = {kind: rank for rank, kind in enumerate(("invoice", "credit_note", "payment", "refund", "written_off", "kept"))}


def _invoices(customer: int) -> Iterator[Entry]:
    rows = bulk.select(
        "SELECT i.id, i.number, i.reported, i.type, i.invoice_date, i.currency, SUM(s.gross)"
        f" FROM {bulk.table(InvoiceShare)} s JOIN {bulk.table(Invoice)} i ON i.id = s.invoice_id"
        f" WHERE s.counts AND s.order_id IN {_ORDERS}"
        " GROUP BY i.id, i.number, i.reported, i.type, i.invoice_date, i.currency",
        [customer],
    )
    for pk, number, reported, kind, day, currency, amount in rows:
        told = "credit_note" if kind == "credit_note" else "invoice"
        yield Entry(_day(day), told, "" if reported else number, pk, currency, int(amount))


def _payments(customer: int, documents: Any) -> Iterator[Entry]:
    """What counts for the customer's orders, and what of its own payments is shared among no orders."""
    rows = bulk.select(
        "SELECT p.id, p.number, p.reported, p.paid_date, p.currency, p.amount, SUM(t.amount) FROM ("
        f"SELECT h.payment_id AS payment, h.amount FROM {bulk.table(PaymentShare)} h"
        f" WHERE h.counts AND h.order_id IN {_ORDERS}"
        f" UNION ALL SELECT o.id, o.amount FROM {bulk.table(Payment)} o"
        f" WHERE o.customer IN {bulk.among()} AND o.state = 'done'"
        f" UNION ALL SELECT h.payment_id, -h.amount FROM {bulk.table(PaymentShare)} h"
        f" JOIN {bulk.table(Payment)} o ON o.id = h.payment_id LEFT JOIN {bulk.table(Allocation)} a ON a.id = h.allocation_id"
        f" WHERE o.customer IN {bulk.among()} AND o.state = 'done' AND a.ended_at IS NULL"
        f") t JOIN {bulk.table(Payment)} p ON p.id = t.payment"
        " GROUP BY p.id, p.number, p.reported, p.paid_date, p.currency, p.amount",
        [customer, documents, documents],
    )
    for pk, number, reported, day, currency, whole, amount in rows:
        if amount:
            kind = "payment" if whole >= 0 else "refund"
            yield Entry(_day(day), kind, "" if reported else number, pk, currency, -int(amount))


def _write_offs(customer: int, documents: Any) -> Iterator[Entry]:
    rows = bulk.select(
        "SELECT 'written_off', i.id, i.number, w.at, i.currency, -w.amount"
        f" FROM {bulk.table(WriteOff)} w JOIN {bulk.table(Invoice)} i ON i.id = w.invoice_id"
        f" WHERE w.ended_at IS NULL AND w.order_id IN {_ORDERS}"
        " UNION ALL SELECT 'kept', p.id, p.number, w.at, p.currency, w.amount"
        f" FROM {bulk.table(WriteOff)} w JOIN {bulk.table(Payment)} p ON p.id = w.payment_id"
        f" WHERE w.ended_at IS NULL AND w.invoice_id IS NULL AND p.customer IN {bulk.among()}",
        [customer, documents],
    )
    found: dict[tuple[Any, ...], int] = {}
    for kind, pk, number, at, currency, amount in rows:
        key = (_day_of(at), kind, number, pk, currency)
        found[key] = found.get(key, 0) + int(amount)
    for (day, kind, number, pk, currency), amount in found.items():
        yield Entry(day, kind, number, pk, currency, amount)


def _day(value: Any) -> date | None:
    return date.fromisoformat(value) if isinstance(value, str) else value


def _day_of(value: Any) -> date:
    """The company's day of an instant as the store gives it (SQLite as text, in UTC)."""
    at = datetime.fromisoformat(value) if isinstance(value, str) else value
    at = at if at.tzinfo else at.replace(tzinfo=UTC)
    day: date = at.astimezone(clock.zone()).date()
    return day


def open_parts(customer: int) -> list[OpenPart]:
    """What is open of each invoice of the customer's orders now, oldest first; without those on which nothing is open."""
    rows = bulk.select(
        f"SELECT i.id, i.invoice_date, i.currency, s.order_id FROM {bulk.table(InvoiceShare)} s"
        f" JOIN {bulk.table(Invoice)} i ON i.id = s.invoice_id"
        f" WHERE s.counts AND i.type <> 'credit_note' AND s.order_id IN {_ORDERS}",
        [customer],
    )
    parts, credited = opens(row[0] for row in rows), credited_of({row[3] for row in rows})
    found: dict[tuple[Any, ...], int] = {}
    for pk, day, currency, order in dict.fromkeys(rows):
        key = (pk, _day(day), currency)
        found[key] = found.get(key, 0) + parts[pk][order].open - credited.get((pk, order), 0)
    told = [OpenPart(pk, day, currency, amount) for (pk, day, currency), amount in found.items() if amount > 0]
    return sorted(told, key=lambda part: (str(part.day or ""), part.invoice))
