"""Invoices and credit notes as the API tells them, each by a fixed number of queries."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from ordertrail.api import written
from ordertrail.api.door import Caller
from ordertrail.api.scope import own
from ordertrail.api.shapes import documents as shapes
from ordertrail.billing.credit_notes import credited_of
from ordertrail.billing.models import Invoice, InvoiceLine, InvoiceShare
from ordertrail.billing.queries import Open, opens
from ordertrail.lib.money import MONEY_SCALE, from_units
from ordertrail.orders.models import Order
from ordertrail.parties.models import Customer
from ordertrail.records.models import SourceDocument

Parts = Mapping[int, Open]
"""The orders' parts of an invoice, by order."""


def parts_of(keys: Sequence[int]) -> dict[int, Parts]:
    """The orders' parts of these invoices; of those that other systems wrote, with what their credit notes take off them."""
    found: dict[int, dict[int, Open]] = {invoice: dict(parts) for invoice, parts in opens(keys).items()}
    orders = {order for parts in found.values() for order in parts if order}
    for (invoice, order), units in credited_of(orders).items():
        if order in found.get(invoice, {}):
            found[invoice][order].credited += units
    return dict(found)


def _sum(parts: Parts, name: str) -> Decimal:
    return from_units(sum(getattr(part, name) for part in parts.values()), MONEY_SCALE)


def names_of(rows: Iterable[Invoice], parts: Mapping[int, Parts]) -> dict[int, str]:
    """The customer's name on each invoice: as it was written there, else that of its orders where they have one."""
    found = {row.pk: row.customer_name for row in rows}
    silent = {pk: {order for order in parts.get(pk, {}) if order} for pk, name in found.items() if not name}
    orders = Order.objects.filter(pk__in=set().union(*silent.values())) if silent else Order.objects.none()
    told = {pk: known or written for pk, known, written in orders.values_list("pk", "customer__name", "customer_name")}
    for pk, of in silent.items():
        if len(names := {told.get(order, "") for order in of}) == 1:
            found[pk] = names.pop()
    return found


def invoice_head(row: Invoice, parts: Parts, name: str) -> dict[str, Any]:
    """What a list and the page tell of an invoice to the customer of this name; nothing is open of one that is not posted."""

    def money(value: Decimal) -> str:
        return written.money(value, row.currency)

    paid, credited, written_off = (_sum(parts, name) for name in ("paid", "credited", "written_off"))
    still = row.total - paid - credited - written_off if row.state == "posted" else Decimal(0)
    return {
        "id": str(row.pk), "number": row.number or None, "kind": row.type, "state": state_of(row), "date": row.invoice_date,
        "due_date": row.due_date, "customer_name": name, "currency": row.currency, "net": money(row.net),
        "tax": money(row.tax), "total": money(row.total), "paid": money(paid), "credited": money(credited),
        "written_off": money(written_off), "open": money(still),
        "tax_invoice_number": row.tax_invoice_number, "home": row.home.code, "reported": row.reported,
    }  # fmt: skip


def state_of(row: Invoice) -> str:
    """What people are told: a posted invoice that a counter-document took back is cancelled, though both count."""
    return "cancelled" if row.cancelled_at is not None else str(row.state)


def invoices(rows: Sequence[Invoice]) -> list[shapes.InvoiceRow]:
    """Invoices of a list."""
    parts = parts_of([row.pk for row in rows])
    names = names_of(rows, parts)
    return [shapes.InvoiceRow(**invoice_head(row, parts.get(row.pk, {}), names[row.pk])) for row in rows]


def invoice(pk: int, by: Caller) -> shapes.Invoice:
    """One invoice. Invoice.DoesNotExist where there is none."""
    return invoice_of([pk], by)[0]


def invoice_of(keys: Sequence[int], by: Caller) -> list[shapes.Invoice]:
    """These invoices, in this order."""
    rows = Invoice.objects.select_related("home").in_bulk(list(keys))
    if len(rows) < len(set(keys)):
        raise Invoice.DoesNotExist
    lines = list(
        own(InvoiceLine.objects.filter(invoice__in=keys), by.person).select_related("order_line").order_by("line")
    )
    shares = list(own(InvoiceShare.objects.filter(invoice__in=keys), by.person).order_by("pk"))
    parts = parts_of(keys)
    names = names_of(rows.values(), parts)
    counters = dict(Invoice.objects.filter(counters__in=keys).values_list("counters", "pk"))
    codes = _codes(rows.values(), shares)
    return [
        _invoice(
            rows[pk],
            parts.get(pk, {}),
            [line for line in lines if line.invoice_id == pk],
            [share for share in shares if share.invoice_id == pk],
            codes.get(pk),
            counters.get(pk),
            names[pk],
        )
        for pk in keys
    ]


def _codes(rows: Any, shares: Sequence[InvoiceShare]) -> dict[int, str]:
    """The code of the one customer of each invoice: of ours the one that it was written for, else that of its orders."""
    typed = {row.pk: row.customer for row in rows if row.customer is not None}
    orders = Order.objects.filter(pk__in={share.order_id for share in shares if share.order_id})
    by_order = dict(orders.values_list("pk", "customer__code"))
    found: dict[int, set[str]] = {}
    for share in shares:
        if code := by_order.get(share.order_id or 0):
            found.setdefault(share.invoice_id, set()).add(code)
    codes = {pk: told.pop() for pk, told in found.items() if len(told) == 1}
    missing = {pk: customer for pk, customer in typed.items() if pk not in codes}
    if missing:
        codes |= customer_codes(missing)
    return codes


def customer_codes(typed: Mapping[int, int]) -> dict[int, str]:
    """The code of the customer that each of these documents of ours was written for, as customers are joined now."""
    groups = dict(SourceDocument.objects.filter(pk__in=set(typed.values())).values_list("pk", "group"))
    codes = dict(Customer.objects.filter(pk__in=set(groups.values())).values_list("pk", "code"))
    return {pk: codes[groups[customer]] for pk, customer in typed.items() if groups.get(customer) in codes}


def _invoice(
    row: Invoice,
    parts: Parts,
    lines: Sequence[InvoiceLine],
    shares: Sequence[InvoiceShare],
    customer: str | None,
    counter: int | None,
    name: str,
) -> shapes.Invoice:
    def money(value: Decimal) -> str:
        return written.money(value, row.currency)

    return shapes.Invoice(
        **invoice_head(row, parts, name),
        version=0,
        customer=customer,
        rate=None if row.rate is None else written.decimals(row.rate, 0),
        blocks_shipping=row.blocks_shipping,
        counter_document=written.id_of(counter),
        counters=written.id_of(row.counters_id),
        orders=[str(share.order_id) for share in shares if share.order_id],
        lines=[
            shapes.InvoiceLine(
                line=line.line,
                order=written.id_of(line.order_id),
                order_line=line.order_line.line if line.order_line else None,
                sku=line.sku,
                qty=None if line.qty is None else written.qty(line.qty),
                net=money(line.net),
                tax=money(line.tax),
                gross=money(line.gross),
                kind=line.kind or ("amount" if line.qty is None else "goods"),
            )
            for line in lines
        ],
        shares=[
            shapes.InvoiceShare(
                order=written.id_of(share.order_id),
                gross=money(share.gross),
                paid=money(from_units(parts.get(share.order_id or 0, Open()).paid, MONEY_SCALE)),
            )
            for share in shares
        ],
    )
