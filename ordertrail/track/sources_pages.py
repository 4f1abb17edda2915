"""Sources: a card for each system, what could not be read, and what is asked of the worker: sync, read again."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from ordertrail.records.models import Source
from ordertrail.sync.models import Reject
from ordertrail.sync.worker import ask
from ordertrail.track.order import person_of
from ordertrail.track.source_cards import Card, cards
from ordertrail.track.source_health import health
from ordertrail.track.withheld import told
from ordertrail.web import format as write
from ordertrail.web.rights import needs

SHOWN_REJECTS = 100
COUNTED = ("read", "new", "changed", "unchanged", "rejected")


def every_source() -> list[Source]:
    """The systems that are read; our own order desk is none of them."""
    return list(Source.objects.exclude(kind="desk"))


@needs("see_sources")
@require_GET
def sources(request: HttpRequest) -> HttpResponse:
    """Every source with its card, the health of the data, and the items that wait."""
    found = cards(every_source())
    waiting = Reject.objects.filter(solved_at=None).select_related("source", "batch")
    waiting = waiting.order_by("source__position", "at", "pk")
    context = {
        "cards": found,
        "fresh": sum(card.state == "fresh" for card in found),
        "round": last_round(found),
        "health": health(request.user),
        "rejects": told(waiting[:SHOWN_REJECTS], request.user),
        "reject_count": sum(card.rejects for card in found),
    }
    return render(request, "track/sources/page.html", context)


def last_round(found: list[Card]) -> dict[str, str]:
    """What the last good run of each source read, added up and written out."""
    runs = [card.last_good for card in found if card.last_good]
    return {name: write.number(sum(getattr(run, name) for run in runs)) for name in COUNTED}


@needs("see_sources")
@require_GET
def card(request: HttpRequest, code: str) -> HttpResponse:
    """One card, which asks for itself while its source is being synced; opened alone, the source's page."""
    if not request.headers.get("HX-Request"):
        return redirect("track:source", code)
    found = cards([get_object_or_404(Source, code=code)])[0]
    answer = render(request, "track/sources/card.html", {"card": found})
    if not found.busy and urlsplit(request.headers.get("HX-Current-URL", "")).path == reverse(
        "track:source", args=[code]
    ):
        answer.headers["HX-Refresh"] = "true"  # the run is over: what it read and rejected stands on the same page
    return answer


@needs("manage_sources")
@require_POST
def sync(request: HttpRequest, code: str) -> HttpResponse:
    """Ask the worker to sync one source now; ``sweep`` looks for deletions, ``sure`` accepts many at once."""
    source = get_object_or_404(Source, code=code)
    args: dict[str, Any] = {name: True for name in ("sweep", "sure") if name in request.POST}
    ask("sync", by=person_of(request), source=source.code, **args)
    messages.success(request, _("%(source)s will be synced as soon as the worker is free.") % {"source": source})
    return redirect(way_back(request, code))


@needs("manage_sources")
@require_POST
def sync_all(request: HttpRequest) -> HttpResponse:
    """Ask the worker to sync every active source."""
    active = [source for source in every_source() if source.active]
    for source in active:
        ask("sync", by=person_of(request), source=source.code)
    messages.success(request, _("Sources that will be synced: %(count)s.") % {"count": len(active)})
    return redirect("track:sources")


@needs("manage_sources")
@require_POST
def replay(request: HttpRequest) -> HttpResponse:
    """Ask the worker to read rejected items again from what was landed: one, those of a source, or all."""
    waiting = Reject.objects.filter(solved_at=None)
    args: dict[str, Any] = {}
    if one := request.POST.get("reject", ""):
        waiting = waiting.filter(pk=int(one) if one.isdigit() else 0)
        args["rejects"] = [reject.pk for reject in waiting]
    if code := request.POST.get("source", ""):
        waiting = waiting.filter(source__code=code)
    codes = sorted({reject.source.code for reject in waiting.select_related("source")})
    for code in codes:
        ask("replay", by=person_of(request), source=code, **args)
    if codes:
        messages.success(request, _("Items that will be read again: %(count)s.") % {"count": waiting.count()})
    else:
        messages.info(request, _("Nothing waits to be read again."))
    return redirect(way_back(request, ""))


@needs("see_sources")
@require_GET
def reject(request: HttpRequest, pk: int) -> HttpResponse:
    """One rejected item: why, where, and its text as it came."""
    found = get_object_or_404(Reject.objects.select_related("source", "batch"), pk=pk)
    return render(request, "track/sources/reject.html", {"reject": told([found], request.user)[0]})


def way_back(request: HttpRequest, code: str) -> str:
    """The source's own page where the button stood there, else the cards."""
    if code and request.POST.get("from") == "source":
        return reverse("track:source", args=[code])
    return reverse("track:sources")
