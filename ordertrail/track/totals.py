"""What a whole selection of orders adds up to: the count always live, the sums live unless too many rows are to be added."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from ordertrail.lib.refused import Refused
from ordertrail.orders.listing import Sums
from ordertrail.track.orders_filter import Selection, selection
from ordertrail.track.totals_hub import sums_from_snapshot
from ordertrail.web.rights import needs

SUMMED_LIVE = 200_000
"""From so many rows on, sums of money come from the hub's snapshot, with its "as of" (architecture.md §1)."""


@dataclass(frozen=True, slots=True)
class Totals:
    """How many orders match, and what they add up to in each currency; ``as_of``: when, where that is not now."""

    count: int
    sums: list[Sums]
    as_of: datetime | None = None


def totals(chosen: Selection, person: object) -> Totals:
    """The totals of a selection. Where the hub has no answer, all rows are added up now, however many there are."""
    count = chosen.listing.count()
    if count > SUMMED_LIVE:
        try:
            told = sums_from_snapshot(chosen.chosen, person)
        except Refused:
            told = None
        if told is not None:
            return Totals(count, *told)
    return Totals(count, chosen.listing.sums())


@needs("see_orders")
@require_GET
def order_totals(request: HttpRequest) -> HttpResponse:
    """The totals of the filter in the address, as the foot of the list; opened alone, as a page."""
    chosen = selection(request.GET, request.user)
    context = {
        "totals": totals(chosen, request.user),
        "chosen": chosen.chosen,
        "query": chosen.chosen.to_query(),
    }
    whole = not request.headers.get("HX-Request")
    return render(request, "track/orders/totals_page.html" if whole else "track/orders/totals.html", context)
