"""Saved views: a filter kept under a name, for oneself or for everybody, beside the queues of a list."""

from __future__ import annotations

from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from ordertrail.lib import clock
from ordertrail.lib.gate import writing
from ordertrail.lib.refused import Refused
from ordertrail.parties.models import Person
from ordertrail.track.models import SavedView
from ordertrail.track.order import person_of
from ordertrail.track.orders_filter import orders_filter
from ordertrail.web.rights import needs

LONGEST_NAME = 60
MOST_VIEWS = 12
"""Views of one person on one page: more tabs than that find nothing any more."""


def views_for(person: object, page: str) -> list[SavedView]:
    """The person's own views of a page, then those that others share, each by name."""
    mine = getattr(person, "pk", None)
    rows = SavedView.objects.filter(Q(person=mine) | Q(shared=True), page=page).select_related("person")
    return sorted(rows, key=lambda view: (view.person_id != mine, view.name, view.pk))


def save_view(by: Person, page: str, name: str, query: str, *, shared: bool) -> SavedView:
    """Keep ``query`` under ``name``; the same name again replaces it.

    Refused("no_name"), ("long_name"), ("too_many_views").
    """
    name = " ".join(name.split())
    if not name:
        raise Refused("no_name", _("The view has no name yet; write what it shows, then save it."))
    if len(name) > LONGEST_NAME:
        detail = _("The name has %(signs)s signs, %(most)s fit; shorten it.")
        raise Refused("long_name", detail % {"signs": len(name), "most": LONGEST_NAME})
    with writing():
        mine = SavedView.objects.filter(person=by, page=page)
        if not mine.filter(name=name).exists() and mine.count() >= MOST_VIEWS:
            detail = _("You have %(count)s saved views; delete one that you no longer use, then save this one.")
            raise Refused("too_many_views", detail % {"count": MOST_VIEWS})
        kept = {"query": query, "shared": shared, "made_at": clock.now()}
        view, _made = SavedView.objects.update_or_create(person=by, page=page, name=name, defaults=kept)
    return view


@needs("see_orders")
@require_POST
def save(request: HttpRequest) -> HttpResponse:
    """Save the filter of the orders list that the form was opened on, and go there."""
    query = orders_filter().parse(QueryDict(request.POST.get("query", ""))).to_query()
    try:
        view = save_view(
            person_of(request), SavedView.ORDERS, request.POST.get("name", ""), query, shared="shared" in request.POST
        )
    except Refused as refused:
        messages.error(request, refused.detail)
    else:
        messages.success(request, _("The view “%(name)s” is saved.") % {"name": view.name})
    return redirect(f"{reverse('track:orders')}?{query}")


@needs("see_orders")
@require_POST
def delete(request: HttpRequest, pk: int) -> HttpResponse:
    """Delete one of one's own views; the orders in it stay as they are."""
    view = get_object_or_404(SavedView, pk=pk, person=person_of(request))
    with writing():
        view.delete()
    messages.success(request, _("The view “%(name)s” is deleted.") % {"name": view.name})
    return redirect("track:orders")
