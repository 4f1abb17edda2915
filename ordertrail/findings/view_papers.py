"""Views of shipments, invoices and payments, read by the thousand."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from decimal import Decimal
from typing import Any

from ordertrail.billing.models import Allocation, Invoice, InvoiceLine, Payment
from ordertrail.desk.agree import Beliefs
from ordertrail.findings.began import began
from ordertrail.findings.heard import instant
from ordertrail.findings.view import Foreign, PaperView, PaymentView, day
from ordertrail.findings.view_orders import known_by
from ordertrail.lib import bulk
from ordertrail.lib.money import MONEY_SCALE, QTY_SCALE, from_units
from ordertrail.lib.numbers import name_key
from ordertrail.orders.models import Order
from ordertrail.records.models import SourceDocument
from ordertrail.records.queries import Finder
from ordertrail.shipping.models import Shipment, ShipmentLine


def shipment_views(ids: Collection[int]) -> list[PaperView]:
    """The views of these shipments, by a fixed number of queries."""
    lines = _unknown(ShipmentLine, "shipment", ids, "0")
    sources = Beliefs.now().by_id
    rows = bulk.select(
        f"SELECT d.id, d.number, d.home_id, s.learned_at, s.version, s.last_seq, d.shipped_date FROM {bulk.table(Shipment)} d"
        f" JOIN {bulk.table(SourceDocument)} s ON s.id = d.id"
        f" WHERE d.id IN {bulk.among()} AND d.state = 'done' AND NOT d.reported ORDER BY d.id",
        [bulk.bound(ids)],
    )
    return [
        PaperView("shipment", document, number, sources[home], began(instant(at), *told), *_names(lines[document]))
        for document, number, home, at, *told in rows
    ]


def invoice_views(ids: Collection[int]) -> list[PaperView]:
    """The views of these invoices, by a fixed number of queries."""
    lines, foreign = _unknown(InvoiceLine, "invoice", ids, "r.gross"), _foreign(_BILLED, ids)
    sources = Beliefs.now().by_id
    rows = bulk.select(
        "SELECT d.id, d.number, d.home_id, s.learned_at, s.version, s.last_seq, d.invoice_date, d.currency, d.total, d.total_told,"
        f" (SELECT COUNT(*) FROM {bulk.table(InvoiceLine)} l WHERE l.invoice_id = d.id)"
        f" FROM {bulk.table(Invoice)} d JOIN {bulk.table(SourceDocument)} s ON s.id = d.id"
        f" WHERE d.id IN {bulk.among()} AND d.state = 'posted' AND NOT d.reported ORDER BY d.id",
        [bulk.bound(ids)],
    )
    found = []
    for document, number, home, at, version, seq, day_of, currency, total, told, count in rows:
        names, qty = _names(lines[document])
        gross = from_units(sum(row[2] for row in lines[document]), MONEY_SCALE) if names else None
        found.append(
            PaperView(
                "invoice", document, number, sources[home], began(instant(at), version, seq, day_of), names, qty, gross, currency,
                from_units(total, MONEY_SCALE), None if told is None else from_units(told, MONEY_SCALE), count,
                foreign.get(document, ()),
            )
        )  # fmt: skip
    return found


_BILLED = (
    f"SELECT DISTINCT r.invoice_id, o.number, o.currency FROM {InvoiceLine._meta.db_table} r"
    f" JOIN {Invoice._meta.db_table} d ON d.id = r.invoice_id JOIN {Order._meta.db_table} o ON o.id = r.order_id"
    " WHERE o.currency <> d.currency AND r.invoice_id IN "
)
"""Orders in another currency than the invoice that bills them."""
_PAID = (
    f"SELECT DISTINCT r.payment_id, COALESCE(i.number, o.number), COALESCE(i.currency, o.currency)"
    f" FROM {Allocation._meta.db_table} r JOIN {Payment._meta.db_table} d ON d.id = r.payment_id"
    f" LEFT JOIN {Invoice._meta.db_table} i ON i.id = r.invoice_id LEFT JOIN {Order._meta.db_table} o ON o.id = r.order_id"
    " WHERE COALESCE(i.currency, o.currency) <> d.currency AND r.payment_id IN "
)
"""Invoices and orders in another currency than the payment that is for them."""


def _foreign(sql: str, ids: Collection[int]) -> dict[int, tuple[Foreign, ...]]:
    found: dict[int, list[Foreign]] = defaultdict(list)
    for document, number, currency in sorted(bulk.select(sql + bulk.among(), [bulk.bound(ids)])):
        found[document].append((number, currency))
    return {document: tuple(listed) for document, listed in found.items()}


def _unknown(model: Any, kind: str, ids: Collection[int], gross: str) -> dict[int, list[tuple[str, int, int]]]:
    """(order as named, quantity, gross) of the lines that name an order which nobody has."""
    found: dict[int, list[tuple[str, int, int]]] = defaultdict(list)
    for document, key, qty, units in bulk.select(
        f"SELECT r.{kind}_id, r.order_key, r.qty, {gross} FROM {bulk.table(model)} r"
        f" WHERE r.{kind}_id IN {bulk.among()} AND r.order_id IS NULL AND r.order_key <> '' ORDER BY r.id",
        [bulk.bound(ids)],
    ):
        found[document].append((key, qty or 0, units))
    return found


def _names(lines: list[tuple[str, int, int]]) -> tuple[tuple[str, ...], Decimal]:
    return tuple(dict.fromkeys(key for key, _, _ in lines)), from_units(sum(qty for _, qty, _ in lines), QTY_SCALE)


def payment_views(ids: Collection[int]) -> list[PaymentView]:
    """The views of these payments (money in, done), by a fixed number of queries."""
    bound, sources, foreign = bulk.bound(ids), Beliefs.now().by_id, _foreign(_PAID, ids)
    placed: dict[int, int] = dict(
        bulk.select(
            f"SELECT payment_id, SUM(amount) FROM {bulk.table(Allocation)} WHERE payment_id IN {bulk.among()}"
            " AND (invoice_id IS NOT NULL OR order_id IS NOT NULL) GROUP BY payment_id",
            [bound],
        )
    )
    rows = bulk.select(
        "SELECT d.id, d.number, d.home_id, s.learned_at, s.version, s.last_seq, d.payer, d.paid_date, d.reference, d.amount, d.currency"
        f" FROM {bulk.table(Payment)} d JOIN {bulk.table(SourceDocument)} s ON s.id = d.id"
        f" WHERE d.id IN {bulk.among()} AND d.state = 'done' AND NOT d.reported AND d.amount > 0 ORDER BY d.id",
        [bound],
    )
    finder = Finder("customer")
    names = sorted({row[6] for row in rows if row[6]})
    finder.learn_keys(map(name_key, names))
    payers = {name: finder.find(0, name, name_key(name)) for name in names}
    known = known_by(customer for customer in payers.values() if customer is not None)
    return [
        PaymentView(
            document, number, sources[home], began(instant(at), version, seq, paid), payer, _elsewhere(home, known, payers.get(payer)),
            day(paid), reference, from_units(units, MONEY_SCALE),
            from_units(min(units, int(placed.get(document, 0))), MONEY_SCALE), currency, foreign.get(document, ()),
        )
        for document, number, home, at, version, seq, payer, paid, reference, units, currency in rows
    ]  # fmt: skip


def _elsewhere(home: int, known: Mapping[int, set[int]], customer: int | None) -> bool:
    """Whether another system than the payment's own knows the payer: a bank that makes customers of its payers proves nothing."""
    return customer is not None and bool(known[customer] - {home})
