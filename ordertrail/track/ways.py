"""The room's entries in the side bar, the phone bar, Ctrl+K and behind the key ``g``, with their counts."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from ordertrail.findings.models import Finding, FindingStatus
from ordertrail.orders.queries import only_for, visible_orders
from ordertrail.track.queues import open_count
from ordertrail.web import format as write
from ordertrail.web import nav
from ordertrail.web.context import shell
from ordertrail.web.nav import Count, Entry

FIRST_QUEUES = (("store", "queue=ship"), ("finance", "queue=invoice"))
"""What somebody of a role does first after logging in; everybody else begins with all open orders."""


def add() -> None:
    """Hand the entries to the frame."""
    nav.add(
        Entry(
            "track:orders",
            _("Orders"),
            "list-details",
            "see_orders",
            key="o",
            tab=True,
            rank=10,
            count=open_orders,
            home_query=FIRST_QUEUES,
        )
    )
    nav.add(
        Entry(
            "track:findings", _("Findings"), "alert-octagon", "see_orders", key="f", tab=True, rank=20, count=findings
        )
    )
    nav.add(Entry("track:desk", _("My desk"), "inbox", "see_orders", key="d", tab=True, rank=30))
    nav.add(
        Entry("track:sources", _("Sources"), "plug-connected", "see_sources", "data", key="s", rank=10, count=sources)
    )


def open_orders(request: HttpRequest) -> Count | None:
    """How many orders are open."""
    return Count(write.number(open_count(request.user)))


def findings(request: HttpRequest) -> Count | None:
    """How many findings are open among the orders that this person may see."""
    rows = Finding.objects.filter(status=FindingStatus.OPEN)
    if only_for(request.user) is not None:
        rows = rows.filter(order__in=visible_orders(request.user).values("pk"))
    count = rows.count()
    return Count(write.number(count), bad=count > 0)


def sources(request: HttpRequest) -> Count | None:
    """How many sources are fresh, of all."""
    told = shell(request).as_of
    return Count(f"{told.fresh}/{told.total}") if told else None
