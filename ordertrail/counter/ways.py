"""What the counter puts on the pages of other rooms: ways to type, and what can be done with an order, a customer, a product."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.http import urlencode
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from ordertrail.counter import verbs
from ordertrail.counter.exceptions import waiting
from ordertrail.counter.find import handle
from ordertrail.counter.once import new_key
from ordertrail.counter.revisions import revisions
from ordertrail.counter.verbs import Verb
from ordertrail.orders.models import Order, OrderStatus, Terms
from ordertrail.orders.rules import TO_SHIP
from ordertrail.orders.states import STEPS
from ordertrail.parties.models import Customer
from ordertrail.records.models import DESK
from ordertrail.track.addresses import BY_ID
from ordertrail.web import nav, slots
from ordertrail.web.nav import Entry
from ordertrail.web.rights import may

MENU = (verbs.QUOTE, verbs.CONFIRM, verbs.REOPEN, verbs.CLOSE, verbs.CANCEL)


def add() -> None:
    """Hand in the ways and fill the slots."""
    nav.add(Entry("counter:new_order", _("New order"), "plus", "type_orders", key="n", rank=12))
    nav.add(Entry("counter:new_customer", _("New customer"), "user-plus", "keep_catalog", rank=90, aside=False))
    nav.add(Entry("counter:new_product", _("New product"), "package", "keep_catalog", rank=91, aside=False))
    slots.fill("orders.acts", orders_acts)
    slots.fill("order.acts", order_acts)
    slots.fill("order.top", order_top)
    slots.fill("order.below", order_below)
    slots.fill("customer.acts", customer_acts)
    slots.fill("product.acts", product_acts)


@dataclass(frozen=True, slots=True)
class Step:
    """A step of an order that another room has a page for: its words with the figure, its icon, its address."""

    words: Promise
    icon: str
    href: str
    figure: str = ""
    qty: Any = None
    money: Any = None


ROOMS: tuple[tuple[str, str, Promise, str], ...] = (
    ("new_shipment", "ship_goods", _("Ship"), "truck-delivery"),
    ("new_invoice", "bill", _("Invoice"), "receipt-2"),
    ("new_payment", "take_money", _("Collect"), "coins"),
)
"""The steps after the confirmation in their order: the name of the page, the right, the words, the icon."""


def steps(order: Order, status: OrderStatus, person: object) -> Iterator[Step]:
    """The steps that are due of an order, and this person's to do, the next one first."""
    due = {
        "new_shipment": order.state == "confirmed" and status.delivery in TO_SHIP,
        "new_invoice": status.invoicing in ("to_invoice", "partially")
        and (status.shipped_qty > 0 or status.delivery == "not_required"),
        "new_payment": status.open_receivable > 0,
    }
    name = f"{BY_ID}{order.pk}"
    for page, right, words, icon in ROOMS:
        if not due[page] or not may(person, right):
            continue
        query = (
            {"customer": handle(order.customer)}
            if page == "new_payment" and order.customer
            else {"orders": order.number or name}
        )
        try:
            address = f"{reverse(f'till:{page}')}?{urlencode(query)}"
        except NoReverseMatch:
            continue
        qty = status.to_ship_qty if page == "new_shipment" else None
        yield Step(words, icon, address, qty=qty, money=status.open_receivable if page == "new_payment" else None)


def order_acts(request: HttpRequest, page: Any) -> SafeString:
    """What can be done with an order of our own: the next step, and a menu of the rest."""
    order, status = page.order, page.status
    if not Terms.objects.filter(pk=order.pk).exists():
        return SafeString("")
    types = may(request.user, "type_orders")
    possible: list[Verb] = [verb for verb in MENU if types and order.state in STEPS[verb.name]]
    first = verbs.CONFIRM if verbs.CONFIRM in possible else verbs.REOPEN if verbs.REOPEN in possible else None
    ahead = list(steps(order, status, request.user))
    context = {
        "page": page,
        "verb": first,
        "step": ahead[0] if ahead and first is not verbs.CONFIRM else None,
        "others": ahead[1:] if first is not verbs.CONFIRM else [],
        "possible": possible,
        "amends": types and order.state in STEPS["amend"],
        "types": types,
        "once": new_key(),
    }
    if not (types or ahead):
        return SafeString("")
    return render_to_string("counter/order_acts.html", context, request)


def order_top(request: HttpRequest, page: Any) -> SafeString:
    """What of an order waits for a choice."""
    found = waiting(page.order.pk, request.user)
    if not found:
        return SafeString("")
    return render_to_string("counter/order_top.html", {"page": page, "waiting": found, "once": new_key()}, request)


def order_below(request: HttpRequest, page: Any) -> SafeString:
    """How an order was amended."""
    found = revisions(page.order.pk)
    if not found:
        return SafeString("")
    return render_to_string("counter/revisions.html", {"order": page.order, "revisions": found}, request)


def orders_acts(request: HttpRequest, about: object) -> SafeString:
    """The way to type an order."""
    if not may(request.user, "type_orders"):
        return SafeString("")
    return render_to_string("counter/orders_acts.html", {"href": reverse("counter:new_order")}, request)


def customer_acts(request: HttpRequest, customer: Customer) -> SafeString:
    """The ways to type an order for a customer, and to change what was typed of one."""
    key = f"{BY_ID}{customer.pk}"
    context = {
        "order": may(request.user, "type_orders")
        and f"{reverse('counter:new_order')}?{urlencode({'customer': handle(customer)})}",
        "edit": may(request.user, "keep_catalog")
        and _home(customer) == DESK
        and reverse("counter:edit_customer", args=[key]),
    }
    return render_to_string("counter/thing_acts.html", context, request)


def product_acts(request: HttpRequest, product: Any) -> SafeString:
    """The way to change what was typed of a product."""
    mine = may(request.user, "keep_catalog") and _home(product) == DESK
    context = {"edit": mine and reverse("counter:edit_product", args=[f"{BY_ID}{product.pk}"])}
    return render_to_string("counter/thing_acts.html", context, request)


def _home(thing: Any) -> str:
    return str(thing.home.kind)
