"""Reading the flow of an order: its lines, what they came from, where they went, who billed them, what was paid; see ``flow_rules``."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from typing import Any

from ordertrail.billing.models import InvoiceLine, PaymentShare
from ordertrail.billing.rules import line_paid
from ordertrail.desk.flow_rules import Billed, Edge, Node, Ordered, Paid, Sent, Through, flow
from ordertrail.lib.money import MONEY_SCALE, QTY_SCALE, minor_digits, to_units
from ordertrail.orders.models import OrderLine
from ordertrail.shipping.models import ShipmentLine
from ordertrail.stock.models import LayerUse, ReceiptLine
from ordertrail.work.models import WorkOrder


def flow_of(orders: Collection[int]) -> tuple[list[Node], list[Edge]]:
    """The nodes and edges of these orders: each order's own part of its documents.

    Eight queries, whatever the size. Documents follow each other as they happened; what came back is taken off the latest shipment.
    """
    lines = OrderLine.objects.filter(order__in=orders).select_related("order").order_by("order_id", "line")
    ordered = [
        Ordered(
            line.pk, f"{line.order.number}/{line.line}", line.order_id, _qty(line.qty), _qty(line.qty - line.cancelled_qty),
            to_units(line.gross, MONEY_SCALE), line.order.digits,
        )
        for line in lines
    ]  # fmt: skip
    billed = _billed(orders)
    return flow(ordered, _sent(orders), billed, _paid(orders, billed))


def _qty(value: object) -> int:
    return to_units(value, QTY_SCALE)  # type: ignore[arg-type]  # quantities of models are Decimal


_PAPERS: tuple[tuple[Any, str], ...] = (
    (ShipmentLine, "shipment_id"),
    (InvoiceLine, "invoice_id"),
    (PaymentShare, "payment_id"),
)


def sharing(orders: Collection[int]) -> set[int]:
    """The orders that share a shipment, an invoice or a payment with these, and these themselves."""
    found = set(orders)
    for model, paper in _PAPERS:
        papers = set(model.objects.filter(order__in=orders, counts=True).values_list(paper, flat=True))
        rows = model.objects.filter(**{f"{paper}__in": papers}, counts=True, order__isnull=False)
        found.update(rows.values_list("order_id", flat=True))
    return found


def _sent(orders: Collection[int]) -> list[Sent]:
    """Shipment lines in the order of shipping, less what came back: off the latest first, as its cost is."""
    rows = ShipmentLine.objects.filter(order__in=orders, counts=True, order_line__isnull=False).select_related(
        "shipment"
    )
    ordered = sorted(rows, key=lambda row: (str(row.shipment.shipped_at or ""), row.shipment_id, row.line))
    out = [row for row in ordered if row.qty > 0]
    left = {row.pk: _qty(row.qty) for row in out}
    for back in (row for row in ordered if row.qty < 0):
        rest = -_qty(back.qty)
        for row in reversed(out):
            if row.order_line_id == back.order_line_id and rest:
                taken = min(rest, left[row.pk])
                left[row.pk] -= taken
                rest -= taken
    through = _through(orders, [row.pk for row in out])
    return [
        Sent(
            row.pk, row.shipment.number, row.shipment_id, row.order_line_id, left[row.pk],
            tuple(through.get(row.pk, ())) or tuple(through.get(-row.order_line_id, ())),
        )
        for row in out
        if row.order_line_id is not None and left[row.pk] > 0
    ]  # fmt: skip


def _through(orders: Collection[int], shipped: Collection[int]) -> dict[int, list[Through]]:
    """By shipment line the receipts that its goods came from (FIFO layers); by minus the order line its work orders."""
    found: dict[int, list[Through]] = defaultdict(list)
    uses = (
        LayerUse.objects.filter(move__line__in=shipped)
        .select_related("move", "layer__move")
        .order_by("layer__layer_date", "layer_id")
    )
    receipts = (
        ReceiptLine.objects.filter(pk__in={use.layer.move.line for use in uses}).select_related("receipt").in_bulk()
    )
    for use in uses:
        line = receipts.get(use.layer.move.line or 0)
        if line is not None and use.move.line is not None:
            told = Through("receipt", line.pk, f"{line.receipt.number}/{line.line}", line.receipt_id, _qty(use.qty))
            found[use.move.line].append(told)
    made = WorkOrder.objects.filter(order__in=orders, counts=True, order_line__isnull=False).order_by("pk")
    for one in made:
        if one.order_line_id is not None:
            told = Through("work_order", one.pk, one.number, one.pk, _qty(one.finished_qty))
            found[-one.order_line_id].append(told)
    return found


def _billed(orders: Collection[int]) -> list[Billed]:
    """Invoice lines in the order of their day, less what credit notes took back: off the latest first."""
    rows = InvoiceLine.objects.filter(order__in=orders, counts=True).select_related("invoice")
    ordered = sorted(rows, key=lambda row: (str(row.invoice.invoice_date or ""), row.invoice_id, row.line))
    plus = [row for row in ordered if row.gross > 0]
    qty = {row.pk: None if row.qty is None else _qty(row.qty) for row in plus}
    gross = {row.pk: to_units(row.gross, MONEY_SCALE) for row in plus}
    for back in (row for row in ordered if row.gross < 0):
        rest_qty, rest = -_qty(back.qty or 0), -to_units(back.gross, MONEY_SCALE)
        for row in reversed(plus):
            if (row.order_id, row.order_line_id) == (back.order_id, back.order_line_id) and rest > 0:
                taken = min(rest, gross[row.pk])
                gross[row.pk] -= taken
                rest -= taken
                if (billed := qty[row.pk]) is not None:
                    less = min(rest_qty, billed)
                    qty[row.pk] = billed - less
                    rest_qty -= less
    return [
        Billed(row.pk, row.invoice.number, row.invoice_id, row.order_line_id, qty[row.pk], gross[row.pk])
        for row in plus
        if gross[row.pk] > 0
    ]


def _paid(orders: Collection[int], billed: Collection[Billed]) -> list[Paid]:
    """Each payment's amount on each invoice line: an order's part of it over its lines there, by the rule for orders."""
    invoices = {one.document for one in billed}
    of_line = {row.pk: row.order_id for row in InvoiceLine.objects.filter(pk__in=[one.id for one in billed])}
    lines: dict[tuple[int, int | None], list[Billed]] = defaultdict(list)
    for one in billed:
        lines[one.document, of_line.get(one.id)].append(one)
    shares = PaymentShare.objects.filter(order__in=orders, counts=True, invoice__in=invoices).select_related("payment")
    found = []
    for share in sorted(shares, key=lambda row: (str(row.payment.paid_date or ""), row.payment_id, row.pk)):
        here = lines.get((share.invoice_id or 0, share.order_id), [])
        parts = line_paid(to_units(share.amount, MONEY_SCALE), [(one.id, one.gross) for one in here], _digits(share))
        found += [
            Paid(share.payment_id, share.payment.number, line, amount) for line, amount in parts.items() if amount
        ]
    return found


def _digits(share: PaymentShare) -> int:
    return minor_digits(share.payment.currency)
