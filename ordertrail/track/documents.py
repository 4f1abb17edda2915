"""Pages of single documents: shipment, invoice, payment, work order, project, opportunity, each with the orders it belongs to."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from functools import wraps
from typing import Any

from django.db.models import Model, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from ordertrail.billing.credit_notes import credited_of
from ordertrail.billing.models import Allocation, Invoice, InvoiceLine, InvoiceShare, Payment, PaymentShare
from ordertrail.billing.queries import opens, rests
from ordertrail.lib.money import MONEY_SCALE, from_units
from ordertrail.orders.queries import only_for
from ordertrail.presales.models import Opportunity
from ordertrail.shipping.models import Shipment, ShipmentLine
from ordertrail.track.document_page import (
    DocumentPage,
    Fact,
    ShareRow,
    allocation_rows,
    customer_fact,
    line_rows,
    made_facts,
    order_fact,
    order_facts,
    orders_by_id,
    page,
    settlements,
)
from ordertrail.track.scope import meant
from ordertrail.track.things import state_look
from ordertrail.track.when import exact
from ordertrail.web.rights import needs
from ordertrail.work.models import Project, WorkOrder

ZERO = Decimal(0)
Shows = Callable[[Any, object], DocumentPage]


def document(
    kind: str, model: type[Model], template: str = "track/document.html"
) -> Callable[[Shows], Callable[..., HttpResponse]]:
    """Makes a view of a function that shows one row of ``model`` to a person: by its number or id, to who may see orders."""

    def made(shows: Shows) -> Callable[..., HttpResponse]:
        @needs("see_orders")
        @require_GET
        @meant(kind)
        @wraps(shows)
        def view(request: HttpRequest, pk: int) -> HttpResponse:
            row = get_object_or_404(model, pk=pk)
            context = {"page": shows(row, request.user), "acts": f"{kind}.acts", "row": row}
            return render(request, template, context)

        return view

    return made


def moment(row: Any, name: str) -> datetime | date | None:
    """When something happened: the instant where the source knew one, else the day."""
    found: datetime | date | None = exact(getattr(row, f"{name}_at")) or getattr(row, f"{name}_date")
    return found


@document("shipment", Shipment, "track/document_shipment.html")
def shipment(row: Shipment, person: object) -> DocumentPage:
    """A shipment: what left, when, where to, and for which orders."""
    lines = list(ShipmentLine.objects.filter(shipment=row).select_related("order_line__product").order_by("line"))
    orders = orders_by_id((line.order_id for line in lines), person)
    rows, hidden = line_rows(lines, orders)
    units = {line.unit for line in rows}
    whole = sum((line.qty for line in lines), ZERO) if len(units) == 1 and not hidden else None
    back = row.direction == "in" and row.state == "done"
    state = "back" if back else "arrived" if row.state == "done" and row.arrived_date else row.state
    shipped = exact(row.shipped_at) if not row.shipped_prec else None
    facts = (
        customer_fact(row.customer_name, orders),
        Fact(_("Ship to"), row.ship_to),
        Fact(_("Warehouse"), row.warehouse),
        Fact(_("Planned for"), row.planned_date),
        Fact(_("Came back at") if back else _("Shipped at"), shipped or row.shipped_date),
        Fact(_("Arrived at"), moment(row, "arrived")),
        Fact(_("Carrier"), row.carrier),
        Fact(_("Tracking number"), row.tracking_number),
        Fact(_("Quantity in all"), whole, unit=next(iter(units), "")),
    )
    return page("shipment", row, state, facts, rows=rows, hidden=hidden)


@document("invoice", Invoice, "track/document_invoice.html")
def invoice(row: Invoice, person: object) -> DocumentPage:
    """An invoice: its lines, each order's share of it to the cent, and what is paid of each share."""
    lines = list(InvoiceLine.objects.filter(invoice=row).select_related("order_line__product").order_by("line"))
    shares = list(InvoiceShare.objects.filter(invoice=row).order_by("pk"))
    orders = orders_by_id([*(line.order_id for line in lines), *(share.order_id for share in shares)], person)
    rows, hidden = line_rows(lines, orders)
    settled = list(PaymentShare.objects.filter(invoice=row, counts=True).select_related("payment").order_by("pk"))
    paid: dict[int, Decimal] = {}
    for money in settled:
        paid[money.order_id or 0] = paid.get(money.order_id or 0, ZERO) + money.amount
    billed = {share.order_id for share in shares if share.counts and share.order_id is not None}
    credited = {
        order: from_units(units, MONEY_SCALE)
        for (document, order), units in credited_of(billed).items()
        if document == row.pk
    }
    off: dict[int, Decimal] = {}
    for order, part in opens([row.pk]).get(row.pk, {}).items():  # what was set off and written off here
        credited[order] = credited.get(order, ZERO) + from_units(part.credited, MONEY_SCALE)
        off[order] = from_units(part.written_off, MONEY_SCALE)
    told = tuple(
        ShareRow(
            orders.get(share.order_id or 0),
            share.gross,
            paid.get(share.order_id or 0, ZERO),
            share.counts,
            credited=credited.get(share.order_id or 0, ZERO) if share.counts else ZERO,
            written_off=off.get(share.order_id or 0, ZERO),
        )
        for share in shares
        if share.order_id is None or share.order_id in orders
    )
    facts = (
        Fact(
            _("Type"),
            _("credit note") if row.type == "credit_note" else _("advance invoice") if row.type == "advance" else "",
        ),
        customer_fact(row.customer_name, orders),
        Fact(_("Invoice date"), row.invoice_date),
        Fact(_("Due on"), row.due_date),
        Fact(_("Tax invoice number"), row.tax_invoice_number),
        Fact(_("Net amount"), row.net, row.currency),
        Fact(_("Tax"), row.tax, row.currency),
        Fact(_("Total incl. tax"), row.total, row.currency),
        Fact(_("Total as printed"), row.total_told if row.total_told not in (None, row.total) else None, row.currency),
        Fact(_("Paid"), sum(paid.values(), ZERO), row.currency),
        Fact(_("Credited"), sum(credited.values(), ZERO) or None, row.currency),
        Fact(_("Written off"), sum(off.values(), ZERO) or None, row.currency),
        Fact(
            _("Open"),
            row.total - sum(paid.values(), ZERO) - sum(credited.values(), ZERO) - sum(off.values(), ZERO),
            row.currency,
        ),
    )
    return page(
        "invoice", row, row.state, facts, rows=rows, shares=told, hidden=hidden, payments=settlements(settled, orders)
    )


@document("payment", Payment, "track/document_payment.html")
def payment(row: Payment, person: object) -> DocumentPage:
    """A payment: what it is set against, and which part of it counts for which order."""
    allocations = list(Allocation.objects.filter(payment=row, ended_at=None).select_related("invoice").order_by("line"))
    allocations = [a for a in allocations if not a.guessed or a.invoice_id or a.order_id]
    standing = PaymentShare.objects.filter(Q(allocation=None) | Q(allocation__ended_at=None), payment=row)
    shares = list(standing.select_related("invoice").order_by("pk"))
    orders = orders_by_id([*(a.order_id for a in allocations), *(s.order_id for s in shares)], person)
    told = tuple(
        ShareRow(orders.get(share.order_id or 0), share.amount, share.amount, share.counts, share.invoice)
        for share in shares
        if share.order_id is None or share.order_id in orders
    )
    used = sum((share.amount for share in shares), ZERO)
    own = row.customer is not None and row.amount > 0  # of ours, what was paid back and written off is gone too
    rest = from_units(rests([row.pk])[row.pk], MONEY_SCALE) if own else row.amount - used
    facts = (
        Fact(_("Payer"), row.payer),
        customer_fact("", orders),
        Fact(_("Received at") if row.amount >= 0 else _("Paid back at"), moment(row, "paid")),
        Fact(_("Reference"), row.reference),
        Fact(_("Amount"), row.amount, row.currency),
        Fact(_("Set against invoices and orders"), used, row.currency),
        Fact(_("Not set against anything"), rest, row.currency),
    )
    state = "back" if row.amount < 0 and row.state == "done" else row.state
    rows = allocation_rows(allocations, shares, orders, all_seen=only_for(person) is None)
    return page("payment", row, state, facts, rows=rows, shares=told, hidden=len(shares) - len(told))


@document("work_order", WorkOrder)
def work_order(row: WorkOrder, person: object) -> DocumentPage:
    """A work order: what is made, how much of it is finished, and for which order."""
    facts = (
        order_fact(row, orders_by_id([row.order_id], person)),
        *made_facts(row),
        Fact(_("Begun at"), moment(row, "start")),
        Fact(_("Due on"), row.due_date),
        Fact(_("Finished at"), moment(row, "finished")),
    )
    return page("work_order", row, row.state, facts)


@document("project", Project)
def project(row: Project, person: object) -> DocumentPage:
    """A project: its hours and dates, and the order that it is for."""
    facts = (
        Fact(_("Title"), row.title),
        *order_facts(row, person),
        Fact(_("Begun at"), row.start_date),
        Fact(_("Due on"), row.due_date),
        Fact(_("Finished at"), row.finished_date),
        Fact(_("Planned hours"), row.planned_hours),
        Fact(_("Spent hours"), row.spent_hours),
    )
    return page("project", row, row.state, facts)


@document("opportunity", Opportunity)
def opportunity(row: Opportunity, person: object) -> DocumentPage:
    """An opportunity: its stage and value, and the order that it became."""
    facts = (
        Fact(_("Title"), row.title),
        *order_facts(row, person),
        Fact(_("Stage"), state_look("opportunity", row.stage)[1]),
        Fact(_("Value"), row.value, row.currency or "CNY"),
        Fact(_("Salesperson"), row.salesperson),
        Fact(_("Opened at"), row.opened_date),
        Fact(_("Closed at"), row.closed_date),
    )
    return page("opportunity", row, row.stage, facts)
