"""The screen on which an order is typed: shown, told while it is typed, kept as a draft, quoted or confirmed at once."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from ordertrail.catalog.models import Product
from ordertrail.counter import find, told
from ordertrail.counter.once import key_of, new_key, once
from ordertrail.counter.order_form import Meaning, Row, Typed, blank, copied, meaning, typed
from ordertrail.desk.confirm import confirm
from ordertrail.desk.quote import SHORT, quote
from ordertrail.desk.take_order import take_order
from ordertrail.lib.refused import Refused
from ordertrail.orders.models import Order, Policy
from ordertrail.parties.models import Customer, Person
from ordertrail.track.addresses import BY_ID, found, href
from ordertrail.track.order import person_of
from ordertrail.track.scope import seen
from ordertrail.web.rights import may, needs

THEN = ("draft", "quote", "confirm")
"""What becomes of the order when it is kept."""


@needs("type_orders")
@require_http_methods(["GET", "POST"])
def new_order(request: HttpRequest) -> HttpResponse:
    """The screen; ``?copy=`` fills it with what another order asked for, ``?customer=`` with whom it is for."""
    if request.method == "GET":
        return shown(request, begun(request))
    form, by = typed(request.POST), person_of(request)
    meant = meaning(form, by)
    then = request.POST.get("then", "draft")
    accept = [SHORT] if SHORT in request.POST.getlist("accept") else []
    try:
        meant.reading.check()
        address, now = once(request, by, lambda: kept(by, meant, then, accept))
    except Refused as no:
        meant.reading.take(no, meant.path)
        return shown(request, form, no, meant)
    if now:
        messages.success(request, SAID.get(then, SAID["draft"])())
    return redirect(address)


SAID = {
    "draft": lambda: _("The order is kept as a draft."),
    "quote": lambda: _("The order is kept and quoted."),
    "confirm": lambda: _("The order is kept and confirmed; it has taken what is free of its goods."),
}


def begun(request: HttpRequest) -> Typed:
    """The form as it is opened; Http404 for an order to copy that is not there, or not this person's to see."""
    name = request.GET.get("copy", "")
    if not name:
        return blank(request.GET.get("customer", "")[: find.LONGEST])
    visible = seen("order", found("order", name), request.user)
    if len(visible) != 1:
        raise Http404(name)
    return copied(Order.objects.select_related("customer").get(pk=visible.pop()))


def kept(by: Person, meant: Meaning, then: str, accept: list[str]) -> str:
    """Write the order down, and do with it what was asked; the address of its page."""
    order = take_order(by=by, wanted=meant.wanted)
    if then == "quote":
        quote(by=by, order=order, accept=accept)
    elif then == "confirm":
        confirm(by=by, order=order)
    return href("order", order, Order.objects.values_list("number", flat=True).get(pk=order))


def shown(request: HttpRequest, form: Typed, no: Refused | None = None, meant: Meaning | None = None) -> HttpResponse:
    """The whole screen; 422 with what is wrong where something is."""
    meant = meant or meaning(form, request.user)
    answer = told.answer(meant, form.rows, {row.key for row in form.rows}, sees_cost=may(request.user, "see_cost"))
    by_row = {line.row.key: line for line in answer.lines}
    errors = meant.reading.errors if no else {}
    rows = [
        {"row": row, "told": by_row.get(row.key), "errors": wrong(row, errors)}
        for row in (form.rows if any(row.empty for row in form.rows) else (*form.rows, Row(next_key(form))))
    ]
    context = {
        "form": form,
        "rows": rows,
        "blank": {"row": Row("__key__"), "told": None, "errors": {}},
        "answer": answer,
        "customer": answer.customer,
        "totals": answer.totals,
        "errors": {path.replace(".", "_"): sentence for path, sentence in errors.items()},
        "refused": no,
        "short": no is not None and no.code == SHORT,
        "once": new_key() if no is None or no.code == "sent_already" else key_of(request),
        "policies": Policy.choices,
        "other_once": new_key(),
        "nobody": {},
        "one_place": [("", "", "")],
    }
    return render(request, "counter/new_order.html", context, status=422 if no else 200)


def wrong(row: Row, errors: dict[str, str]) -> dict[str, str]:
    """What is wrong in one row, by field."""
    return {path.partition(".")[2]: sentence for path, sentence in errors.items() if path.startswith(f"{row.key}.")}


def next_key(form: Typed) -> str:
    """A key that no row has."""
    return str(max((int(row.key) for row in form.rows), default=0) + 1)


@needs("type_orders")
@require_POST
def order_told(request: HttpRequest) -> HttpResponse:
    """What the form is told as a field is left: fragments that htmx puts in their places. Nothing is written."""
    form = typed(request.POST)
    meant = meaning(form, request.user)
    asked = set(request.POST.get("changed", "all").split())
    changed = {row.key for row in form.rows} if "all" in asked else asked
    answer = told.answer(meant, form.rows, changed, sees_cost=may(request.user, "see_cost"))
    context: dict[str, Any] = {
        "answer": answer,
        "totals": answer.totals,
        "form": form,
        "customer": answer.customer,
        "tell_customer": "customer" in asked or "all" in asked,
        "handle": find.handle(answer.customer) if answer.customer and "customer" in asked else "",
        "customer_problem": meant.reading.errors.get("customer", "") if form.customer.strip() else "",
        "packs": meant.packs,
    }
    return render(request, "counter/order_told.html", context)


@needs("type_orders")
@require_GET
def suggest_customers(request: HttpRequest) -> HttpResponse:
    """Customers whom what is being typed may mean: a list below the field."""
    rows: list[Customer] = find.customers_like(request.GET.get("customer", ""), request.user)
    options = [(one.code or f"{BY_ID}{one.pk}", one.name, one.code) for one in rows]
    return render(request, "counter/options.html", {"options": options})


@needs("type_orders")
@require_GET
def suggest_products(request: HttpRequest) -> HttpResponse:
    """Products that what is being typed may mean: a list below the field."""
    rows: list[Product] = find.products_like(request.GET.get("sku", ""))
    return render(request, "counter/options.html", {"options": [(one.sku, one.name, one.sku) for one in rows]})
