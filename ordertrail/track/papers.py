"""Papers: what each system has of one real thing, and why these are one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from ordertrail.records import facts
from ordertrail.records.models import Link, Source, SourceDocument, SourceVersion
from ordertrail.records.shapes import Record
from ordertrail.track.gather import links_of, names_of


@dataclass(frozen=True, slots=True)
class Bond:
    """Why a paper belongs to its thing: a link, in words; ``by_rule`` when no person made it."""

    link: int
    words: str
    at: datetime
    by_rule: bool


@dataclass(frozen=True, slots=True)
class Paper:
    """What one system has of a thing: its own number, and since when it says what it says."""

    id: int
    source: Source
    number: str
    ref: str
    href: str
    home: bool
    gone: bool
    learned_at: datetime
    versions: int
    current: int | None
    bonds: tuple[Bond, ...] = ()


def bond(link: Link, document: int, sources: Mapping[int, Source], people: Mapping[int, str]) -> Bond:
    """A link in words, as it reads beside ``document`` (one of its two): whom it names, what both bear, who joined them."""
    claims = link.document_id == document
    other = link.other if claims else link.document
    names = {
        "other": f"{sources[other.source_id].name} {other}" if other else "",
        "person": people.get(link.made_by or 0, ""),
    }
    by_rule = {
        "same_as": _("names %(other)s") if claims else _("is named by %(other)s"),
        "tax_number": _("bears the tax number of %(other)s"),
        "name": _("bears the name of %(other)s"),
        "sku": _("bears the SKU of %(other)s"),
    }
    words = by_rule.get(link.rule) or _("%(person)s joined it with %(other)s")
    return Bond(link.pk, words % names, link.made_at, bool(link.rule))


def bonds_of(
    links: Iterable[Link], sources: Mapping[int, Source], people: Mapping[int, str]
) -> dict[int, tuple[Bond, ...]]:
    """For each document (by id) its links in words."""
    found: dict[int, list[Bond]] = defaultdict(list)
    for link in links:
        for document in (link.document_id, link.other_id):
            if document is not None:
                found[document].append(bond(link, document, sources, people))
    return {document: tuple(mine) for document, mine in found.items()}


def papers_of(
    documents: Iterable[SourceDocument],
    group: int,
    sources: Mapping[int, Source],
    bonds: Mapping[int, Collection[Bond]],
) -> tuple[Paper, ...]:
    """The papers of one thing, its home's first; every bond stands at the paper that it brings in."""
    shown: set[int] = set()
    found = []
    for document in documents:
        mine = []
        if document.pk != group:
            mine = [bond for bond in bonds.get(document.pk, ()) if bond.link not in shown]
            shown |= {bond.link for bond in mine}
        found.append(
            Paper(
                document.pk,
                sources[document.source_id],
                document.number,
                document.ref,
                reverse("track:document", args=[document.pk]),
                document.pk == group,
                document.gone_at is not None,
                document.learned_at,
                document.last_seq,
                document.current,
                tuple(mine),
            )
        )
    return tuple(found)


@dataclass(frozen=True, slots=True)
class Group:
    """One real thing: its papers, and for each of them (by id) its bonds to the others."""

    papers: tuple[Paper, ...]
    bonds: Mapping[int, tuple[Bond, ...]]
    sources: Mapping[int, Source]


def group(row: int) -> Group:
    """The papers of the thing whose row is ``row``, by four queries."""
    sources = {source.pk: source for source in Source.objects.defer("settings", "secrets")}
    members = list(SourceDocument.objects.filter(group=row))
    members.sort(key=lambda document: (document.pk != row, sources[document.source_id].position, document.pk))
    links = links_of(member.pk for member in members)
    bonds = bonds_of(links, sources, names_of(links))
    return Group(papers_of(members, row, sources, bonds), bonds, sources)


def words_of(kind: str, row: int) -> list[tuple[Paper, Record]]:
    """What each system says now of the ``kind`` whose row is ``row``, its home first: ``group``'s queries and one more."""
    papers = group(row).papers
    versions = SourceVersion.objects.filter(pk__in=[paper.current for paper in papers])
    told = dict(versions.values_list("document_id", "facts"))
    return [(paper, facts.load(kind, told[paper.id])) for paper in papers if paper.id in told]
