"""My desk: the orders and findings that are mine, and the findings of my role that nobody has taken."""

from __future__ import annotations

from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from ordertrail.desk.models import Owner
from ordertrail.findings.models import FindingStatus
from ordertrail.findings.queries import sums, visible_to
from ordertrail.orders.queries import visible_statuses
from ordertrail.track.findings_rows import rows_of as finding_rows
from ordertrail.track.order import person_of
from ordertrail.track.orders_rows import rows_of as order_rows
from ordertrail.web.rights import needs

SHOWN = 30
"""Rows of each part; the lists behind them show all."""


@needs("see_orders")
@require_GET
def my_desk(request: HttpRequest) -> HttpResponse:
    """What lies on the desk of who asks."""
    me = person_of(request)
    owned = Owner.objects.filter(person=me, document__kind="order").values("document__group")
    orders = (
        visible_statuses(me).filter(pk__in=owned).order_by("-is_open", F("promised_date").asc(nulls_last=True), "pk")
    )
    open_ = visible_to(me).filter(status=FindingStatus.OPEN).select_related("owner")
    mine = open_.filter(owner=me).order_by(F("money").desc(nulls_last=True), "pk")
    free = open_.filter(owner=None, role=me.role).order_by(F("money").desc(nulls_last=True), "pk")
    context = {
        "orders": order_rows(list(orders[:SHOWN])),
        "order_count": orders.count(),
        "mine": finding_rows(list(mine[:SHOWN])),
        "mine_sums": sums(mine),
        "free": finding_rows(list(free[:SHOWN])),
        "free_sums": sums(free),
    }
    return render(request, "track/desk.html", context)
