"""The preset queues of the orders list: tabs with the number of orders that wait in each, counted now."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.views.decorators.http import require_GET

from ordertrail.lib import bulk
from ordertrail.orders.models import OrderStatus
from ordertrail.track.models import SavedView
from ordertrail.track.orders_filter import QUEUE_WORDS, Selection, listing, orders_filter, selection
from ordertrail.track.saved_views import views_for
from ordertrail.web.rights import needs

LARGE = 50_000
"""From so many orders on, counts and sums come after the rows, as fragments of their own."""
BAD = frozenset({"late", "findings"})


@dataclass(frozen=True, slots=True)
class Tab:
    """One queue: its name in the address, its words, how many orders it holds (None: not counted here), whether they are bad."""

    name: str
    words: Promise | str
    count: int | None

    @property
    def bad(self) -> bool:
        """Whether its count is painted red: something is wrong with these orders."""
        return self.name in BAD and bool(self.count)


def large() -> bool:
    """Whether the company has so many orders that counting them would keep the rows waiting."""
    inner = f"SELECT 1 FROM {bulk.table(OrderStatus)} LIMIT {LARGE + 1}"
    return int(bulk.select(f"SELECT COUNT(*) FROM ({inner}) AS head")[0][0]) > LARGE


def tabs(person: object, *, counted: bool) -> list[Tab]:
    """The queues as ``person`` sees them, each with its count where it is asked for."""
    fields = orders_filter()
    found = []
    for name, words in QUEUE_WORDS.items():
        selected = listing(fields.parse({"queue": name}), person)
        found.append(Tab(name, words, selected.count() if counted else None))
    return found


def open_count(person: object) -> int:
    """How many orders are open, for the side bar."""
    return listing(orders_filter().parse({"queue": "open"}), person).count()


def shelf(person: object, chosen: Selection, *, counted: bool) -> dict[str, Any]:
    """The queues and the saved views beside them. One of them at most is lit: the view that keeps just this filter, else the queue."""
    query = chosen.chosen.to_query()
    views = views_for(person, SavedView.ORDERS)
    view = next((view for view in views if view.query == query), None)
    counts = tabs(person, counted=counted)
    return {"tabs": counts, "queue": chosen.queue, "views": views, "view": view, "query": query}


@needs("see_orders")
@require_GET
def queues(request: HttpRequest) -> HttpResponse:
    """The tabs with their counts beside a filter of the list, as a fragment; opened alone, as a page."""
    context = shelf(request.user, selection(request.GET, request.user), counted=True)
    whole = not request.headers.get("HX-Request")
    return render(request, "track/orders/queues_page.html" if whole else "track/orders/queues.html", context)
