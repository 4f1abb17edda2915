"""A source document's page: what one system calls one document, every version of it, where it landed, and what it is one with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from ordertrail.desk.link import link as join
from ordertrail.desk.link import unlink as part
from ordertrail.lib.refused import Refused
from ordertrail.orders.queries import visible_orders
from ordertrail.parties.models import Customer
from ordertrail.records import facts
from ordertrail.records.models import Batch, Link, SourceDocument, SourceVersion
from ordertrail.track.addresses import found, href
from ordertrail.track.differences import Difference, Plain, compared, flat
from ordertrail.track.field_words import figure, word
from ordertrail.track.order import person_of
from ordertrail.track.papers import Bond, Paper, group
from ordertrail.track.scope import seen, whole
from ordertrail.track.things import ICONS, KINDS
from ordertrail.web.rights import may, needs

COST = frozenset({"cost"})
"""Fields behind the right to see cost."""
SHOWN_VERSIONS = 50
"""So many versions, the newest, are shown with what changed."""


@dataclass(frozen=True, slots=True)
class Version:
    """One version: when we learned it, from which bytes, and what changed against the one before; ``late``: it came after a
    newer one and never was in force."""

    sequence: int
    told: SourceVersion
    batch: Batch | None
    current: bool
    late: bool
    changes: tuple[Difference, ...]


@dataclass(frozen=True, slots=True)
class Facts:
    """What the current version says: the document's own fields, then line by line, columns in the order of the record."""

    own: tuple[tuple[object, object], ...]
    columns: tuple[tuple[object, bool], ...]  # the word, and whether it is a column of figures
    lines: tuple[tuple[str, tuple[tuple[object, bool], ...]], ...]


@dataclass(frozen=True, slots=True)
class SourcePage:
    """Everything that the page shows."""

    document: SourceDocument
    kind_words: object
    icon: str
    thing_href: str
    facts: Facts
    versions: tuple[Version, ...]
    older: int
    papers: tuple[Paper, ...]
    bonds: tuple[Bond, ...]
    told: bool  # False: what it says is not shown, since it tells of other people's orders too


def document_of(request: HttpRequest, pk: int) -> SourceDocument:
    """The source document ``pk``; Http404 when there is none, or none that this person may see."""
    document = SourceDocument.objects.select_related("source").filter(pk=pk).first()
    if document is None or not seen(document.kind, [document.group], request.user):
        raise Http404(pk)
    return document


def source_page(document: SourceDocument, person: object) -> SourcePage:
    """The page of ``document``, by a fixed number of queries: no cost on it for who sees none, and nothing that it says where that
    tells of orders which ``person`` may not see."""
    cost, told = may(person, "see_cost"), whole(document.kind, document.group, person)
    hidden = frozenset() if cost else COST
    rows = list(
        SourceVersion.objects.filter(document=document).select_related("batch").order_by("-pk")[: SHOWN_VERSIONS + 1]
    )
    versions = _versions(document, rows, hidden)
    now = next((version.told for version in versions if version.current), None)
    thing = group(document.group)
    return SourcePage(
        document,
        KINDS[document.kind],
        ICONS[document.kind],
        href(document.kind, document.group),
        _facts(document.kind, now if told else None, hidden),
        tuple(version if told else replace(version, changes=()) for version in versions[:SHOWN_VERSIONS]),
        max(0, document.last_seq - SHOWN_VERSIONS),
        thing.papers,
        thing.bonds.get(document.pk, ()),
        told,
    )


def _versions(document: SourceDocument, rows: Sequence[SourceVersion], hidden: frozenset[str]) -> tuple[Version, ...]:
    """The versions newest first, each against the one that was in force before it."""
    found: list[Version] = []
    force = ""
    before: dict[tuple[str, str], Plain] = {}
    for at, row in enumerate(reversed(rows)):
        told = flat(facts.load(document.kind, row.facts), hidden=hidden)
        late = bool(row.version and force and row.version < force)
        changes = tuple(compared(before, told)) if at and not late else ()
        sequence = document.last_seq - len(rows) + at + 1
        found.append(Version(sequence, row, row.batch, row.pk == document.current, late, changes))
        if not late:
            force, before = row.version, told
    return tuple(reversed(found))


def _facts(kind: str, told: SourceVersion | None, hidden: frozenset[str]) -> Facts:
    if told is None:
        return Facts((), (), ())
    record = facts.load(kind, told.facts)
    pairs = flat(record, hidden=hidden)
    names = list(dict.fromkeys(name for line, name in pairs if line))
    refs = list(dict.fromkeys(line for line, _name in pairs if line))
    currency = str(getattr(record, "currency", "") or "")
    figures = {name for (line, name), value in pairs.items() if line and isinstance(value, Decimal)}
    return Facts(
        tuple((word(name), figure(name, value, currency)) for (line, name), value in pairs.items() if not line),
        tuple((word(name), name in figures) for name in names),
        tuple(
            (ref, tuple((figure(name, pairs.get((ref, name)), currency), name in figures) for name in names))
            for ref in refs
        ),
    )


@needs("see_orders")
@require_GET
def source_document(request: HttpRequest, pk: int) -> HttpResponse:
    """What one system says of one document, and since when; ``?order=`` proposes that order's customer to be one with this."""
    document = document_of(request, pk)
    page = source_page(document, request.user)
    number = request.GET.get("order", "")
    proposed = _customer_of(request, number, document) if number else None
    return render(request, "track/source_document.html", {"page": page, "proposed": proposed})


def _customer_of(request: HttpRequest, number: str, document: SourceDocument) -> Customer | None:
    """The customer of an order, where ``document`` is another customer that may be the same one."""
    if document.kind != "customer":
        return None
    orders = visible_orders(request.user).filter(number=number, customer__isnull=False)
    order = orders.exclude(customer=document.group).select_related("customer").first()
    return order.customer if order else None


@needs("link_documents")
@require_POST
def link(request: HttpRequest, pk: int) -> HttpResponse:
    """Say that this document and another one, named by number or chosen from several, are one real thing."""
    document = document_of(request, pk)
    typed = request.POST.get("other", "").strip()
    others = _others(request, document, typed)
    if len(others) == 1:
        try:
            join(person_of(request), document.pk, others[0].pk)
        except Refused as no:
            messages.error(request, no.detail)
        else:
            told = {"one": document, "other": others[0]}
            messages.success(request, _("%(one)s and %(other)s are one now.") % told)
        return redirect("track:document", pk=pk)
    if not others:
        detail = _("No other document of this kind bears %(number)s; look for it first, and copy its number.")
        messages.error(request, detail % {"number": typed})
        return redirect("track:document", pk=pk)
    page = source_page(document, request.user)
    return render(request, "track/source_document.html", {"page": page, "typed": typed, "others": others}, status=422)


def _others(request: HttpRequest, document: SourceDocument, typed: str) -> list[SourceDocument]:
    """The documents of the same kind, of other groups, that ``typed`` may mean: one for each real thing, its home."""
    ids = [pk for pk in found(document.kind, typed) if pk != document.group]
    visible = seen(document.kind, ids, request.user)
    return list(SourceDocument.objects.filter(pk__in=visible).select_related("source").order_by("pk"))


@needs("link_documents")
@require_POST
def unlink(request: HttpRequest, pk: int) -> HttpResponse:
    """Say that what a link joins are two things."""
    document = document_of(request, pk)
    wanted = request.POST.get("link", "")
    group = SourceDocument.objects.filter(group=document.group).values("pk")
    joined = Link.objects.filter(document__in=group, pk=wanted).first() if wanted.isdigit() else None
    try:
        if joined is None:
            raise Refused("already_unlinked", _("These two are parted already; reload the page."))
        part(person_of(request), joined)
    except Refused as no:
        messages.error(request, no.detail)
    else:
        messages.success(request, _("They are two documents again; nothing that either of them says is lost."))
    return redirect("track:document", pk=pk)
