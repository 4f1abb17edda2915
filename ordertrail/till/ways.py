"""The room's ways: entries in the side bar, and the buttons on documents of our own and on the list of orders."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from ordertrail.billing.models import BankLine, Invoice, Payment
from ordertrail.billing.queries import allocated, opens, rests
from ordertrail.catalog.models import Product
from ordertrail.orders.queries import only_for
from ordertrail.parties.models import Customer
from ordertrail.records.models import DESK
from ordertrail.records.own import groups_of
from ordertrail.shipping.models import Shipment, ShipmentLine
from ordertrail.stock.models import ReceiptLine
from ordertrail.till.scope import at, whole
from ordertrail.till.together import with_orders
from ordertrail.web import nav, slots
from ordertrail.web.nav import Entry
from ordertrail.web.rights import may


def add() -> None:
    """Hand everything to the frame."""
    nav.add(Entry("till:receipts", _("Receipts"), "package-import", "see_orders", section="work", rank=10))
    nav.add(Entry("till:new_shipment", _("Ship orders"), "truck-delivery", "ship_goods", section="work", rank=20))
    nav.add(Entry("till:new_invoice", _("Bill orders"), "receipt-2", "bill", section="work", rank=30))
    nav.add(Entry("till:new_payment", _("Take payments"), "coin-yuan", "take_money", section="work", rank=40))
    nav.add(Entry("till:bank", _("Bank statement"), "building-bank", "take_money", section="work", rank=45))
    slots.fill("shipment.acts", buttons(of_shipment, "till/next_acts.html"))
    slots.fill("invoice.acts", buttons(of_invoice, "till/next_acts.html"))
    slots.fill("payment.acts", buttons(of_payment, "till/next_acts.html"))
    slots.fill("product.below", receipts_of)
    slots.fill("orders.selected", buttons(of_orders, "till/selected_acts.html"))


@dataclass(frozen=True, slots=True)
class Act:
    """One button: its words, icon and address; the ``primary`` one is what most often comes next."""

    words: Promise
    icon: str
    href: str
    primary: bool = False


def buttons(acts: Callable[[Any, object], Sequence[Act]], template: str) -> slots.Filling:
    """What fills a slot with the buttons that ``acts`` finds for a row and a person."""

    def filling(request: HttpRequest, row: Any) -> SafeString:
        return render_to_string(template, {"acts": acts(row, request.user)}, request)

    return filling


LATEST = 10
"""So many receipts of a product stand on its page; the list of receipts has all."""


def receipts_of(request: HttpRequest, product: Product) -> SafeString:
    """The last receipts of a product, with their cost for who may see it; nothing where none has come in here."""
    found = ReceiptLine.objects.filter(product=product.pk).select_related("receipt")
    lines = list(found.order_by("-receipt__receipt_date", "-receipt", "line")[: LATEST + 1])
    if not lines:
        return SafeString("")
    rows = [(line, line.receipt, at("till:receipt", line.receipt_id)) for line in lines[:LATEST]]
    all_of_them = f"{reverse('till:receipts')}?{urlencode({'product': product.sku})}" if len(lines) > LATEST else ""
    context = {
        "rows": rows,
        "all": all_of_them,
        "sees_cost": may(request.user, "see_cost"),
        "currency": settings.COMPANY.currency,
    }
    return render_to_string("till/product_receipts.html", context, request)


def of_orders(_row: object, person: object) -> Sequence[Act]:
    """What is done with the orders that are selected in their list."""
    found = []
    if may(person, "ship_goods"):
        found.append(Act(_("Ship together"), "truck-delivery", reverse("till:new_shipment")))
    if may(person, "bill"):
        found.append(Act(_("Invoice together"), "receipt-2", reverse("till:new_invoice")))
    return found


def of_shipment(row: Shipment, person: object) -> Sequence[Act]:
    """What is done next with a shipment of our own."""
    if row.home.kind != DESK or row.direction != "out" or not whole("shipment", row.pk, person):
        return ()
    found = []
    ships = may(person, "ship_goods")
    if ships and row.state in ("draft", "done"):
        found.append(Act(_("Cancel"), "x", at("till:cancel_shipment", row.pk)))
    if ships and row.state == "draft":
        found.append(Act(_("Pick"), "scan", at("till:pick_shipment", row.pk)))
        found.append(Act(_("Ship"), "truck-delivery", at("till:ship_shipment", row.pk), primary=True))
    if ships and row.state == "done":
        found.append(Act(_("Take goods back"), "package-import", at("till:return_shipment", row.pk)))
    if row.state == "done" and may(person, "bill"):
        orders = ShipmentLine.objects.filter(shipment=row).exclude(order=None).values_list("order", flat=True)
        href = with_orders("till:new_invoice", sorted(set(orders)))
        found.append(Act(_("Bill its orders"), "receipt-2", href, primary=True))
    return found


def of_invoice(row: Invoice, person: object) -> Sequence[Act]:
    """What is done next with an invoice of our own."""
    if row.home.kind != DESK or not whole("invoice", row.pk, person):
        return ()
    stands = row.state == "posted" and row.type != "credit_note" and row.cancelled_at is None
    found = []
    if may(person, "bill") and (row.state == "draft" or stands):
        found.append(Act(_("Cancel"), "x", at("till:cancel_invoice", row.pk)))
    if may(person, "bill") and row.state == "draft":
        found.append(Act(_("Change lines"), "pencil", at("till:invoice_lines", row.pk)))
        found.append(Act(_("Post"), "receipt-2", at("till:post_invoice", row.pk), primary=True))
    if may(person, "bill") and stands:
        found.append(Act(_("Credit"), "receipt-refund", at("till:credit_invoice", row.pk)))
    if may(person, "take_money") and stands and sum(part.open for part in opens([row.pk])[row.pk].values()) > 0:
        href = f"{reverse('till:new_payment')}?{urlencode({'customer': customer_code(row)})}"
        found.append(Act(_("Take a payment"), "coin-yuan", href, primary=True))
    return found


def customer_code(row: Invoice) -> str:
    """The code of the customer that an invoice of our own was written for, as customers are joined now."""
    group = groups_of([row.customer]).get(row.customer, 0) if row.customer is not None else 0
    return Customer.objects.filter(pk=group).values_list("code", flat=True).first() or ""


def of_payment(row: Payment, person: object) -> Sequence[Act]:
    """What is done next with a payment of our own, as far as something is left of it or set against invoices."""
    if row.home.kind != DESK or row.amount < 0 or not may(person, "take_money") or not whole("payment", row.pk, person):
        return ()
    left = rests([row.pk])[row.pk] > 0
    found = [Act(_("Pay back"), "arrow-back-up", at("till:refund_payment", row.pk))]
    line = BankLine.objects.filter(payment=row.pk).values_list("pk", flat=True).first()
    if line is not None and only_for(person) is None:
        found.append(Act(_("Bank line"), "building-bank", reverse("till:bank_line", args=[line])))
    if allocated([row.pk])[row.pk]:
        found.append(Act(_("Take allocation back"), "unlink", at("till:unallocate_payment", row.pk)))
    if left:
        found.append(Act(_("Allocate"), "link", at("till:allocate_payment", row.pk), primary=True))
    return found
