"""The room's ways: entries in the side bar, and the buttons on documents of our own and on the list of orders."""

from __future__ import annotations

from collections.abc import Sequence

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from ordertrail.billing.models import Invoice, Payment
from ordertrail.billing.queries import allocated, rests
from ordertrail.records.models import DESK
from ordertrail.shipping.models import Shipment
from ordertrail.till.scope import at, whole
from ordertrail.web import acts, nav
from ordertrail.web.acts import Act
from ordertrail.web.nav import Entry
from ordertrail.web.rights import may


def add() -> None:
    """Hand everything to the frame."""
    nav.add(Entry("till:receipts", _("Receipts"), "package-import", "see_orders", section="work", rank=10))
    nav.add(Entry("till:new_shipment", _("Ship orders"), "truck-delivery", "ship_goods", section="work", rank=20))
    nav.add(Entry("till:new_invoice", _("Bill orders"), "receipt-2", "bill", section="work", rank=30))
    acts.tell("shipment", of_shipment)
    acts.tell("invoice", of_invoice)
    nav.add(Entry("till:new_payment", _("Take payments"), "coin-yuan", "take_money", section="work", rank=40))
    acts.tell("payment", of_payment)
    acts.tell("orders", of_orders)


def of_orders(_row: None, person: object) -> Sequence[Act]:
    """What is done with the orders that are selected in their list."""
    found = []
    if may(person, "ship_goods"):
        found.append(Act(_("Ship together"), "truck-delivery", reverse("till:new_shipment")))
    if may(person, "bill"):
        found.append(Act(_("Invoice together"), "receipt-2", reverse("till:new_invoice")))
    return found


def of_shipment(row: Shipment, person: object) -> Sequence[Act]:
    """What is done next with a shipment of our own."""
    if row.home.kind != DESK or row.direction != "out" or not may(person, "ship_goods"):
        return ()
    if not whole("shipment", row.pk, person):
        return ()
    if row.state == "draft":
        return (
            Act(_("Cancel"), "x", at("till:cancel_shipment", row.pk)),
            Act(_("Pick"), "scan", at("till:pick_shipment", row.pk)),
            Act(_("Ship"), "truck-delivery", at("till:ship_shipment", row.pk), primary=True),
        )
    if row.state == "done":
        return (
            Act(_("Cancel"), "x", at("till:cancel_shipment", row.pk)),
            Act(_("Take goods back"), "package-import", at("till:return_shipment", row.pk)),
        )
    return ()


def of_invoice(row: Invoice, person: object) -> Sequence[Act]:
    """What is done next with an invoice of our own."""
    if row.home.kind != DESK or not may(person, "bill") or not whole("invoice", row.pk, person):
        return ()
    if row.state == "draft":
        return (
            Act(_("Cancel"), "x", at("till:cancel_invoice", row.pk)),
            Act(_("Change lines"), "pencil", at("till:invoice_lines", row.pk)),
            Act(_("Post"), "receipt-2", at("till:post_invoice", row.pk), primary=True),
        )
    if row.state == "posted" and row.type != "credit_note" and row.cancelled_at is None:
        return (
            Act(_("Cancel"), "x", at("till:cancel_invoice", row.pk)),
            Act(_("Credit"), "receipt-refund", at("till:credit_invoice", row.pk)),
        )
    return ()


def of_payment(row: Payment, person: object) -> Sequence[Act]:
    """What is done next with a payment of our own, as far as something is left of it or set against invoices."""
    if row.home.kind != DESK or row.amount < 0 or not may(person, "take_money") or not whole("payment", row.pk, person):
        return ()
    left = rests([row.pk])[row.pk] > 0
    found = [Act(_("Pay back"), "arrow-back-up", at("till:refund_payment", row.pk))]
    if allocated([row.pk])[row.pk]:
        found.append(Act(_("Take allocation back"), "unlink", at("till:unallocate_payment", row.pk)))
    if left:
        found.append(Act(_("Allocate"), "link", at("till:allocate_payment", row.pk), primary=True))
    return found
