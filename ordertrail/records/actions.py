"""Steps that keep what sources say: documents with their versions and their numbers.

Called by ``desk.mirror`` and ``desk.link`` inside their transaction; nothing here opens one.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from ordertrail.lib import bulk
from ordertrail.lib.numbers import name_key, number_key
from ordertrail.records import facts
from ordertrail.records.models import VERSIONS_PER_DOCUMENT, Batch, Number, Source, SourceDocument, SourceVersion
from ordertrail.records.shapes import RECORDS, CustomerRecord, Record


@dataclass(frozen=True, slots=True)
class Said:
    """One record as a source said it: ``version`` is the source's own (a sequence or change time as sortable text, or "")."""

    record: Record
    version: str = ""
    place: str = ""
    facts: str = ""  # the record's facts, where somebody has dumped them already


@dataclass(slots=True)
class Kept:
    """What ``keep`` did: counts, and the ids of documents whose content is new, with their records. ``renamed`` no longer bear all
    their numbers, with what they said before; ``dropped`` are the keys of these numbers. ``back`` were taken as deleted before."""

    new: int = 0
    changed: int = 0
    unchanged: int = 0
    late: int = 0
    records: dict[int, Record] = field(default_factory=dict)
    fresh: set[int] = field(default_factory=set)
    renamed: dict[int, Record] = field(default_factory=dict)
    dropped: set[str] = field(default_factory=set)
    back: set[int] = field(default_factory=set)


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
    before: dict[int, int] = {}
    newer: dict[int, str] = {}
    for item in said:
        state, record = states[item.record.ref], item.record
        text = item.facts or facts.dump(record)
        print_ = facts.digest(text)
        if state.digest == print_ and state.last_seq and state.gone_at is None:
            kept.unchanged += 1
            if item.version > state.version:  # the same words, said later: what is older than that comes too late too
                state.version = newer[state.id] = item.version
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
        if state.current:
            before.setdefault(state.id, state.current)
        if state.gone_at is not None:
            kept.back.add(state.id)
        state.version, state.digest, state.current, state.gone_at = item.version, print_, version_id, None
        kept.records[state.id] = record
    bulk.update(SourceDocument, ("id", "version"), newer.items())
    _write_documents(source.pk, kind, states, set(fresh), kept, learned_at)
    bulk.insert(SourceVersion, ("id", "document", "version", "learned_at", "batch", "place", "facts"), versions)
    kept.fresh = {ids[ref] for ref in fresh}
    _number(kind, kept, before)
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
    keys = {number_key(record.number)}
    if record.other_numbers:
        keys.update(map(number_key, record.other_numbers))
    if isinstance(record, CustomerRecord):
        keys |= {name_key(text) for text in (record.name, *record.other_names)} | {number_key(record.tax_number)}
    return {key[:100] for key in keys if key}


_SEARCHED = {
    shape: tuple(
        name for name in ("customer_number", "tracking_number", "tax_invoice_number") if name in shape.__slots__
    )
    for shape in RECORDS.values()
}
"""Fields of each kind of record that only find it: the customer's own order number, the carrier's, the tax office's."""


def search_keys(record: Record) -> set[str]:
    """Keys that only find the document."""
    told = _SEARCHED[type(record)]
    return {key[:100] for name in told if (key := number_key(getattr(record, name)))} if told else set()


def _number(kind: str, kept: Kept, versions_before: dict[int, int]) -> None:
    """Bring the number table up to what the kept records say."""
    old: dict[int, set[tuple[str, bool]]] = {document: set() for document in kept.records if document not in kept.fresh}
    sql = f"SELECT document_id, key, search_only FROM {bulk.table(Number)} WHERE document_id IN {bulk.among()}"
    for document, key, search_only in bulk.select(sql, [bulk.bound(old)]) if old else ():
        old[document].add((key, bool(search_only)))
    moved: dict[int, set[tuple[str, bool]]] = {}
    renamed = {}
    for document, record in kept.records.items():
        strong = number_keys(record)
        keys = {(key, key not in strong) for key in strong | search_keys(record)}
        if keys == (before := old.get(document, set())):
            continue
        moved[document] = keys
        if dropped := {key for key, search_only in before - keys if not search_only}:
            renamed[versions_before[document]] = document
            kept.dropped |= dropped
    if renamed:
        kept.renamed = {renamed[version]: record for version, record in _said(kind, renamed).items()}
    bulk.delete(Number, "document", [document for document in moved if old.get(document)])
    bulk.insert(
        Number,
        ("key", "kind", "document", "search_only"),
        [(key, kind, document, weak) for document, keys in moved.items() for key, weak in sorted(keys)],
    )


def _said(kind: str, versions: Collection[int]) -> dict[int, Record]:
    """The records of these versions, by the version's id."""
    rows = bulk.select(
        f"SELECT id, facts FROM {bulk.table(SourceVersion)} WHERE id IN {bulk.among()}", [bulk.bound(versions)]
    )
    return {version: facts.load(kind, told) for version, told in rows}


def said_now(kind: str, documents: Collection[int]) -> dict[int, Record]:
    """What these documents say now, or said last, by the document's id."""
    rows = bulk.select(
        f"SELECT current, id FROM {bulk.table(SourceDocument)} WHERE current IS NOT NULL AND id IN {bulk.among()}",
        [bulk.bound(documents)],
    )
    by_version = dict(rows)
    return {by_version[version]: record for version, record in _said(kind, by_version).items()} if rows else {}
