"""Steps that keep what sources say: documents with their versions, their numbers, and the links between them.

Called by ``desk.mirror`` and ``desk.link`` inside their transaction; nothing here opens one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from ordertrail.lib import bulk
from ordertrail.lib.numbers import name_key, number_key
from ordertrail.records import facts
from ordertrail.records.models import VERSIONS_PER_DOCUMENT, Batch, Link, Number, Source, SourceDocument, SourceVersion
from ordertrail.records.rules import groups, rule_links
from ordertrail.records.shapes import CustomerRecord, Record, Same


@dataclass(frozen=True, slots=True)
class Said:
    """One record as a source said it: ``version`` is the source's own (a sequence or change time as sortable text, or "")."""

    record: Record
    version: str = ""
    place: str = ""
    facts: str = ""  # the record's facts, where somebody has dumped them already


@dataclass(slots=True)
class Kept:
    """What ``keep`` did: counts, and per kind the ids of documents whose content is new, with their records."""

    new: int = 0
    changed: int = 0
    unchanged: int = 0
    late: int = 0
    records: dict[int, Record] = field(default_factory=dict)
    fresh: set[int] = field(default_factory=set)


def keep(source: Source, batch: Batch | None, said: Sequence[Said], learned_at: datetime) -> Kept:
    """Keep what ``source`` said of documents of one kind: a version where the content changed, nothing where it did not.

    The same document twice in one call: the later version wins. An older version than the current one is stored and never
    becomes current (counted as unchanged and ``late``).
    """
    kept = Kept()
    if not said:
        return kept
    kind = said[0].record.kind
    known = _known(source.pk, kind, [item.record.ref for item in said])
    fresh = [ref for ref in dict.fromkeys(item.record.ref for item in said) if ref not in known]
    ids = dict(zip(fresh, bulk.next_ids(SourceDocument, len(fresh)), strict=True))
    states = {ref: _State(ids[ref], "", 0, 0, None) for ref in fresh} | known
    versions: list[tuple[object, ...]] = []
    for item in said:
        state, record = states[item.record.ref], item.record
        text = item.facts or facts.dump(record)
        print_ = facts.digest(text)
        if state.digest == print_ and state.last_seq and state.gone_at is None:
            kept.unchanged += 1
            continue
        state.last_seq += 1
        version_id = state.id * VERSIONS_PER_DOCUMENT + state.last_seq
        versions.append((version_id, state.id, item.version, learned_at, batch and batch.pk, item.place, text))
        state.moved = True
        if state.version and item.version and item.version < state.version:
            kept.unchanged += 1
            kept.late += 1
            continue
        if state.id not in kept.records:
            kept.new += state.last_seq == 1
            kept.changed += state.last_seq != 1
        else:
            kept.unchanged += 1
        state.version, state.digest, state.current, state.gone_at = item.version, print_, version_id, None
        kept.records[state.id] = record
    _write_documents(source.pk, kind, states, set(fresh), kept, learned_at)
    bulk.insert(SourceVersion, ("id", "document", "version", "learned_at", "batch", "place", "facts"), versions)
    kept.fresh = {ids[ref] for ref in fresh}
    _number(kind, kept)
    return kept


@dataclass(slots=True)
class _State:
    """A document while a batch is kept."""

    id: int
    version: str
    digest: int
    last_seq: int
    gone_at: object  # only whether it is set is asked
    current: int | None = None
    moved: bool = False


def _known(source_id: int, kind: str, refs: Sequence[str]) -> dict[str, _State]:
    rows = bulk.select(
        f"SELECT ref, id, version, digest, last_seq, gone_at, current FROM {bulk.table(SourceDocument)}"
        f" WHERE source_id = %s AND kind = %s AND ref IN {bulk.among('text')}",
        [source_id, kind, bulk.bound(set(refs))],
    )
    return {row[0]: _State(*row[1:]) for row in rows}


def _write_documents(
    source_id: int, kind: str, states: dict[str, _State], fresh: set[str], kept: Kept, learned_at: datetime
) -> None:
    """Insert the new documents (each its own group at first) and move the pointers of the changed ones."""
    columns = (
        "id",
        "source",
        "kind",
        "ref",
        "number",
        "group",
        "version",
        "digest",
        "current",
        "last_seq",
        "learned_at",
    )
    more = ("missed_sweeps", "gone_at")
    inserts, updates = [], []
    for ref, state in states.items():
        if not state.moved:
            continue
        record = kept.records.get(state.id)
        number = record.number if record else ""
        if ref in fresh:
            inserts.append(
                (state.id, source_id, kind, ref, number, state.id, state.version, state.digest, state.current,
                 state.last_seq, learned_at, 0, None)
            )  # fmt: skip
        elif record is not None:
            updates.append(
                (state.id, number, state.version, state.digest, state.current, state.last_seq, learned_at, 0, None)
            )
        else:
            SourceDocument.objects.filter(pk=state.id).update(last_seq=state.last_seq)
    bulk.insert(SourceDocument, (*columns, *more), inserts)
    bulk.update(
        SourceDocument,
        ("id", "number", "version", "digest", "current", "last_seq", "learned_at", *more),
        updates,
    )


def number_keys(record: Record) -> set[str]:
    """The keys that mean the record's document to others: its numbers and, for a customer, its names and tax number."""
    texts = {record.number, *record.other_numbers}
    keys = {number_key(text) for text in texts}
    if isinstance(record, CustomerRecord):
        keys |= {name_key(text) for text in (record.name, *record.other_names)} | {number_key(record.tax_number)}
    return {key[:100] for key in keys if key}


def search_keys(record: Record) -> set[str]:
    """Keys that only find the document: the customer's own order number, the carrier's, the tax office's."""
    texts = (getattr(record, name, "") for name in ("customer_number", "tracking_number", "tax_invoice_number"))
    return {number_key(text)[:100] for text in texts if text} - {""}


def _number(kind: str, kept: Kept) -> None:
    """Bring the number table up to what the kept records say."""
    old = [document for document in kept.records if document not in kept.fresh]
    bulk.delete(Number, "document", old)
    bulk.insert(
        Number,
        ("key", "kind", "document", "search_only"),
        [
            (key, kind, document, key not in strong)
            for document, record in kept.records.items()
            for strong in [number_keys(record)]
            for key in sorted(strong | search_keys(record))
        ],
    )


# --- links -------------------------------------------------------------------------------------------------------------

_BY_KEY = {"customer": ("tax_number", "name"), "product": ("sku",)}
"""Rules that join documents of several systems by a key that both carry, strongest first."""


def _rule_keys(record: Record, rule: str) -> set[str]:
    if isinstance(record, CustomerRecord):
        if rule == "tax_number":
            return {number_key(record.tax_number)} - {""}
        return {name_key(text) for text in (record.name, *record.other_names)} - {""}
    return {number_key(record.number)} - {""}


def claim(kind: str, records: dict[int, Record], at: datetime) -> set[int]:
    """Bring the links that ``records`` (document id → record) give rise to up to date; returns ids of documents whose
    links changed. Links that a person made or parted are left alone."""
    if not records:
        return set()
    touched = _claim_by_name(kind, records, at)
    for rule in _BY_KEY.get(kind, ()):
        touched |= _claim_by_key(kind, rule, records, at)
    return touched


def _claim_by_name(kind: str, records: dict[int, Record], at: datetime) -> set[int]:
    """``same_as`` claims of these records, and claims of others that name one of these."""
    wanted: dict[int, set[Same]] = {document: set(record.same_as) for document, record in records.items()}
    if not any(wanted.values()) and not Link.objects.filter(kind=kind, rule="same_as").exists():
        return set()
    held = list(
        Link.objects.filter(rule="same_as", ended_at=None, document__in=records).values_list(
            "id", "document_id", "key", "named_source"
        )
    )
    keys = {key for record in records.values() for key in number_keys(record)}
    keys |= {number_key(same.number) for sames in wanted.values() for same in sames}
    has = {(document, key, source) for _, document, key, source in held}
    wants = {(document, number_key(same.number), same.source) for document, sames in wanted.items() for same in sames}
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


def _living(carriers: Iterable[tuple[int, bool]]) -> list[int]:
    """The documents meant among (document, whether its source has lost it): the living ones; where there is none, the lost ones, so
    that what was one stays one when a system deletes its part."""
    listed = list(carriers)
    return [document for document, gone in listed if not gone] or [document for document, _ in listed]


def _claim_by_key(kind: str, rule: str, records: dict[int, Record], at: datetime) -> set[int]:
    """Links among all documents that share a tax number, a name or a SKU with one of these records."""
    keys = {key for record in records.values() for key in _rule_keys(record, rule)}
    carriers: dict[str, dict[int, set[tuple[int, bool]]]] = defaultdict(lambda: defaultdict(set))
    for key, document, source, gone_at in bulk.select(
        f"SELECT n.key, n.document_id, d.source_id, d.gone_at FROM {bulk.table(Number)} n"
        f" JOIN {bulk.table(SourceDocument)} d ON d.id = n.document_id"
        f" WHERE n.kind = %s AND NOT n.search_only AND n.key IN {bulk.among('text')}",
        [kind, bulk.bound(keys)],
    ):
        carriers[key][source].add((document, gone_at is not None))
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
    pairs = _links_around(kind, asked)
    parted = {
        frozenset(pair) for pair in Link.objects.filter(kind=kind, parted=True).values_list("document_id", "other_id")
    }
    joined = groups(pair for pair in pairs if frozenset(pair) not in parted)
    members = asked | set(joined) | {node for pair in pairs for node in pair}
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


def _links_around(kind: str, asked: set[int]) -> list[tuple[int, int]]:
    """Every live link of the connected pieces that hold ``asked``, walked outwards until nothing new is met. Documents that
    share a stored group with one asked for are walked too: their link may just have ended."""
    seen: set[int] = set()
    edges: set[tuple[int, int]] = set()
    homes = set(SourceDocument.objects.filter(pk__in=asked).values_list("group", flat=True))
    edge = asked | set(SourceDocument.objects.filter(group__in=homes).values_list("id", flat=True))
    while edge:
        seen |= edge
        live = Link.objects.filter(kind=kind, ended_at=None).exclude(other=None)
        found = {*live.filter(document__in=edge).values_list("document_id", "other_id")}
        found |= {*live.filter(other__in=edge).values_list("document_id", "other_id")}
        edges |= found
        edge = {node for pair in found for node in pair} - seen
    asked |= seen
    return sorted(edges)
