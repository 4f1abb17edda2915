"""What a whole selection of orders adds up to: the count always live, the sums live unless too many rows are to be added."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from ordertrail.orders.listing import Listing, Sums
from ordertrail.track.orders_filter import Selection, selection
from ordertrail.web.rights import needs


@dataclass(frozen=True, slots=True)
class Totals:
    """How many orders match, and what they add up to in each currency."""

    count: int
    sums: list[Sums]


def totals(listing: Listing) -> Totals:
    """The totals of a selection."""
    return Totals(listing.count(), listing.sums())


@needs("see_orders")
@require_GET
def order_totals(request: HttpRequest) -> HttpResponse:
    """The totals of the filter in the address, as the foot of the list; opened alone, as a page."""
    chosen: Selection = selection(request.GET, request.user)
    context = {"totals": totals(chosen.listing), "chosen": chosen.chosen, "query": chosen.chosen.to_query()}
    whole = not request.headers.get("HX-Request")
    return render(request, "track/orders/totals_page.html" if whole else "track/orders/totals.html", context)
