"""Make invoices: over quantities of one or many orders put together, over an amount, or in advance."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from ordertrail.desk.draft_invoice import draft_amount, draft_lines
from ordertrail.desk.propose_invoices import propose_invoices
from ordertrail.lib import clock
from ordertrail.lib.refused import Refused
from ordertrail.orders.queries import visible_statuses
from ordertrail.till.billing_together import Billed, by_amount, dates, together, told_of
from ordertrail.till.new_shipment import waiting
from ordertrail.till.once import key_of, once, tried
from ordertrail.till.scope import at, orders_named
from ordertrail.till.together import ORDERS, Together, chosen, wanted, with_orders
from ordertrail.till.typed import money
from ordertrail.track.order import person_of
from ordertrail.web.rights import needs


@needs("bill")
@require_http_methods(["GET", "POST"])
def new_invoice(request: HttpRequest) -> HttpResponse:
    """The orders that are named, put together; without any, those to choose from."""
    if request.method == "POST" and "pick" in request.POST:  # the rows that are selected in the list of orders
        return redirect(with_orders("till:new_invoice", orders_named(request.POST.getlist("order"), request.user)))
    named = request.POST if request.method == "POST" else request.GET
    orders = orders_named(named.getlist(ORDERS), request.user)
    if not orders:
        return choose(request)
    if request.method == "POST" and "preview" not in request.POST:
        return made(request, orders)
    return shown(request, orders)


def choose(request: HttpRequest) -> HttpResponse:
    """The orders that have something to invoice, by customer."""
    rows = waiting(visible_statuses(request.user).filter(invoicing__in=("nothing", "to_invoice", "partially")), request)
    return render(request, "till/choose.html", {**rows, "kind": "invoice", "here": reverse("till:new_invoice")})


def made(request: HttpRequest, orders: list[int]) -> HttpResponse:
    """The draft of what is chosen, of an amount, or (``every``) one draft for each key."""
    do = every if "every" in request.POST else amount if "amount" in request.POST else one
    try:
        return once(request, lambda: do(request, orders))
    except Refused as refused:
        return shown(request, orders, refused)


def one(request: HttpRequest, orders: list[int]) -> str:
    """One draft of the lines that are ticked; its page."""
    rows = together(orders, chosen(request.POST)).rows
    return at("track:invoice", draft_lines(person_of(request), wanted(rows), *dates(request.POST)))


def amount(request: HttpRequest, orders: list[int]) -> str:
    """A draft over an amount of one order, of what may be billed now or in advance; its page."""
    form = request.POST
    when, due = dates(form)
    invoice = draft_amount(
        person_of(request),
        orders[0],
        money(form.get("amount", ""), _("Amount")),
        advance=form.get("kind") == "advance",
        blocks_shipping=form.get("kind") == "advance" and "blocks" in form,
        day=when,
        due=due,
    )
    return at("track:invoice", invoice)


def every(request: HttpRequest, orders: list[int]) -> str:
    """Drafts of everything that may be billed, one for each key; the one's page, or this page, which names them all."""
    found = propose_invoices(person_of(request), orders, *dates(request.POST))
    messages.success(request, _("Draft invoices made: %(count)s.") % {"count": len(found.drafts)})
    one_page = len(found.drafts) == 1
    return at("track:invoice", found.drafts[0]) if one_page else with_orders("till:new_invoice", orders)


def preview(request: HttpRequest, told: Together) -> tuple[Billed | None, str]:
    """What a draft of what is ticked and typed would come to, or why there would be none."""
    if not told.rows:
        return None, ""
    try:
        quantities = wanted(told.rows)
        return tried(lambda: told_of(draft_lines(person_of(request), quantities))), ""
    except Refused as refused:
        return None, refused.detail


def shown(request: HttpRequest, orders: list[int], refused: Refused | None = None) -> HttpResponse:
    """The page, or (``preview``) what comes of what is typed; 422 with the refusal."""
    told = together(orders, chosen(request.POST))
    result, why_not = preview(request, told)
    context = {
        "told": told,
        "result": result,
        "why_not": "" if refused else why_not,
        "money": by_amount(orders),
        "form": request.POST,
        "date": request.POST.get("date", clock.today().isoformat()),
        "due_date": request.POST.get("due_date", ""),
        "once": key_of(request),
        "refused": refused,
        "here": reverse("till:new_invoice"),
        "ship_too": with_orders("till:new_shipment", orders),
    }
    name = "till/result_invoice.html" if request.headers.get("HX-Request") else "till/new_invoice.html"
    return render(request, name, context, status=422 if refused else 200)
