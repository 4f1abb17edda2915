"""Steps that join documents into groups: claims that two are one, and which group each belongs to.

Called by verbs of the desk inside their transaction; nothing here opens one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import combinations

from ordertrail.lib import bulk
from ordertrail.lib.numbers import name_key, number_key
from ordertrail.records.actions import number_keys, said_now
from ordertrail.records.models import Link, Number, SourceDocument
from ordertrail.records.rules import groups, rule_links
from ordertrail.records.shapes import CustomerRecord, Record, Same

_BY_KEY = {"customer": ("tax_number", "name"), "product": ("sku",)}
"""Rules that join documents of several systems by a key that both carry, strongest first."""


Joins = tuple[int, int, str]
"""A link: the documents that it joins, and the rule that made it ("": a person)."""


def _rule_keys(record: Record, rule: str) -> set[str]:
    if isinstance(record, CustomerRecord):
        if rule == "tax_number":
            return {number_key(record.tax_number)} - {""}
        return {name_key(text) for text in (record.name, *record.other_names)} - {""}
    return {number_key(record.number)} - {""}


def claim(kind: str, records: dict[int, Record], at: datetime, before: Mapping[int, Record] | None = None) -> set[int]:
    """Bring the links that ``records`` (document id → record) give rise to up to date; returns ids of documents whose links changed.

    ``before`` is what those among them said that no longer bear a number: others may have been meant by it, or may be meant by it
    alone now. Links that a person made or parted are left alone.
    """
    if not records:
        return set()
    also = list((before or {}).values())
    touched = _claim_by_name(kind, records, at, also)
    for rule in _BY_KEY.get(kind, ()):
        touched |= _claim_by_key(kind, rule, records, at, also)
    if kind == "customer":  # their tax numbers decide whether names join them
        named = Link.objects.filter(kind=kind, rule="name", ended_at=None)
        for side in ("document_id", "other_id"):
            touched |= set(named.filter(**{f"{side}__in": records}).values_list(side, flat=True))
    return touched


def _claim_by_name(kind: str, records: dict[int, Record], at: datetime, also: Sequence[Record]) -> set[int]:
    """``same_as`` claims of these records, and claims of others that name one of these."""
    wanted: dict[int, set[Same]] = {document: set(record.same_as) for document, record in records.items()}
    if not any(wanted.values()) and not Link.objects.filter(kind=kind, rule="same_as").exists():
        return set()
    held = list(
        Link.objects.filter(rule="same_as", ended_at=None, document__in=records).values_list(
            "id", "document_id", "key", "named_source"
        )
    )
    keys = {key for record in (*records.values(), *also) for key in number_keys(record)}
    has = {(document, key, source) for _, document, key, source in held}
    wants = {
        (document, number_key(same.number)[:100], same.source[:40])
        for document, sames in wanted.items()
        for same in sames
    }
    gone = [link for link, *claimed in held if tuple(claimed) not in wants]
    touched = {document for link, document, *_ in held if link in set(gone)}
    Link.objects.filter(pk__in=gone).update(ended_at=at)
    Link.objects.bulk_create(
        Link(document_id=document, kind=kind, key=key, named_source=source, rule="same_as", made_at=at)
        for document, key, source in sorted(wants - has)
    )
    return touched | _point_claims(kind, keys | {key for _, key, _ in wants})


def _point_claims(kind: str, keys: set[str]) -> set[int]:
    """Point every open ``same_as`` claim that names one of ``keys`` at the one document meant, or at none if it is not one."""
    claims = list(
        Link.objects.filter(kind=kind, key__in=keys, rule="same_as", ended_at=None).select_related("document__source")
    )
    if not claims:
        return set()
    carriers: dict[str, set[tuple[int, int, str, bool]]] = defaultdict(set)
    for key, document, source, code, gone_at in Number.objects.filter(
        kind=kind, search_only=False, key__in={c.key for c in claims}
    ).values_list("key", "document_id", "document__source_id", "document__source__code", "document__gone_at"):
        carriers[key].add((document, source, code, gone_at is not None))
    touched = set()
    for link in claims:
        fits = _living(
            (document, gone)
            for document, source, code, gone in carriers[link.key]
            if source != link.document.source_id and (not link.named_source or code == link.named_source)
        )
        other = fits[0] if len(fits) == 1 else None
        if other != link.other_id:
            touched |= {link.document_id} | {document for document in (other, link.other_id) if document}
            link.other_id = other
            link.save(update_fields=["other"])
    return touched


def _only_by(rule: str, carriers: dict[str, dict[int, set[tuple[int, bool]]]], records: dict[int, Record]) -> None:
    """Leave out customers that bear the key as something else (one's name may be another's number), and names that contradicting tax
    numbers share: which of these a third one of that name is would be a guess."""
    met = {document for by_source in carriers.values() for listed in by_source.values() for document, _ in listed}
    told = records | said_now("customer", met - records.keys())
    for key, by_source in carriers.items():
        for source, listed in by_source.items():
            by_source[source] = {one for one in listed if key in _rule_keys(told[one[0]], rule)}
        bearers = {document for listed in by_source.values() for document in _living(listed)}
        if rule == "name" and len(set().union(*(_rule_keys(told[one], "tax_number") for one in bearers))) > 1:
            by_source.clear()


def _living(carriers: Iterable[tuple[int, bool]]) -> list[int]:
    """The documents meant among (document, whether its source has lost it): the living ones; where there is none, the lost ones, so
    that what was one stays one when a system deletes its part."""
    listed = list(carriers)
    return [document for document, gone in listed if not gone] or [document for document, _ in listed]


def _claim_by_key(kind: str, rule: str, records: dict[int, Record], at: datetime, also: Sequence[Record]) -> set[int]:
    """Links among all documents that share a tax number, a name or a SKU with one of these records, or did before."""
    keys = {key for record in (*records.values(), *also) for key in _rule_keys(record, rule)}
    carriers: dict[str, dict[int, set[tuple[int, bool]]]] = defaultdict(lambda: defaultdict(set))
    for key, document, source, gone_at in bulk.select(
        f"SELECT n.key, n.document_id, d.source_id, d.gone_at FROM {bulk.table(Number)} n"
        f" JOIN {bulk.table(SourceDocument)} d ON d.id = n.document_id"
        f" WHERE n.kind = %s AND NOT n.search_only AND n.key IN {bulk.among('text')}",
        [kind, bulk.bound(keys)],
    ):
        carriers[key][source].add((document, gone_at is not None))
    if kind == "customer":
        _only_by(rule, carriers, records)
    wanted = {
        (key, *pair)
        for key in keys
        for pair in rule_links({source: _living(listed) for source, listed in carriers[key].items()})
    }
    held = {
        (key, document, other): link
        for link, key, document, other in bulk.select(
            f"SELECT id, key, document_id, other_id FROM {bulk.table(Link)}"
            f" WHERE kind = %s AND rule = %s AND ended_at IS NULL AND key IN {bulk.among('text')}",
            [kind, rule, bulk.bound(keys)],
        )
    }
    gone = [link for claimed, link in held.items() if claimed not in wanted]
    touched = {node for claimed in held if claimed not in wanted for node in claimed[1:] if node}
    Link.objects.filter(pk__in=gone).update(ended_at=at)
    fresh = sorted(wanted - set(held))
    Link.objects.bulk_create(
        Link(document_id=one, other_id=other, kind=kind, key=key, rule=rule, made_at=at) for key, one, other in fresh
    )
    return touched | {node for _, one, other in fresh for node in (one, other)}


@dataclass(frozen=True, slots=True)
class Regrouped:
    """The groups whose rows must be made again, and those of them that lost a member: what pointed there may mean another now."""

    touched: set[int] = field(default_factory=set)
    lost: set[int] = field(default_factory=set)


def regroup(kind: str, documents: Iterable[int], ranks: dict[int, int]) -> Regrouped:
    """Find again the groups that ``documents`` belong to and write each member's ``group``: the id of its home.

    That is the member whose source has the lowest rank (``ranks`` by source id), then the lowest source and ref, never who came
    first. A document that its source has lost is home only when all are lost. Touched are the old and the new group of every
    document that moved or was asked for.
    """
    asked = set(documents)
    if not asked:
        return Regrouped()
    links = _links_around(kind, asked)
    parted = {
        frozenset(pair) for pair in Link.objects.filter(kind=kind, parted=True).values_list("document_id", "other_id")
    }
    living = [link for link in links if frozenset(link[:2]) not in parted]
    joined = groups(link[:2] for link in (_undisputed(living) if kind == "customer" else living))
    members = asked | set(joined) | {node for link in links for node in link[:2]}
    rows = {
        row[0]: row
        for row in SourceDocument.objects.filter(pk__in=members).values_list(
            "id", "source_id", "group", "gone_at", "ref"
        )
    }
    found, moves = Regrouped(), []
    for document in members & set(rows):
        group = [rows[node] for node in joined.get(document, {document}) if node in rows]
        home = min(group, key=lambda row: (row[3] is not None, ranks[row[1]], row[1], row[4]))[0]
        old = rows[document][2]
        found.touched.update((old, home))
        if old != home:
            moves.append((document, home))
            found.lost.add(old)
    bulk.update(SourceDocument, ("id", "group"), moves)
    return found


def _undisputed(links: Sequence[Joins]) -> list[Joins]:
    """The links without names that join customers of contradicting tax numbers, through whomever they do."""
    whole = groups(link[:2] for link in links)
    sure = groups(link[:2] for link in links if link[2] != "name")
    named = {id(group := whole[one]): group for one, _, rule in links if rule == "name"}
    told = said_now("customer", set().union(*named.values())) if named else {}
    numbers = {node: _rule_keys(record, "tax_number") for node, record in told.items()}
    disputed: set[int] = set()
    for group in named.values():
        parts = {frozenset(sure.get(node, {node})) for node in group}
        borne = [found for part in parts if (found := set().union(*(numbers.get(node, set()) for node in part)))]
        if any(one.isdisjoint(other) for one, other in combinations(borne, 2)):
            disputed |= group
    return [link for link in links if link[2] != "name" or link[0] not in disputed]


def _links_around(kind: str, asked: set[int]) -> list[Joins]:
    """Every live link of the connected pieces that hold ``asked``, walked outwards until nothing new is met. Documents that
    share a stored group with one asked for are walked too: their link may just have ended."""
    seen: set[int] = set()
    edges: set[Joins] = set()
    homes = set(SourceDocument.objects.filter(pk__in=asked).values_list("group", flat=True))
    edge = asked | set(SourceDocument.objects.filter(group__in=homes).values_list("id", flat=True))
    while edge:
        seen |= edge
        live = Link.objects.filter(kind=kind, ended_at=None).exclude(other=None)
        found = {*live.filter(document__in=edge).values_list("document_id", "other_id", "rule")}
        found |= {*live.filter(other__in=edge).values_list("document_id", "other_id", "rule")}
        edges |= found
        edge = {node for link in found for node in link[:2]} - seen
    asked |= seen
    return sorted(edges)
