"""Whom the company believes: for each family of facts, a source's place and what it speaks about; changed by who manages sources."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from ordertrail.desk import precedence
from ordertrail.desk.acts import note
from ordertrail.lib.gate import writing
from ordertrail.lib.refused import Refused
from ordertrail.records.models import Scope, Source
from ordertrail.sync.worker import ask
from ordertrail.track.order import person_of
from ordertrail.web.rights import needs

FAMILIES = {
    "order": gettext_lazy("Orders"),
    "goods": gettext_lazy("Goods"),
    "invoice": gettext_lazy("Invoices"),
    "money": gettext_lazy("Money"),
    "production": gettext_lazy("Production"),
}
"""The families of facts, in which each source has a place (``records.models.Source``)."""
LAST = 99
"""The last place that may be given."""


@dataclass(frozen=True, slots=True)
class Trust:
    """How far a source is believed in one family: its rank as it is set, its place among those that speak of it (None where it says
    nothing), how many do, and its scope, which orders do not have."""

    family: str
    words: Promise
    rank: int
    place: int | None
    of: int
    scope: str
    scope_words: Promise | str
    scopes: tuple[tuple[str, Promise | str], ...]


def trust_rows(found: Source) -> list[Trust]:
    """One row a family of facts, in their order."""
    everyone = list(Source.objects.filter(active=True))
    rows = []
    for family, words in FAMILIES.items():
        speaking = [one for one in everyone if family == "order" or getattr(one, f"{family}_scope")]
        inside = sorted(speaking, key=lambda one: (getattr(one, f"{family}_rank"), one.pk))
        place = inside.index(found) + 1 if found in inside else None
        scope = "" if family == "order" else getattr(found, f"{family}_scope")
        scope_words = _("where it has a document") if family == "order" else Scope(scope).label
        choices = () if family == "order" else tuple(Scope.choices)
        rows.append(
            Trust(family, words, getattr(found, f"{family}_rank"), place, len(inside), scope, scope_words, choices)
        )
    return rows


@needs("manage_sources")
@require_POST
def trust(request: HttpRequest, code: str) -> HttpResponse:
    """Believe a source otherwise than before: all places and scopes at once, or none of them; then every order is recounted."""
    found = get_object_or_404(Source, code=code)
    before = precedence.trust_of(found)
    try:
        told = dict(_told(request, found))
    except Refused as refused:
        messages.error(request, refused.detail)
        return redirect("track:source", code)
    for name, value in told.items():
        setattr(found, name, value)
    if precedence.trust_of(found) == before:
        messages.info(request, _("Nothing was typed, so nothing was changed."))
        return redirect("track:source", code)
    with writing():
        found.save(update_fields=list(told))
        note(person_of(request), "believe", "source", found.pk, **told)
    ask("believe", by=person_of(request))
    messages.success(request, _("Every order is recounted now, since another word may count."))
    return redirect("track:source", code)


def _told(request: HttpRequest, found: Source) -> list[tuple[str, int | str]]:
    """The fields that the form names. Refused("no_place"), ("no_scope")."""
    told: list[tuple[str, int | str]] = []
    for family, words in FAMILIES.items():
        text = request.POST.get(f"{family}_rank", str(getattr(found, f"{family}_rank"))).strip()
        if not (text.isascii() and text.isdigit() and 1 <= int(text) <= LAST):
            detail = _("%(about)s: “%(text)s” is no place; write 1 to %(last)s, 1 is believed first.")
            raise Refused("no_place", detail % {"about": words, "text": text, "last": LAST})
        told.append((f"{family}_rank", int(text)))
        if family != "order":
            scope = request.POST.get(f"{family}_scope", getattr(found, f"{family}_scope"))
            if scope not in Scope.values:
                detail = _("%(about)s: choose what the source speaks about.")
                raise Refused("no_scope", detail % {"about": words})
            told.append((f"{family}_scope", scope))
    return told
