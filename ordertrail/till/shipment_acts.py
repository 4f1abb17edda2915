"""What is done with a shipment of our own: it goes out, is picked, is cancelled; its goods come back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from ordertrail.desk.cancel_shipment import cancel_shipment
from ordertrail.desk.pick import complete_pick, pick
from ordertrail.desk.return_goods import return_goods
from ordertrail.desk.ship import ship
from ordertrail.lib import clock
from ordertrail.lib.ids import LINES
from ordertrail.lib.money import QTY_SCALE, from_units, qty_text
from ordertrail.lib.refused import Refused
from ordertrail.shipping import own
from ordertrail.shipping.models import Shipment, ShipmentLine
from ordertrail.till.once import key_of, sent
from ordertrail.till.scope import at, meant
from ordertrail.till.together import Named
from ordertrail.till.typed import day, figures, quantity, shown, units
from ordertrail.track.order import person_of
from ordertrail.web.rights import needs


@dataclass(frozen=True, slots=True)
class Row:
    """A line of a shipment in a form: the order line, what is on it, what is typed; ``picked``: what is off the shelf."""

    id: int
    order: Named
    place: int
    name: str
    sku: str
    qty: Decimal
    typed: str
    picked: Decimal


def rows_of(shipment: int, form: Any) -> list[Row]:
    """The lines of a shipment that belong to order lines, each with what is typed for it (all of it at first)."""
    lines = (
        ShipmentLine.objects.filter(shipment=shipment).exclude(order_line=None).select_related("order", "order_line")
    )
    picked = own.picked(shipment)
    return [
        Row(
            line.order_line_id or 0,
            Named(line.order_id or 0, (line.order.number if line.order else "") or f"~{line.order_id}"),
            line.order_line.line if line.order_line else 0,
            (line.order_line.name if line.order_line else "") or line.sku,
            line.sku,
            line.qty,
            form.get(f"qty-{line.order_line_id}", shown(line.qty)),
            from_units(picked.get(line.pk, 0), QTY_SCALE),
        )
        for line in lines.order_by("line")
    ]


def answer(request: HttpRequest, template: str, shipment: int, do: Callable[[], str], **more: Any) -> HttpResponse:
    """The form of a verb, or what sending it does; where it is refused, the form with what was typed and why."""
    done, refused = sent(request, do)
    if done:
        return done
    row = Shipment.objects.get(pk=shipment)
    context = {
        "row": row,
        "name": row.number or f"~{row.pk}",
        "page_href": at("track:shipment", shipment),
        "rows": rows_of(shipment, request.POST),
        "date": request.POST.get("date", clock.today().isoformat()),
        "once": key_of(request),
        "refused": refused,
        **more,
    }
    return render(request, template, context, status=422 if refused else 200)


def pieces(request: HttpRequest) -> list[tuple[int, int, int]]:
    """What is typed, as (order, line number, quantity); lines without a quantity are left out."""
    found = [
        (line // LINES, line % LINES, qty)
        for line, text in figures(request.POST, "qty-").items()
        if (qty := quantity(text, _("Quantity")))
    ]
    if not found:
        raise Refused("wrong_value", _("Nothing is chosen. Give one line a quantity above 0."))
    return found


@needs("ship_goods")
@require_http_methods(["GET", "POST"])
@meant("shipment")
def send(request: HttpRequest, shipment: int) -> HttpResponse:
    """Ship a draft: all of it, or these quantities; what stays behind goes onto a new draft."""

    def do() -> str:
        when = day(request.POST.get("date", ""), _("Shipped on"))
        rest = ship(by=person_of(request), shipment=shipment, day=when, lines=pieces(request))
        number = Shipment.objects.get(pk=shipment).number
        if rest is None:
            messages.success(request, _("Shipment %(number)s has gone out.") % {"number": number})
        else:
            words = {"number": number, "rest": f"~{rest}"}
            messages.success(
                request, _("Shipment %(number)s has gone out; the rest is on the new draft %(rest)s.") % words
            )
        return at("track:shipment", shipment)

    return answer(request, "till/ship.html", shipment, do)


@needs("ship_goods")
@require_http_methods(["GET", "POST"])
@meant("shipment")
def take(request: HttpRequest, shipment: int) -> HttpResponse:
    """Pick goods for a draft: what a code means, or (``complete``) everything that is missing."""

    def do() -> str:
        if "complete" in request.POST:
            told = complete_pick(by=person_of(request), shipment=shipment)
        else:
            code = request.POST.get("code", "").strip()
            times = units(request.POST.get("times", "") or "1", _("Quantity"))
            told = pick(by=person_of(request), shipment=shipment, code=code, times=times)
        words = {"picked": qty_text(told.picked), "left": qty_text(told.to_pick)}
        messages.success(request, _("Picked %(picked)s; %(left)s left to pick.") % words)
        return at("till:pick_shipment", shipment)

    return answer(request, "till/pick.html", shipment, do, code=request.POST.get("code", ""))


@needs("ship_goods")
@require_http_methods(["GET", "POST"])
@meant("shipment")
def cancel(request: HttpRequest, shipment: int) -> HttpResponse:
    """Cancel: a draft leaves its orders waiting for a choice, the goods of a done one come back onto the shelf."""

    def do() -> str:
        cancel_shipment(
            by=person_of(request), shipment=shipment, day=day(request.POST.get("date", ""), _("Cancelled on"))
        )
        messages.success(request, _("The shipment is cancelled."))
        return at("track:shipment", shipment)

    return answer(request, "till/cancel_shipment.html", shipment, do)


@needs("ship_goods")
@require_http_methods(["GET", "POST"])
@meant("shipment")
def bring_back(request: HttpRequest, shipment: int) -> HttpResponse:
    """Goods of this shipment came back: which, how much, and whether they are credited."""

    def do() -> str:
        lines = [(*piece, shipment) for piece in pieces(request)]
        when = day(request.POST.get("date", ""), _("Came back on"))
        credit = request.POST.get("credit", "") == "yes"
        back = return_goods(by=person_of(request), lines=lines, day=when, credit=credit)
        words = {"number": Shipment.objects.get(pk=back).number}
        messages.success(request, _("Return %(number)s is written down.") % words)
        return at("track:shipment", back)

    return answer(request, "till/return.html", shipment, do, credit=request.POST.get("credit", "yes"))
