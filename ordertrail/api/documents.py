"""Shipments, invoices and payments as the API tells them, each by a fixed number of queries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from decimal import Decimal
from typing import Any

from django.db.models import Sum

from ordertrail.api import written
from ordertrail.api.door import Caller
from ordertrail.api.figures import ZERO
from ordertrail.api.scope import own, visible
from ordertrail.api.shapes import documents as shapes
from ordertrail.billing.credit_notes import credited_of
from ordertrail.billing.models import Invoice, InvoiceLine, InvoiceShare, Payment, PaymentShare
from ordertrail.lib.money import MONEY_SCALE, from_units
from ordertrail.orders.models import Order
from ordertrail.parties.models import Customer
from ordertrail.parties.queries import customers_named
from ordertrail.shipping.models import Shipment, ShipmentLine


def customer_of(orders: Iterable[int | None]) -> str | None:
    """The code of the one customer of these orders; None where there is none, or more than one."""
    codes = set(
        Order.objects.filter(pk__in={pk for pk in orders if pk}).values_list("customer__code", flat=True).distinct()
    )
    return codes.pop() if len(codes) == 1 else None


# --- shipments --------------------------------------------------------------------------------------------------------


def shipment_head(row: Shipment) -> dict[str, Any]:
    """What a list and the page tell of a shipment."""
    return {
        "id": str(row.pk), "number": row.number or None, "state": row.state,
        "kind": "return" if row.direction == "in" else "shipment", "date": row.shipped_date, "planned_date": row.planned_date,
        "customer_name": row.customer_name, "ship_to": row.ship_to, "carrier": row.carrier,
        "tracking_number": row.tracking_number, "home": row.home.code, "reported": row.reported,
    }  # fmt: skip


def shipments(rows: Sequence[Shipment]) -> list[shapes.ShipmentRow]:
    """Shipments of a list."""
    return [shapes.ShipmentRow(**shipment_head(row)) for row in rows]


def shipment(pk: int, by: Caller) -> shapes.Shipment:
    """One shipment. Shipment.DoesNotExist where there is none."""
    row = Shipment.objects.select_related("home").get(pk=pk)
    mine = own(ShipmentLine.objects.filter(shipment=pk), by.person)
    lines = list(mine.select_related("order_line").order_by("line"))
    cost = {"cost": None, "unit_cost": None} if by.sees_cost() else {}
    return shapes.Shipment(
        **shipment_head(row),
        version=0,
        customer=customer_of(line.order_id for line in lines),
        orders=_ids(line.order_id for line in lines),
        lines=[
            shapes.ShipmentLine(
                line=line.line,
                order=_id(line.order_id),
                order_line=line.order_line.line if line.order_line else None,
                sku=line.sku,
                qty=written.qty(line.qty),
                **cost,
            )
            for line in lines
        ],
    )


# --- invoices ---------------------------------------------------------------------------------------------------------


def invoice_head(row: Invoice, paid: Decimal, credited: Decimal) -> dict[str, Any]:
    """What a list and the page tell of an invoice of which ``paid`` is paid and ``credited`` taken off by credit notes (of a credit
    note, below zero: what is used of it); nothing is open of one that is not posted."""

    def money(value: Decimal) -> str:
        return written.money(value, row.currency)

    return {
        "id": str(row.pk), "number": row.number or None, "kind": row.type, "state": row.state, "date": row.invoice_date,
        "due_date": row.due_date, "customer_name": row.customer_name, "currency": row.currency, "net": money(row.net),
        "tax": money(row.tax), "total": money(row.total), "paid": money(paid), "credited": money(credited),
        "written_off": money(ZERO), "open": money(row.total - paid - credited if row.state == "posted" else ZERO),
        "tax_invoice_number": row.tax_invoice_number, "home": row.home.code, "reported": row.reported,
    }  # fmt: skip


def paid_on(invoices: Collection[int]) -> dict[int, Decimal]:
    """What counts as paid on each of these invoices, by one query."""
    rows = PaymentShare.objects.filter(invoice__in=invoices, counts=True).order_by()
    return dict(rows.values_list("invoice").annotate(Sum("amount")))


def credited_on(invoices: Collection[int]) -> dict[int, Decimal]:
    """What credit notes take off each of these invoices, by two queries."""
    shares = InvoiceShare.objects.filter(invoice__in=invoices, counts=True).exclude(order=None)
    orders = set(shares.values_list("order_id", flat=True))
    found: dict[int, Decimal] = defaultdict(Decimal)
    for (invoice, _), units in credited_of(orders).items():
        found[invoice] += from_units(units, MONEY_SCALE)
    return found


def invoices(rows: Sequence[Invoice]) -> list[shapes.InvoiceRow]:
    """Invoices of a list."""
    ids = [row.pk for row in rows]
    paid, credited = paid_on(ids), credited_on(ids)
    return [shapes.InvoiceRow(**invoice_head(row, paid.get(row.pk, ZERO), credited.get(row.pk, ZERO))) for row in rows]


def invoice(pk: int, by: Caller) -> shapes.Invoice:
    """One invoice. Invoice.DoesNotExist where there is none."""
    row = Invoice.objects.select_related("home").get(pk=pk)
    lines = list(own(InvoiceLine.objects.filter(invoice=pk), by.person).select_related("order_line").order_by("line"))
    shares = list(own(InvoiceShare.objects.filter(invoice=pk), by.person).order_by("pk"))
    paid: dict[int, Decimal] = defaultdict(Decimal)
    for order, amount in PaymentShare.objects.filter(invoice=pk, counts=True).values_list("order_id", "amount"):
        paid[order or 0] += amount

    def money(value: Decimal) -> str:
        return written.money(value, row.currency)

    return shapes.Invoice(
        **invoice_head(row, sum(paid.values(), ZERO), credited_on([pk]).get(pk, ZERO)),
        version=0,
        customer=customer_of(share.order_id for share in shares),
        lines=[
            shapes.InvoiceLine(
                line=line.line,
                order=_id(line.order_id),
                order_line=line.order_line.line if line.order_line else None,
                sku=line.sku,
                qty=None if line.qty is None else written.qty(line.qty),
                net=money(line.net),
                tax=money(line.tax),
                gross=money(line.gross),
                kind="amount" if line.qty is None else "goods",
            )
            for line in lines
        ],
        shares=[
            shapes.InvoiceShare(
                order=_id(share.order_id), gross=money(share.gross), paid=money(paid[share.order_id or 0])
            )
            for share in shares
        ],
    )


# --- payments ---------------------------------------------------------------------------------------------------------


def payment_head(row: Payment) -> dict[str, Any]:
    """What a list and the page tell of a payment."""
    return {
        "id": str(row.pk), "number": row.number or None, "kind": "refund" if row.amount < 0 else "payment", "state": row.state,
        "date": row.paid_date, "customer_name": row.payer, "currency": row.currency,
        "amount": written.money(row.amount, row.currency), "reference": row.reference, "home": row.home.code,
        "reported": row.reported,
    }  # fmt: skip


def payments(rows: Sequence[Payment]) -> list[shapes.PaymentRow]:
    """Payments of a list."""
    return [shapes.PaymentRow(**payment_head(row)) for row in rows]


def payment(pk: int, by: Caller) -> shapes.Payment:
    """One payment, with its shares by invoice. Payment.DoesNotExist where there is none."""
    row = Payment.objects.select_related("home").get(pk=pk)
    every = list(PaymentShare.objects.filter(payment=pk).order_by("pk"))
    mine = list(own(PaymentShare.objects.filter(payment=pk), by.person).order_by("pk"))
    allocated = sum((share.amount for share in every if share.invoice_id), ZERO)
    ahead = {share.order_id for share in mine if not share.invoice_id}

    def money(value: Decimal) -> str:
        return written.money(value, row.currency)

    return shapes.Payment(
        **payment_head(row),
        version=0,
        customer=customer_of(share.order_id for share in mine) or _payer(row, by),
        allocated=money(allocated),
        unallocated=money(row.amount - allocated if row.state == "done" else ZERO),
        refunded=money(ZERO),
        written_off=money(ZERO),
        deposit_for=_id(ahead.pop()) if len(ahead) == 1 else None,
        exchange_difference=money(ZERO),
        allocations=_allocations(mine, row.currency),
    )


def _payer(row: Payment, by: Caller) -> str | None:
    """The code of the customer whom the payer's name means, while the payment is for no order."""
    pk = customers_named([row.payer]).get(row.payer)
    return None if pk is None else visible(Customer, by.person).filter(pk=pk).values_list("code", flat=True).first()


def _allocations(shares: Sequence[PaymentShare], currency: str) -> list[shapes.Allocation]:
    by_invoice: dict[int, list[PaymentShare]] = defaultdict(list)
    for share in shares:
        if share.invoice_id:
            by_invoice[share.invoice_id].append(share)
    return [
        shapes.Allocation(
            invoice=str(invoice),
            amount=written.money(sum((share.amount for share in parts), ZERO), currency),
            shares=[
                shapes.PaymentShare(order=_id(share.order_id), amount=written.money(share.amount, currency))
                for share in parts
            ],
        )
        for invoice, parts in by_invoice.items()
    ]


def _id(pk: int | None) -> str | None:
    return None if pk is None else str(pk)


def _ids(keys: Iterable[int | None]) -> list[str]:
    return [str(pk) for pk in dict.fromkeys(keys) if pk is not None]
