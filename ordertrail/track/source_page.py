"""One source: what is read, how it stands, whom the company believes; for administrators its schedule and credentials."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from ordertrail.desk import precedence
from ordertrail.desk.acts import note
from ordertrail.lib.gate import writing
from ordertrail.lib.refused import Refused
from ordertrail.orders.queries import only_for
from ordertrail.records.models import Source
from ordertrail.sync.connectors import connector
from ordertrail.sync.models import Cursor, Reject
from ordertrail.sync.secrets import seal, secrets_of
from ordertrail.sync.sources import in_order, opened
from ordertrail.sync.story import KINDS
from ordertrail.sync.worker import ask
from ordertrail.track.order import person_of
from ordertrail.track.source_cards import cards
from ordertrail.track.trust import trust_rows
from ordertrail.track.when import read_up_to
from ordertrail.track.withheld import told as told_rejects
from ordertrail.web.rights import needs

NOT_SHOWN = frozenset({"streams", "derive", "settle_seconds"})
SETTINGS: dict[str, Promise] = {
    "url": gettext_lazy("Address"),
    "address": gettext_lazy("Address"),
    "folder": gettext_lazy("Folder that is watched"),
    "database": gettext_lazy("Database"),
    "user": gettext_lazy("User name"),
    "encoding": gettext_lazy("Encoding"),
    "separator": gettext_lazy("Separator"),
    "auth": gettext_lazy("Log-in"),
    "paging": gettext_lazy("Pages"),
    "allow": gettext_lazy("Allowed addresses"),
}
"""Settings that most sources have, in words; the others are shown by their own names."""
SHOWN_REJECTS = 50
LONGEST_WAIT = 7 * 24 * 60
"""Minutes between two syncs, at most: a week."""


@dataclass(frozen=True, slots=True)
class StreamRow:
    """One kind of document that is read: from where, by what key, how far."""

    words: Promise | str
    name: str
    reads: str
    lines: str
    key: str
    fields: int
    cursor: str | datetime
    swept_at: datetime | None


@needs("see_sources")
@require_GET
def source(request: HttpRequest, code: str) -> HttpResponse:
    """The source's page."""
    found = get_object_or_404(Source, code=code)
    waiting = Reject.objects.filter(source=found, solved_at=None).select_related("source", "batch").order_by("at", "pk")
    card = cards([found])[0]
    title, secret_fields = about_connector(found.connector)
    context = {
        "source": found,
        "card": card,
        "connector_title": title,
        "uploads": found.connector == "files",
        "streams": stream_rows(found, cursors=only_for(request.user) is None),
        "settings": shown_settings(found.settings),
        "secrets": [(name, name in known_secrets(found)) for name in secret_fields],
        "trust": trust_rows(found),
        "rejects": told_rejects(waiting[:SHOWN_REJECTS], request.user),
        "reject_count": card.rejects,
    }
    return render(request, "track/sources/source.html", context)


def about_connector(name: str) -> tuple[Any, tuple[str, ...]]:
    """The title and the secrets of a connector; its bare name where it is not in the house any more."""
    try:
        kind = connector(name)
    except Refused:
        return name, ()
    return kind.title, kind.secret_fields


def stream_rows(found: Source, *, cursors: bool = True) -> list[StreamRow]:
    """What is read of a source; empty where its mapping is not made or no longer holds. ``cursors``: with how far, which may be
    the number of an order."""
    try:
        streams = in_order(found)
    except Refused:
        return []
    kept = {cursor.stream: cursor for cursor in Cursor.objects.filter(source=found)}
    rows = []
    for stream in streams:
        cursor = kept.get(stream.name)
        rows.append(
            StreamRow(
                KINDS.get(stream.kind, stream.kind),
                "" if stream.name == stream.kind else stream.name,
                _("every file") if stream.from_ == "*" else stream.from_,
                stream.lines.from_ if stream.lines else "",
                stream.key.column,
                len(stream.fields) + len(stream.line_fields),
                read_up_to(cursor.value, found.zone) if cursor and cursors else "",
                cursor.swept_at if cursor else None,
            )
        )
    return rows


def shown_settings(settings: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The settings as they are shown: no streams, no passwords, an address without what stands before its @."""
    return [(str(SETTINGS.get(name, name)), told(value)) for name, value in settings.items() if name not in NOT_SHOWN]


def told(value: Any) -> str:
    """A setting in one line.

    >>> told("mysql://anna:secret@erp/main"), told({"kind": "page", "size": 50}), told(["a", "b"])
    ('mysql://…@erp/main', 'kind page, size 50', 'a, b')
    """
    if isinstance(value, Mapping):
        return ", ".join(f"{name} {told(inner)}" for name, inner in value.items())
    if isinstance(value, list | tuple):
        return ", ".join(map(told, value))
    text = str(value)
    scheme, slashes, rest = text.partition("://")
    before, at, host = rest.rpartition("@")
    return f"{scheme}://…@{host}" if slashes and at and before else text


def known_secrets(found: Source) -> set[str]:
    """The names of the credentials that are kept; none where their key is lost."""
    try:
        return set(secrets_of(found))
    except Refused:
        return set()


@needs("manage_sources")
@require_POST
def test(request: HttpRequest, code: str) -> HttpResponse:
    """Reach the source now, and say what was found."""
    found = get_object_or_404(Source, code=code)
    try:
        messages.success(request, opened(found).test())
    except Refused as refused:
        messages.error(request, refused.detail)
    return redirect("track:source", code)


@needs("manage_sources")
@require_POST
def credentials(request: HttpRequest, code: str) -> HttpResponse:
    """Keep new credentials; an empty field changes nothing, and nothing is ever shown again."""
    found = get_object_or_404(Source, code=code)
    names = connector(found.connector).secret_fields
    told_now = {name: request.POST.get(name, "") for name in names if request.POST.get(name)}
    if not told_now:
        messages.info(request, _("Nothing was typed, so nothing was changed."))
        return redirect("track:source", code)
    try:
        before = secrets_of(found)
    except Refused:
        before = {}
    with writing():
        Source.objects.filter(pk=found.pk).update(secrets=seal({**before, **told_now}))
        note(person_of(request), "credentials", "source", found.pk, names=sorted(told_now))
    messages.success(request, _("The credentials are kept."))
    return redirect("track:source", code)


@needs("manage_sources")
@require_POST
def schedule(request: HttpRequest, code: str) -> HttpResponse:
    """Change how often a source is read, and whether it is read and believed at all."""
    found = get_object_or_404(Source, code=code)
    text = request.POST.get("every_minutes", "").strip()
    if text and not (text.isascii() and text.isdigit() and 1 <= int(text) <= LONGEST_WAIT):
        detail = _("“%(text)s” is no number of minutes; write 1 to %(most)s, or leave it empty.")
        messages.error(request, detail % {"text": text, "most": LONGEST_WAIT})
        return redirect("track:source", code)
    before = precedence.trust_of(found)
    found.every_minutes, found.active = (int(text) if text else None), "active" in request.POST
    with writing():
        found.save(update_fields=["every_minutes", "active"])
        note(person_of(request), "schedule", "source", found.pk, every_minutes=found.every_minutes, active=found.active)
    if precedence.trust_of(found) != before:
        ask("believe", by=person_of(request))
        messages.info(request, _("Every order is recounted now, since another word may count."))
    messages.success(request, _("The schedule is kept."))
    return redirect("track:source", code)
