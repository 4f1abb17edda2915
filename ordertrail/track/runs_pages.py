"""Runs of sources: the list, and one run with its story."""

from __future__ import annotations

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from ordertrail.lib import clock
from ordertrail.records.models import Source
from ordertrail.sync.models import Reject, SyncRun
from ordertrail.track.withheld import story, told
from ordertrail.web.filters import Field, FilterSet, Kind, Sort
from ordertrail.web.paging import page
from ordertrail.web.rights import may, needs

SIZE = 50
STATES = (("running", _("Running")), ("done", _("Done")), ("failed", _("Failed")), ("held", _("Held")))
SHOWN_REJECTS = 50


def runs_filter() -> FilterSet:
    """The fields of the list of runs."""
    sources = tuple(Source.objects.values_list("code", "name"))
    return FilterSet(
        fields=(
            Field("source", _("Source"), Kind.CHOICE, sources),
            Field("state", _("Outcome"), Kind.CHOICE, STATES),
            Field("rejected", _("with rejected items"), Kind.FLAG),
        ),
        sorts=(Sort("started", _("Started"), "started_at", descending=True),),
    )


@needs("see_sources")
@require_GET
def runs(request: HttpRequest) -> HttpResponse:
    """Every run, the newest first."""
    chosen = runs_filter().parse(request.GET)
    rows = chosen.apply(
        SyncRun.objects.select_related("source").defer("story"),
        {"source": "source__code", "state": "state", "rejected": lambda _yes: Q(rejected__gt=0)},
    )
    return render(request, "track/sources/runs.html", {"chosen": chosen, "page": page(rows, chosen, SIZE)})


@needs("see_sources")
@require_GET
def run(request: HttpRequest, pk: int) -> HttpResponse:
    """One run: what happened, counts that add up, and what it could not read. While it runs the page asks for itself."""
    found = get_object_or_404(SyncRun.objects.select_related("source"), pk=pk)
    until = found.ended_at or clock.now()
    waiting = Reject.objects.filter(source=found.source_id, at__gte=found.started_at, at__lte=until, solved_at=None)
    context = {
        "run": found,
        "story": story(found, request.user),
        "rejects": told(waiting.select_related("source", "batch").order_by("pk")[:SHOWN_REJECTS], request.user),
        "may_say": may(request.user, "manage_sources"),
    }
    return render(request, "track/sources/run.html", context)
