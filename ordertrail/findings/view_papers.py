"""Views of shipments, invoices and payments, read by the thousand."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from decimal import Decimal
from typing import Any

from ordertrail.billing.credit_notes import oldest_open
from ordertrail.billing.models import Allocation, Invoice, InvoiceLine, Payment, PaymentShare
from ordertrail.desk.agree import Beliefs
from ordertrail.findings.began import began
from ordertrail.findings.heard import instant
from ordertrail.findings.view import Foreign, PaperView, PaymentView, Shared, day
from ordertrail.findings.view_orders import known_by
from ordertrail.lib import bulk
from ordertrail.lib.money import MONEY_SCALE, QTY_SCALE, from_units
from ordertrail.orders.models import Order, OrderStatus
from ordertrail.parties.queries import customers_named
from ordertrail.records.models import Number, Source, SourceDocument
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
    borne = _borne(lines, sources)
    found = []
    for document, number, home, at, *told in rows:
        names, shared, qty = _names(lines[document], borne)
        since = began(instant(at), *told)
        found.append(PaperView("shipment", document, number, sources[home], since, names, qty, shared=shared))
    return found


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
    borne = _borne(lines, sources)
    found = []
    for document, number, home, at, version, seq, day_of, currency, total, told, count in rows:
        names, shared, qty = _names(lines[document], borne)
        gross = from_units(sum(row[2] for row in lines[document]), MONEY_SCALE) if names or shared else None
        found.append(
            PaperView(
                "invoice", document, number, sources[home], began(instant(at), version, seq, day_of), names, qty, gross, currency,
                from_units(total, MONEY_SCALE), None if told is None else from_units(told, MONEY_SCALE), count,
                foreign.get(document, ()), shared,
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


def _borne(lines: Mapping[int, list[tuple[str, int, int]]], sources: Mapping[int, Source]) -> dict[str, Shared]:
    """Those of the keys in ``lines`` that several orders bear, with these orders."""
    keys = {key for of_paper in lines.values() for key, _, _ in of_paper}
    rows = bulk.select(
        f"SELECT DISTINCT n.key, o.id, o.number, o.home_id, o.customer_name FROM {bulk.table(Number)} n"
        f" JOIN {bulk.table(SourceDocument)} d ON d.id = n.document_id"
        f' JOIN {bulk.table(Order)} o ON o.id = d."group"'
        f" WHERE n.kind = 'order' AND NOT n.search_only AND d.gone_at IS NULL AND n.key IN {bulk.among('text')} ORDER BY o.id",
        [bulk.bound(keys)],
    )
    found: dict[str, list[tuple[str, str, str]]] = defaultdict(list)
    for key, _, number, home, customer in rows:
        found[key].append((number, sources[home].name, customer))
    return {
        key: Shared(orders[0][0], tuple(order[1:] for order in orders))
        for key, orders in found.items()
        if len(orders) > 1
    }


def _names(
    lines: list[tuple[str, int, int]], borne: Mapping[str, Shared]
) -> tuple[tuple[str, ...], tuple[Shared, ...], Decimal]:
    """The orders named that nobody has, the numbers that several have, and the quantity of all."""
    keys = dict.fromkeys(key for key, _, _ in lines)
    return (
        tuple(key for key in keys if key not in borne),
        tuple(borne[key] for key in keys if key in borne),
        from_units(sum(qty for _, qty, _ in lines), QTY_SCALE),
    )


def payment_views(ids: Collection[int]) -> list[PaymentView]:
    """The views of these payments (done; what we paid back ourselves apart), by a fixed number of queries."""
    bound, sources, foreign = bulk.bound(ids), Beliefs.now().by_id, _foreign(_PAID, ids)
    placed = _placed(bound)
    rows = bulk.select(
        "SELECT d.id, d.number, d.home_id, s.learned_at, s.version, s.last_seq, d.payer, d.paid_date, d.reference, d.amount, d.currency"
        f" FROM {bulk.table(Payment)} d JOIN {bulk.table(SourceDocument)} s ON s.id = d.id"
        f" WHERE d.id IN {bulk.among()} AND d.state = 'done' AND NOT d.reported AND (d.amount > 0 OR d.refunds_id IS NULL)"
        " ORDER BY d.id",
        [bound],
    )
    payers = customers_named({row[6] for row in rows})
    known = known_by(customer for customer in payers.values() if customer is not None)
    waiting = {payers.get(row[6]) for row in rows if placed.get(row[0], 0) < row[9]}
    opens = _opens({customer for customer in waiting if customer is not None})
    echoes = _echoes({row[0] for row in rows if placed.get(row[0], 0) != row[9]})
    return [
        PaymentView(
            document, number, sources[home], began(instant(at), version, seq, paid), payer, _elsewhere(home, known, payers.get(payer)),
            day(paid), reference, from_units(units, MONEY_SCALE),
            from_units(min(placed.get(document, 0), units, key=abs), MONEY_SCALE), currency, foreign.get(document, ()),
            tuple(opens[payers.get(payer), currency]), document in echoes,
        )
        for document, number, home, at, version, seq, payer, paid, reference, units, currency in rows
    ]  # fmt: skip


def _placed(payments: Any) -> dict[int, int]:
    """What of each payment is an order's or an invoice's, and what is meant for an invoice that is still a draft."""
    rows = bulk.select(
        f"SELECT payment_id, amount FROM {bulk.table(PaymentShare)} WHERE payment_id IN {bulk.among()}"
        f" UNION ALL SELECT a.payment_id, a.amount FROM {bulk.table(Allocation)} a JOIN {bulk.table(Invoice)} i"
        f" ON i.id = a.invoice_id WHERE a.payment_id IN {bulk.among()} AND i.state = 'draft'",
        [payments, payments],
    )
    found: dict[int, int] = defaultdict(int)
    for payment, units in rows:
        found[payment] += units
    return found


def for_the_same(payments: Collection[int]) -> set[int]:
    """Other payments for an invoice or an order that one of these is for: what is told of them may depend on these."""
    return {other for _, other in _together(payments)}


def _together(payments: Collection[int]) -> list[tuple[int, int]]:
    """Each of these payments with each other one for the same invoice or order."""
    if not payments:
        return []
    allocation, bound = bulk.table(Allocation), bulk.bound(payments)
    one = (
        f"SELECT m.payment_id, o.payment_id FROM {allocation} m JOIN {allocation} o ON o.{{0}} = m.{{0}}"
        f" WHERE m.payment_id IN {bulk.among()} AND o.payment_id <> m.payment_id"
    )
    return [
        (a, b) for a, b in bulk.select(f"{one.format('invoice_id')} UNION {one.format('order_id')}", [bound, bound])
    ]


def _echoes(payments: Collection[int]) -> set[int]:
    """Those of these payments of which as much is placed nowhere as of another one for the same invoice or order, which a source tells
    that is believed before theirs: bank and ERP may both tell of the same money."""
    pairs = _together(payments)
    both = bulk.bound({payment for pair in pairs for payment in pair})
    placed, standing = _placed(both), Beliefs.now().standings("money")
    rests = {
        row[0]: (standing(row[1], False), row[2], row[3] - placed.get(row[0], 0))
        for row in bulk.select(
            f"SELECT id, home_id, currency, amount FROM {bulk.table(Payment)}"
            f" WHERE id IN {bulk.among()} AND state = 'done' AND NOT reported",
            [both],
        )
    }
    return {
        mine
        for mine, other in pairs
        if other in rests and rests[other][0] < rests[mine][0] and rests[other][1:] == rests[mine][1:]
    }


def _opens(customers: Collection[int]) -> dict[tuple[int | None, str], list[tuple[str, Decimal]]]:
    """The oldest open invoices of these customers by currency, with what is open of each."""
    found: dict[tuple[int | None, str], list[tuple[str, Decimal]]] = defaultdict(list)
    if not customers:
        return found
    orders = dict(
        bulk.select(
            f"SELECT order_id, customer FROM {bulk.table(OrderStatus)} WHERE customer IN {bulk.among()}"
            " AND open_receivable > 0",
            [bulk.bound(customers)],
        )
    )
    opens: dict[tuple[int, int], int] = defaultdict(int)
    for order, papers in oldest_open(orders).items():
        for invoice, units in papers.items():
            opens[orders[order], invoice] += units
    heads = bulk.select(
        f"SELECT id, number, currency, due_date, invoice_date FROM {bulk.table(Invoice)} WHERE id IN {bulk.among()}",
        [bulk.bound({invoice for _, invoice in opens})],
    )
    for invoice, number, currency, *_ in sorted(heads, key=lambda row: (str(row[3] or row[4] or ""), row[1])):
        for customer in {whose for whose, which in opens if which == invoice}:
            if len(found[customer, currency]) < OLDEST:
                found[customer, currency].append((number, from_units(opens[customer, invoice], MONEY_SCALE)))
    return found


OLDEST = 3
"""So many of a customer's open invoices are named."""


def _elsewhere(home: int, known: Mapping[int, set[int]], customer: int | None) -> bool:
    """Whether another system than the payment's own knows the payer: a bank that makes customers of its payers proves nothing."""
    return customer is not None and bool(known[customer] - {home})
