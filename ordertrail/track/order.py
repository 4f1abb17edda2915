"""The order's page, and what people do on it: comment, take it, hand it over."""

from __future__ import annotations

from typing import Any, cast

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from ordertrail.desk.comment import LONGEST
from ordertrail.desk.comment import comment as write_comment
from ordertrail.desk.own import own
from ordertrail.lib import clock
from ordertrail.lib.refused import Refused
from ordertrail.parties.models import Person
from ordertrail.track.addresses import BY_ID
from ordertrail.track.gather import gather
from ordertrail.track.order_page import OrderPage, built, order_page
from ordertrail.track.scope import meant
from ordertrail.track.timeline import newest_first, timeline
from ordertrail.web.rights import may, needs, roles_with


def person_of(request: HttpRequest) -> Person:
    """Who asks; ``RightsMiddleware`` lets nobody else through to a view that needs a right."""
    return cast(Person, request.user)


def page_of(request: HttpRequest, order_id: int) -> OrderPage:
    """The page of an order; Http404 when it is gone or not this person's to see."""
    asked = request.GET
    page = order_page(
        order_id, request.user, clock.today(), asked.get("step", ""), all_links=asked.get("links") == "all"
    )
    if page is None:
        raise Http404(order_id)
    return page


def shown(request: HttpRequest, page: OrderPage, status: int = 200, **more: Any) -> HttpResponse:
    """The whole page, as an answer."""
    context = {"page": page, "longest": LONGEST, "today": clock.today(), "people": people(request), **more}
    return render(request, "track/order.html", context, status=status)


def people(request: HttpRequest) -> list[Person]:
    """To whom an order may be handed over: everyone here who may see it."""
    if not may(request.user, "own_findings"):
        return []
    return list(Person.objects.filter(is_active=True, role__in=roles_with("see_orders")).order_by("display_name", "pk"))


@needs("see_orders")
@require_GET
@meant("order")
def order(request: HttpRequest, order_id: int) -> HttpResponse:
    """Where the order is, what is wrong, why, and the proof."""
    return shown(request, page_of(request, order_id))


@needs("see_orders")
@require_GET
@meant("order")
def activity(request: HttpRequest, order_id: int) -> HttpResponse:
    """Everything that happened to the order, newest first: people and systems in one stream."""
    told = gather(order_id, request.user)
    if told is None:
        raise Http404(order_id)
    page = built(told, clock.today())
    context = {"page": page, "events": newest_first(timeline(told)), "longest": LONGEST}
    name = "track/order_activity.html" if request.headers.get("HX-Request") else "track/order_activity_page.html"
    return render(request, name, context)


@needs("comment")
@require_POST
@meant("order")
def comment(request: HttpRequest, order_id: int) -> HttpResponse:
    """Write a comment; a fragment for htmx, else back to the page. What was typed is kept when it is refused."""
    text = request.POST.get("text", "")
    refusal: Refused | None = None
    try:
        write_comment(person_of(request), order_id, text)
    except Refused as no:
        refusal = no
    page = page_of(request, order_id)
    more = {"typed": text, "refusal": refusal.detail} if refusal else {}
    status = 422 if refusal else 200
    if request.headers.get("HX-Request"):
        context = {"page": page, "events": page.events, "longest": LONGEST, **more}
        return render(request, "track/order_activity.html", context, status=status)
    return shown(request, page, status, **more) if refusal else redirect(back(order_id, "activity"))


@needs("own_findings")
@require_POST
@meant("order")
def owner(request: HttpRequest, order_id: int) -> HttpResponse:
    """Take the order, or hand it over to somebody."""
    me = person_of(request)
    wanted = request.POST.get("person", "")
    to = next((person for person in people(request) if str(person.pk) == wanted), None)
    try:
        if to is None:
            raise Refused("not_here", _("Choose somebody who works here and may see orders."))
        own(me, order_id, to)
    except Refused as no:
        messages.error(request, no.detail)
    else:
        told = _("You have it now.") if to.pk == me.pk else _("%(person)s has it now.") % {"person": to}
        messages.success(request, told)
    return redirect(back(order_id))


def back(order_id: int, place: str = "") -> str:
    """The address of the order's page, at ``place``."""
    address = reverse("track:order", args=[f"{BY_ID}{order_id}"])
    return f"{address}#{place}" if place else address
