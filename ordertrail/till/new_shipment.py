"""Make shipments: orders that have something to ship are put together as far as they may travel together."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from ordertrail.desk.draft_shipment import draft_shipment
from ordertrail.desk.propose_shipments import propose_shipments
from ordertrail.lib.ids import LINES
from ordertrail.lib.refused import Refused
from ordertrail.orders.models import OrderStatus
from ordertrail.orders.queries import visible_statuses
from ordertrail.till.once import key_of, once
from ordertrail.till.scope import at, orders_named
from ordertrail.till.shipping_together import together
from ordertrail.till.together import ORDERS, chosen, wanted, with_orders
from ordertrail.till.typed import day
from ordertrail.track.order import person_of
from ordertrail.web.rights import needs

MOST = 200
"""Orders that are listed to choose from."""


@needs("ship_goods")
@require_http_methods(["GET", "POST"])
def new_shipment(request: HttpRequest) -> HttpResponse:
    """The orders that are named, put together; without any, those to choose from."""
    if request.method == "POST" and "pick" in request.POST:  # the rows that are selected in the list of orders
        return redirect(with_orders("till:new_shipment", orders_named(request.POST.getlist("order"), request.user)))
    named = request.POST if request.method == "POST" else request.GET
    orders = orders_named(named.getlist(ORDERS), request.user)
    if not orders:
        return choose(request)
    if request.method == "POST" and "preview" not in request.POST:
        return made(request, orders)
    return shown(request, orders)


def choose(request: HttpRequest) -> HttpResponse:
    """The orders that have something to ship, by customer."""
    rows = waiting(visible_statuses(request.user).filter(delivery__in=("waiting", "partially")), request)
    return render(request, "till/choose.html", {**rows, "kind": "shipment", "here": reverse("till:new_shipment")})


def waiting(statuses: QuerySet[OrderStatus], request: HttpRequest) -> dict[str, Any]:
    """Open orders to choose from, by customer and promise; of one customer where the address says so."""
    customer = request.GET.get("customer", "")
    rows = statuses.filter(is_open=True)
    if customer.isascii() and customer.isdigit() and len(customer) < 19:
        rows = rows.filter(customer=int(customer))
    listed = list(rows.order_by("customer_name", "promised_date", "number")[: MOST + 1])
    return {"rows": listed[:MOST], "more": len(listed) > MOST, "customer": customer}


def made(request: HttpRequest, orders: list[int]) -> HttpResponse:
    """The draft of what is chosen, or (``every``) one draft for each customer and address."""
    try:
        return once(request, lambda: every(request, orders) if "every" in request.POST else one(request, orders))
    except Refused as refused:
        return shown(request, orders, refused)


def one(request: HttpRequest, orders: list[int]) -> str:
    """One draft of the lines that are ticked; its page."""
    rows = together(orders, chosen(request.POST)).rows
    pieces = [(key // LINES, key % LINES, qty) for key, qty in wanted(rows).items()]
    planned = day(request.POST.get("date", ""), _("Planned for"))
    shipment = draft_shipment(by=person_of(request), lines=pieces, day=planned)
    messages.success(
        request, _("Draft shipment with %(count)s lines is made; nothing has left yet.") % {"count": len(pieces)}
    )
    return at("track:shipment", shipment)


def every(request: HttpRequest, orders: list[int]) -> str:
    """Drafts of everything that is left, one for each customer and address; the one's page, or this page, which names them all."""
    drafts, _apart = propose_shipments(by=person_of(request), orders=orders)
    messages.success(request, _("Draft shipments made: %(count)s.") % {"count": len(drafts)})
    return at("track:shipment", drafts[0]) if len(drafts) == 1 else with_orders("till:new_shipment", orders)


def shown(request: HttpRequest, orders: list[int], refused: Refused | None = None) -> HttpResponse:
    """The page, or (``preview``) what comes of what is typed; 422 with the refusal."""
    context = {
        "told": together(orders, chosen(request.POST)),
        "once": key_of(request),
        "refused": refused,
        "date": request.POST.get("date", ""),
        "here": reverse("till:new_shipment"),
        "bill_too": with_orders("till:new_invoice", orders),
    }
    name = "till/result_shipment.html" if request.headers.get("HX-Request") else "till/new_shipment.html"
    return render(request, name, context, status=422 if refused else 200)
