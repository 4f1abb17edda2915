"""How many documents and lines each of the demo company's systems holds, and their sums, without what cannot be read."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from ordertrail.demo import oracle
from ordertrail.demo.company import Company
from ordertrail.demo.systems import oms, wms
from ordertrail.demo.systems.erp import booked
from ordertrail.demo.truth import Order

Totals = dict[str, dict[str, dict[str, Any]]]


def _count(documents: int, lines: int | None = None, **sums: Decimal | int) -> dict[str, Any]:
    counted = {"documents": documents} if lines is None else {"documents": documents, "lines": lines}
    return counted | {name: str(value) for name, value in sums.items()}


def _add(amounts: Iterable[Decimal]) -> Decimal:
    return sum(amounts, Decimal("0.00"))


def _orders(orders: list[Order]) -> dict[str, Any]:
    qty = sum(line.qty for order in orders for line in order.lines)
    return _count(len(orders), sum(len(order.lines) for order in orders), qty=qty, total=_add(map(oms.total, orders)))


def totals(company: Company) -> Totals:
    """By source code and kind of document; ``total`` and ``amount`` are CNY with tax, whatever the documents' state."""
    history = company.history
    products = _count(len(history.products))
    known = [order for order in history.orders if order.erp_at]
    contracts = [order for order in history.orders if order.crm_at]
    deliveries = [shipment for shipment in history.shipments if shipment.erp_at]
    money = oracle.real_payments(history)
    receipts = [payment for payment in history.payments if payment.erp_at]
    entries = [line for invoice in history.invoices for line in invoice.lines]
    done = [line for shipment in history.shipments if shipment.state == "done" for line in shipment.lines]
    people = history.customers
    return {
        "oms": {
            "customer": _count(len(people) + sum(bool(one.oms_twin) for one in people)),
            "product": products,
            "order": _orders(history.orders),
        },
        "crm": {
            "customer": _count(len(people) + sum(bool(one.crm_twin) for one in people)),
            "opportunity": _count(len(history.opportunities), value=_add(one.value for one in history.opportunities)),
            "order": _count(len(contracts), sum(len(order.lines) for order in contracts)),
        },
        "wms": {
            "shipment": _count(
                len(history.shipments),
                sum(len(wms.cartons(shipment)) for shipment in history.shipments),
                shipped_qty=sum(line.qty for line in done),
            )
        },
        "erp": {
            "customer": _count(len(people)),
            "product": products,
            "order": _orders(known),
            "shipment": _count(len(deliveries), sum(len(one.lines) for one in deliveries)),
            "invoice": _count(
                len(history.invoices), len(entries), total=_add(map(oracle.invoice_total, history.invoices))
            ),
            "payment": _count(
                len(receipts), sum(len(one.shares) for one in receipts), amount=_add(map(booked, receipts))
            ),
        },
        "mes": {
            "work_order": _count(
                len(history.work_orders), finished_qty=sum(one.finished for one in history.work_orders)
            )
        },
        "project": {
            "project": _count(
                len(history.projects),
                planned_hours=_add(one.planned_hours for one in history.projects),
                spent_hours=_add(one.spent_hours for one in history.projects),
            )
        },
        "bank": {"payment": _count(len(money), amount=_add(one.amount for one in money))},
    }
