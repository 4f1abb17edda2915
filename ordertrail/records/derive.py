"""Documents that a record implies: the shipment, invoice and payment behind an order's bare figures.

Where a system only says "shipped 10", a *reported* shipment carries the figure, so that the counted sum is the agreed value and
nothing counts twice: it is a document of that source like any other and gives way to papers.
"""

from __future__ import annotations

from decimal import Decimal

from ordertrail.records.shapes import (
    AllocationRecord,
    InvoiceLineRecord,
    InvoiceRecord,
    OrderRecord,
    PaymentRecord,
    Record,
    ShipmentLineRecord,
    ShipmentRecord,
)

REPORTED = {"shipment": "shipped", "invoice": "invoiced", "payment": "paid"}
"""Kinds of reported documents, and what stands behind ``~`` in their refs."""
WORDS = tuple(REPORTED.values())


def reported_ref(kind: str, ref: str) -> bool:
    """Whether ``ref`` is that of a reported document (``records.derive``), which no source lists.

    >>> reported_ref("shipment", "17~shipped"), reported_ref("shipment", "A~17"), reported_ref("order", "17~shipped")
    (True, False, False)
    """
    return kind in REPORTED and ref.endswith(f"~{REPORTED[kind]}")


def has_figures(order: OrderRecord) -> bool:
    """Whether the order says anything of goods, bills or money beside what was asked for."""
    return bool(
        order.shipped == "all"
        or order.invoiced
        or order.paid
        or any(line.shipped_qty or line.invoiced_qty for line in order.lines)
    )


def reported(order: OrderRecord) -> list[Record]:
    """The shipment, invoice and payment that ``order``'s bare figures stand for; one whose figures are all 0 is cancelled."""
    return [_shipment(order), _invoice(order), _payment(order)]


def _shipment(order: OrderRecord) -> ShipmentRecord:
    lines = tuple(
        ShipmentLineRecord(line.ref, line.sku, qty, order.ref, line.ref)
        for line in order.lines
        if (qty := line.qty - line.cancelled_qty if order.shipped == "all" else line.shipped_qty or Decimal(0))
    )
    return ShipmentRecord(
        f"{order.ref}~shipped",
        order.number,
        state="done" if lines else "cancelled",
        reported=True,
        shipped_at=order.changed_at,
        customer=order.customer,
        customer_name=order.customer_name,
        lines=lines,
    )


def _invoice(order: OrderRecord) -> InvoiceRecord:
    lines = tuple(
        InvoiceLineRecord(line.ref, order.ref, line.ref, sku=line.sku, qty=line.invoiced_qty)
        for line in order.lines
        if line.invoiced_qty
    )
    if order.invoiced:
        lines = (InvoiceLineRecord("1", order.ref, gross=order.invoiced),)
    return InvoiceRecord(
        f"{order.ref}~invoiced",
        order.number,
        state="posted" if lines else "cancelled",
        reported=True,
        customer=order.customer,
        customer_name=order.customer_name,
        invoice_date=order.order_date,
        currency=order.currency,
        lines=lines,
    )


def _payment(order: OrderRecord) -> PaymentRecord:
    return PaymentRecord(
        f"{order.ref}~paid",
        order.number,
        order.paid or Decimal(0),
        state="done" if order.paid else "cancelled",
        reported=True,
        customer=order.customer,
        customer_name=order.customer_name,
        paid_at=order.order_date,
        currency=order.currency,
        allocations=(AllocationRecord(order.paid, order=order.ref),) if order.paid else (),
    )
