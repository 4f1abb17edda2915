"""Orders as checks see them, read by the thousand."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import Model

from ordertrail.billing.models import Invoice, InvoiceLine, Payment, PaymentShare
from ordertrail.catalog.models import Product
from ordertrail.findings.began import began
from ordertrail.findings.heard import Paper, instant
from ordertrail.findings.says import read
from ordertrail.findings.view import LineView, LooseLine, Naming, OrderView, WorkView, day
from ordertrail.lib import bulk, clock
from ordertrail.lib.money import MONEY_SCALE, QTY_SCALE, from_units
from ordertrail.lib.numbers import number_key
from ordertrail.orders.actions import customer_key
from ordertrail.orders.models import Order, OrderLine, OrderStatus
from ordertrail.orders.rules import cancelled_in_all
from ordertrail.parties.models import Customer
from ordertrail.records.models import SourceDocument
from ordertrail.records.queries import Finder
from ordertrail.shipping.models import Shipment, ShipmentLine
from ordertrail.work.models import WorkOrder


def order_views(orders: Collection[int]) -> list[OrderView]:
    """The views of these orders, by a fixed number of queries."""
    spoken = read(orders)
    ids = bulk.bound(spoken.frames)
    lines, work, loose = _lines(ids), _work(ids), _loose(ids, spoken.heard.papers)
    heads, sources = _heads(ids), spoken.beliefs.by_id
    ranks = spoken.beliefs.ranks("order")
    today = clock.today()
    members = {order: tuple(spoken.heard.members(order, ranks)) for order in spoken.frames}
    customers, named = _customers(members), _named(members)
    found = []
    for order, frame in spoken.frames.items():
        if not members[order]:
            continue
        head = heads[order]
        found.append(
            OrderView(
                id=order, frame=frame, rows={row.fact: row for row in spoken.rows[order]}, lines=tuple(lines[order]),
                work=tuple(work[order]), loose=tuple(loose[order]),
                named_by=tuple(named[order]), members=members[order],
                customers=tuple(customers[order]),
                goods_told=frame.believed["shipped"] is not None, sources=sources, today=today, **head,
            )
        )  # fmt: skip
    return found


def _heads(ids: Any) -> dict[int, dict[str, Any]]:
    amounts = (
        "ordered",
        "effective",
        "shipped",
        "to_ship",
        "invoiced",
        "paid",
        "deposit",
        "open_receivable",
        "not_invoiced",
    )
    columns = ", ".join(f"s.{name}" for name in amounts)
    rows = bulk.select(
        "SELECT o.id, o.number, s.status, o.state, o.customer_id, o.customer_name, COALESCE(c.name, ''), o.promised_date,"
        f" o.total_told, {columns} FROM {bulk.table(Order)} o JOIN {bulk.table(OrderStatus)} s ON s.order_id = o.id"
        f" LEFT JOIN {bulk.table(Customer)} c ON c.id = o.customer_id WHERE o.id IN {bulk.among()}",
        [ids],
    )
    return {
        row[0]: {
            "number": row[1], "status": row[2], "state": row[3], "customer": row[4], "customer_name": row[5],
            "agreed_customer": row[6] or row[5], "promised_date": day(row[7]),
            "total_told": None if row[8] is None else from_units(row[8], MONEY_SCALE),
            "amounts": {name: from_units(units, MONEY_SCALE) for name, units in zip(amounts, row[9:], strict=True)},
        }
        for row in rows
    }  # fmt: skip


def _qty(units: int | None) -> Decimal:
    return from_units(int(units or 0), QTY_SCALE)


def _lines(ids: Any) -> dict[int, list[LineView]]:
    rows = bulk.select(
        "WITH went AS (SELECT order_line_id AS line, SUM(CASE WHEN qty > 0 THEN qty ELSE 0 END) AS out_qty,"
        " SUM(CASE WHEN qty < 0 THEN -qty ELSE 0 END) AS back_qty"
        f" FROM {bulk.table(ShipmentLine)} WHERE order_id IN {bulk.among()} AND counts GROUP BY order_line_id),"
        f" billed AS (SELECT order_line_id AS line, SUM(qty) AS qty FROM {bulk.table(InvoiceLine)}"
        f" WHERE order_id IN {bulk.among()} AND counts GROUP BY order_line_id),"
        " made AS (SELECT order_line_id AS line, SUM(planned_qty) AS planned, SUM(finished_qty) AS finished"
        f" FROM {bulk.table(WorkOrder)} WHERE order_id IN {bulk.among()} AND counts GROUP BY order_line_id)"
        " SELECT l.order_id, l.id, l.line, l.sku, l.unit, l.qty, l.cancelled_qty, l.price, l.net, p.service,"
        " w.out_qty, w.back_qty, b.qty, m.planned, m.finished, s.delivery"
        f" FROM {bulk.table(OrderLine)} l JOIN {bulk.table(OrderStatus)} s ON s.order_id = l.order_id"
        f" LEFT JOIN {bulk.table(Product)} p ON p.id = l.product_id"
        " LEFT JOIN went w ON w.line = l.id LEFT JOIN billed b ON b.line = l.id LEFT JOIN made m ON m.line = l.id"
        f" WHERE l.order_id IN {bulk.among()} ORDER BY l.id",
        [ids, ids, ids, ids],
    )
    found: dict[int, list[LineView]] = defaultdict(list)
    for (
        order,
        line_id,
        line,
        sku,
        unit,
        qty,
        cancelled,
        price,
        net,
        service,
        out,
        back,
        billed,
        planned,
        finished,
        delivery,
    ) in rows:
        gone = cancelled_in_all(_qty(qty), _qty(cancelled), _qty(out), service=bool(service), delivery=delivery)
        found[order].append(
            LineView(
                line_id, line, sku, unit, _qty(qty), gone, None if price is None else _qty(price), net,
                bool(service), _qty(out), _qty(back), _qty(billed), None if planned is None else _qty(planned),
                _qty(finished),
            )
        )  # fmt: skip
    return found


def _work(ids: Any) -> dict[int, list[WorkView]]:
    rows = bulk.select(
        "SELECT order_id, id, number, order_line_id, state, planned_qty, finished_qty, due_date"
        f" FROM {bulk.table(WorkOrder)} WHERE order_id IN {bulk.among()} AND counts ORDER BY number, id",
        [ids],
    )
    found: dict[int, list[WorkView]] = defaultdict(list)
    for order, work, number, line, state, planned, finished, due in rows:
        found[order].append(WorkView(work, number, line, state, _qty(planned), _qty(finished), day(due)))
    return found


_LOOSE: tuple[tuple[str, type[Model], type[Model], str, str], ...] = (
    ("shipment", ShipmentLine, Shipment, "done", "CAST(NULL AS bigint)"),
    ("invoice", InvoiceLine, Invoice, "posted", "r.gross"),
)


def _loose(ids: Any, papers: Mapping[int, Paper]) -> dict[int, list[LooseLine]]:
    """Lines that name an order and fit none of its lines, of documents that are done and no mere figure."""
    found: dict[int, list[LooseLine]] = defaultdict(list)
    for kind, model, parent, state, gross in _LOOSE:
        rows = bulk.select(
            f"SELECT r.order_id, d.id, d.number, d.home_id, r.line, r.sku, r.qty, {gross} FROM {bulk.table(model)} r"
            f" JOIN {bulk.table(parent)} d ON d.id = r.{kind}_id"
            f" WHERE r.order_id IN {bulk.among()} AND r.order_line_id IS NULL AND r.sku <> '' AND d.state = '{state}'"
            " AND NOT d.reported ORDER BY r.id",
            [ids],
        )
        for order, document, number, source, line, sku, qty, units in rows:
            amount = None if units is None else from_units(units, MONEY_SCALE)
            at = papers[document].began
            found[order].append(LooseLine(kind, document, number, source, line, sku, _qty(qty), amount, at))
    return found


def _named(members: Mapping[int, tuple[Paper, ...]]) -> dict[int, list[Naming]]:
    """The documents that name orders which all their systems have lost."""
    keys: dict[str, int] = {}
    for order, papers in members.items():
        if papers and all(paper.gone for paper in papers):
            for paper in papers:
                keys |= {
                    number_key(text): order for text in (paper.number, paper.ref, *paper.order.other_numbers) if text
                }
    found: dict[int, list[Naming]] = defaultdict(list)
    for kind, model, parent, state, gross in _LOOSE:
        rows = bulk.select(
            f"SELECT r.order_key, d.number, d.home_id, SUM(COALESCE({gross}, 0)), MAX(s.learned_at) FROM {bulk.table(model)} r"
            f" JOIN {bulk.table(parent)} d ON d.id = r.{kind}_id JOIN {bulk.table(SourceDocument)} s ON s.id = d.id"
            f" WHERE r.order_key IN {bulk.among('text')} AND r.order_id IS NULL AND d.state = '{state}' AND NOT d.reported"
            " GROUP BY r.order_key, d.id, d.number, d.home_id ORDER BY d.id",
            [bulk.bound(keys)],
        )
        for key, number, source, units, at in rows:
            amount = from_units(int(units or 0), MONEY_SCALE)
            found[keys[key]].append(Naming(kind, number, source, amount, instant(at)))
    return found


def _customers(members: Mapping[int, tuple[Paper, ...]]) -> dict[int, list[tuple[Paper, int | None, str]]]:
    """The customer of each system's copy of an order, for orders that several systems have, and of each payment for it whose payer
    is a customer that only the payment's own system knows: a name that no rule could match."""
    several = {order: papers for order, papers in members.items() if len({paper.source for paper in papers}) > 1}
    payers = _payers(members)
    finder = Finder("customer")
    told = [
        (order, paper, paper.order.customer, paper.order.customer_name)
        for order, papers in several.items()
        for paper in papers
        if not paper.gone and (paper.order.customer or paper.order.customer_name)
    ]
    finder.learn((paper.source, ref) for _, paper, ref, _ in (*told, *payers))
    finder.learn_keys(customer_key(name, ref) for _, _, ref, name in (*told, *payers))
    found: dict[int, list[tuple[Paper, int | None, str]]] = defaultdict(list)
    for order, paper, ref, name in told:
        found[order].append((paper, finder.find(paper.source, ref, customer_key(name, ref)), name or ref))
    matched = [
        (order, paper, finder.find(paper.source, ref, customer_key(name, ref)), name)
        for order, paper, ref, name in payers
    ]
    known = known_by(customer for _, _, customer, _ in matched if customer is not None)
    for order, paper, customer, name in matched:
        if customer is not None and known.get(customer, set()) <= {paper.source}:
            found[order].append((paper, customer, name))
    return found


def _payers(orders: Collection[int]) -> list[tuple[int, Paper, str, str]]:
    """Who paid for these orders: (order, the payment, the payer as the bank writes them, twice)."""
    rows = bulk.select(
        "SELECT DISTINCT s.order_id, d.id, d.source_id, d.ref, d.number, d.learned_at, d.version, d.last_seq, p.paid_date, p.payer"
        f" FROM {bulk.table(PaymentShare)} s JOIN {bulk.table(Payment)} p ON p.id = s.payment_id"
        f" JOIN {bulk.table(SourceDocument)} d ON d.id = p.id"
        f" WHERE s.order_id IN {bulk.among()} AND p.state = 'done' AND p.payer <> '' AND NOT p.reported"
        " ORDER BY s.order_id, d.id",
        [bulk.bound(orders)],
    )
    return [
        (order, _payment(pk, source, ref, number, instant(at), told), payer, payer)
        for order, pk, source, ref, number, at, *told, payer in rows
    ]


def _payment(pk: int, source: int, ref: str, number: str, at: datetime, told: Sequence[Any]) -> Paper:
    return Paper(pk, source, "payment", ref, number, pk, at, began(at, *told), False, None)


def known_by(customers: Iterable[int]) -> dict[int, set[int]]:
    """Which sources know each of these customers."""
    found: dict[int, set[int]] = defaultdict(set)
    for customer, source in bulk.select(
        f'SELECT DISTINCT "group", source_id FROM {bulk.table(SourceDocument)} WHERE "group" IN {bulk.among()}'
        " AND gone_at IS NULL",
        [bulk.bound(set(customers))],
    ):
        found[customer].add(source)
    return found
