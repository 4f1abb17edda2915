"""The mapping of a source: which column is what. Suggested, tried on the first documents, then kept and read."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from ordertrail.desk.acts import note
from ordertrail.lib.gate import writing
from ordertrail.lib.refused import Refused
from ordertrail.records.models import Source
from ordertrail.sync.connectors import connector
from ordertrail.sync.sampling import Sample, Tried, places, sample, tried
from ordertrail.sync.spec import LINES
from ordertrail.sync.story import KINDS
from ordertrail.sync.worker import ask
from ordertrail.track.mapping_form import draft, name_of, posted, proposed, reading, with_stream
from ordertrail.track.order import person_of
from ordertrail.web.rights import needs

NOTHING = Sample(())


@needs("manage_sources")
@require_http_methods(["GET", "POST"])
def mapping(request: HttpRequest, code: str) -> HttpResponse:
    """The form of one stream; posted with ``try`` it shows what would be read, else it is kept and the source is synced."""
    source = get_object_or_404(Source, code=code)
    stream = chosen_stream(request, source)
    if stream is None:
        return shown(request, source, None, NOTHING)
    if request.method == "POST":
        return answered(request, source, stream)
    try:
        seen = sample(source, stream)
    except Refused as refused:
        return shown(request, source, stream, NOTHING, refused=refused)
    fresh = not stream.get("fields")
    if fresh:
        stream = {**proposed(source, str(stream["kind"]), str(stream.get("from", "")), seen), **without_empty(stream)}
    return shown(request, source, stream, seen, suggested=fresh)


def without_empty(stream: dict[str, Any]) -> dict[str, Any]:
    """A stream without what it does not say."""
    return {name: value for name, value in stream.items() if value not in ("", None, {}, [])}


def chosen_stream(request: HttpRequest, source: Source) -> dict[str, Any] | None:
    """The stream that the address names: one that is declared, or a new one of a kind, from a place. None without either."""
    asked = request.POST if request.method == "POST" else request.GET
    name, kind = asked.get("stream", ""), asked.get("kind", "")
    if asked.get("new"):
        return None
    known = {name_of(one): dict(one) for one in source.settings.get("streams", ())}
    if name in known:
        return known[name]
    if kind in KINDS:
        return {"kind": kind, "from": asked.get("from", "").strip()}
    if len(known) == 1 and not name:
        return next(iter(known.values()))
    return None


def answered(request: HttpRequest, source: Source, before: dict[str, Any]) -> HttpResponse:
    """The form as posted: tried, or kept; with what is wrong in it, nothing is kept and nothing typed is lost."""
    stream = posted(request.POST, before)
    source.settings = {**source.settings, **reading(request.POST)}
    outcome: Tried | None = None
    try:
        settings = with_stream(source.settings, stream)
        if "try" in request.POST:
            outcome = tried(source, stream)
        else:
            keep(request, source, settings, stream)
            return redirect("track:source", source.code)
    except Refused as refused:
        return shown(request, source, stream, seen_again(source, stream), refused=refused)
    return shown(request, source, stream, seen_again(source, stream), outcome=outcome)


def seen_again(source: Source, stream: dict[str, Any]) -> Sample:
    """The first rows, where they can still be read."""
    try:
        return sample(source, stream)
    except Refused:
        return NOTHING


def keep(request: HttpRequest, source: Source, settings: dict[str, Any], stream: dict[str, Any]) -> None:
    """Keep the mapping; a source that was not read yet is read from now on."""
    by = person_of(request)
    with writing():
        Source.objects.filter(pk=source.pk).update(settings=settings, active=True)
        note(by, "mapping", "source", source.pk, stream=name_of(stream))
    ask("sync", by=by, source=source.code)
    ask("replay", by=by, source=source.code)
    messages.success(request, _("The mapping is kept; %(source)s will be read with it now.") % {"source": source})


def shown(
    request: HttpRequest,
    source: Source,
    stream: dict[str, Any] | None,
    seen: Sample,
    *,
    suggested: bool = False,
    refused: Refused | None = None,
    outcome: Tried | None = None,
) -> HttpResponse:
    """The page; 422 with what is wrong where something is."""
    reads, problem = listed_places(source)
    kind = str(stream["kind"]) if stream else ""
    context = {
        "source": source,
        "title": connector(source.connector).title,
        "streams": [(name_of(one), KINDS.get(one.get("kind", ""), "")) for one in source.settings.get("streams", ())],
        "kinds": list(KINDS.items()),
        "places": reads,
        "places_problem": problem,
        "stream": stream,
        "kind_words": KINDS.get(kind, ""),
        "draft": draft(stream, seen, suggested=suggested) if stream else None,
        "seen": seen,
        "has_lines": kind in LINES,
        "is_files": source.connector == "files",
        "refused": refused,
        "outcome": outcome,
        "here": reverse("track:mapping", args=[source.code]),
    }
    return render(request, "track/sources/mapping.html", context, status=422 if refused else 200)


def listed_places(source: Source) -> tuple[list[str], str]:
    """What may be read of the source, or why that cannot be said."""
    try:
        return places(source), ""
    except Refused as refused:
        return [], refused.detail
