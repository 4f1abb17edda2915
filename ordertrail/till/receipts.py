"""Goods that come in: the list of receipts, one receipt, a new one, and a planned one that has come."""

from __future__ import annotations

from decimal import Decimal

from django.conf import settings
from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from ordertrail.desk.receive import Part, receive, receive_planned
from ordertrail.lib import clock
from ordertrail.lib.money import half_up, minor_digits
from ordertrail.lib.refused import Refused
from ordertrail.orders.typing import day_of
from ordertrail.stock.models import GoodsReceipt, ReceiptLine, ReceiptState
from ordertrail.till.goods_form import goods, shown
from ordertrail.till.once import key_of, sent
from ordertrail.till.scope import BY_ID, at, meant
from ordertrail.till.typed import day
from ordertrail.track.order import person_of
from ordertrail.web.filters import Field, FilterSet, Kind, Sort
from ordertrail.web.paging import page
from ordertrail.web.rights import may, needs

ZERO = Decimal(0)
RECEIPTS = FilterSet(
    fields=(
        Field("q", gettext_lazy("Find in this list"), search=True),
        Field("state", gettext_lazy("State"), Kind.CHOICE, tuple(ReceiptState.choices)),
        Field("date", gettext_lazy("Date"), Kind.DATES),
        Field("product", gettext_lazy("SKU")),
    ),
    sorts=(
        Sort("date", gettext_lazy("Date"), "receipt_date", descending=True),
        Sort("number", gettext_lazy("Number"), "number"),
    ),
)


@needs("see_orders")
@require_GET
def receipts(request: HttpRequest) -> HttpResponse:
    """Receipts, done and planned, the newest first."""
    chosen = RECEIPTS.parse(request.GET)
    rows = chosen.apply(
        GoodsReceipt.objects.select_related("warehouse"),
        {
            "q": "number__istartswith",
            "state": "state",
            "date": "receipt_date",
            "product": lambda text: Q(pk__in=ReceiptLine.objects.filter(product__sku=text).values("receipt")),
        },
    )
    return render(request, "till/receipts.html", {"chosen": chosen, "page": page(rows, chosen)})


@needs("see_orders")
@require_GET
@meant("receipt")
def receipt(request: HttpRequest, pk: int) -> HttpResponse:
    """One receipt: what came in, or is planned to, with what it cost for who may see that."""
    row = GoodsReceipt.objects.select_related("warehouse", "home").get(pk=pk)
    lines = list(ReceiptLine.objects.filter(receipt=pk).select_related("product").order_by("line"))
    digits = minor_digits(settings.COMPANY.currency)
    told = [(line, f"{BY_ID}{line.product_id}", half_up(line.qty * line.unit_cost, digits)) for line in lines]
    context = {
        "row": row,
        "lines": told,
        "total": sum((cost for _line, _product, cost in told), ZERO),
        "currency": settings.COMPANY.currency,
        "planned": row.state == ReceiptState.PLANNED,
        "receive_href": at("till:receive_receipt", pk) if may(request.user, "move_stock") else "",
    }
    return render(request, "till/receipt.html", context)


@needs("move_stock")
@require_http_methods(["GET", "POST"])
def new_receipt(request: HttpRequest) -> HttpResponse:
    """Goods came in, or are planned to."""
    done, refused = sent(request, lambda: made(request))
    if done:
        return done
    context = {**shown(request, refused), "form": request.POST}
    return render(request, "till/new_receipt.html", context, status=422 if refused else 200)


def made(request: HttpRequest) -> str:
    """Write the receipt down; its page."""
    form = request.POST
    planned = form.get("planned", "") == "yes"
    when = day(form.get("date", ""), _("Date")) or clock.today()
    if not planned:
        day_of(when)
    pk = receive(
        person_of(request), day=when, lines=parts(form), number=form.get("number", "").strip(), planned=planned
    )
    told = {"number": GoodsReceipt.objects.get(pk=pk).number}
    words = _("The receipt is planned.") if planned else _("Receipt %(number)s is written down.") % told
    messages.success(request, words)
    return at("till:receipt", pk)


def parts(form: QueryDict) -> list[Part]:
    """What a form says comes in. Refused as ``goods``, and where a cost is missing."""
    found = []
    for product, qty, cost in goods(form):
        if cost is None:
            raise Refused("wrong_value", _("Each line needs a unit cost; 0 where the goods cost nothing."))
        found.append(Part(product, qty, cost))
    return found


@needs("move_stock")
@require_http_methods(["GET", "POST"])
@meant("receipt")
def come(request: HttpRequest, pk: int) -> HttpResponse:
    """What was planned has come."""

    def do() -> str:
        when = day_of(day(request.POST.get("date", ""), _("Came in on")))
        receive_planned(person_of(request), pk, day=when)
        number = GoodsReceipt.objects.get(pk=pk).number
        messages.success(request, _("Receipt %(number)s is written down.") % {"number": number})
        return at("till:receipt", pk)

    done, refused = sent(request, do)
    if done:
        return done
    row = GoodsReceipt.objects.get(pk=pk)
    context = {
        "row": row,
        "name": row.number or f"~{pk}",
        "page_href": at("till:receipt", pk),
        "lines": list(ReceiptLine.objects.filter(receipt=pk).select_related("product").order_by("line")),
        "date": request.POST.get("date", clock.today().isoformat()),
        "once": key_of(request),
        "refused": refused,
    }
    return render(request, "till/receive.html", context, status=422 if refused else 200)
