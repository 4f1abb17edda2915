"""The orders list: queues, filters, fifty rows, totals, and what is done with the rows that are selected."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from ordertrail.desk.own import own
from ordertrail.lib.refused import Refused
from ordertrail.parties.models import Person
from ordertrail.track.addresses import found
from ordertrail.track.export import FORMATS, export
from ordertrail.track.order import people, person_of
from ordertrail.track.orders_filter import Selection, selection
from ordertrail.track.orders_rows import page_sums, rows_of
from ordertrail.track.queues import large, shelf
from ordertrail.track.scope import seen
from ordertrail.track.totals import totals
from ordertrail.web.paging import page
from ordertrail.web.refusals import not_allowed
from ordertrail.web.rights import may, needs

SIZE = 50
AT = "at"
"""The place of a page's first row in the whole list, in the address beside the cursor: to say "51–100"."""


@needs("see_orders")
@require_GET
def orders(request: HttpRequest) -> HttpResponseBase:
    """The list; ``?format=csv`` or ``xlsx`` gives all its rows as a file."""
    chosen = selection(request.GET, request.user)
    wanted = request.GET.get("format", "")
    if wanted in FORMATS:
        if not may(request.user, "export"):
            return not_allowed(request, "export")
        return export(request, chosen, wanted)
    return render(request, "track/orders/page.html", shown(request, chosen))


def shown(request: HttpRequest, chosen: Selection) -> dict[str, Any]:
    """What the page shows. With many orders the counts and sums are left to fragments that follow the rows."""
    result = page(chosen.read, chosen.chosen, SIZE)
    rows = rows_of(result.rows)
    begins = place(request.GET) if not result.stale else 1
    later = large()
    added = None if later else totals(chosen, request.user)
    return {
        "chosen": chosen.chosen,
        **shelf(request.user, chosen, counted=not later),
        "page": result,
        "rows": rows,
        "page_sums": page_sums(rows),
        "totals": added,
        "total": added.count if added else None,
        "begins": begins,
        "ends": begins + len(rows) - 1,
        "before_at": max(1, begins - SIZE),
        "after_at": begins + len(rows),
        "people": people(request),
    }


def place(query: QueryDict) -> int:
    """The number of the first row of a page, from its address; 1 without a cursor.

    >>> place(QueryDict("after=x&at=51")), place(QueryDict("at=51")), place(QueryDict("after=x&at=ten"))
    (51, 1, 1)
    """
    text = query.get(AT, "")
    on_the_way = query.get("after") or query.get("before")
    return int(text) if on_the_way and text.isascii() and text.isdigit() and len(text) < 10 else 1


@needs("own_findings")
@require_POST
def owner(request: HttpRequest) -> HttpResponse:
    """Put the selected orders on somebody's desk: each that does not lie there already."""
    to = Person.objects.filter(username=request.POST.get("to", ""), is_active=True).first()
    ids = sorted(
        seen("order", {one for key in request.POST.getlist("order") for one in found("order", key)}, request.user)
    )
    if to is None or not ids:
        messages.error(request, _("Select orders and a person, then hand them over."))
        return redirect(way_back(request))
    moved = sum(hand_over(person_of(request), one, to) for one in ids)
    told = {"count": moved, "person": to, "had": len(ids) - moved}
    if moved == len(ids):
        messages.success(request, _("Orders handed over to %(person)s: %(count)s.") % told)
    else:
        messages.success(request, _("Orders handed over to %(person)s: %(count)s; there already: %(had)s.") % told)
    return redirect(way_back(request))


def hand_over(by: Person, order: int, to: Person) -> bool:
    """Whether the order moved; False when ``to`` has it already."""
    try:
        own(by, order, to)
    except Refused as refused:
        if refused.code != "has_it_already":
            raise
        return False
    return True


def way_back(request: HttpRequest) -> str:
    """The list as it was, with its filter."""
    query = QueryDict(request.POST.get("query", "")).urlencode()
    return f"{reverse('track:orders')}?{query}" if query else reverse("track:orders")
