"""Mirror what a source said: the verb through which every document of another system comes in."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from ordertrail.desk.rewrite import Rewrite, Touched
from ordertrail.lib import bulk
from ordertrail.lib.gate import rewriting
from ordertrail.records.actions import Kept, Said, keep
from ordertrail.records.claims import Regrouped, claim, regroup
from ordertrail.records.derive import WORDS, has_figures, reported
from ordertrail.records.models import Batch, Source, SourceDocument
from ordertrail.records.shapes import RECORDS, OrderRecord, Record


@dataclass(slots=True)
class Mirrored:
    """What one call of ``mirror`` did, counted over the documents that were read (derived ones are not counted)."""

    new: int = 0
    changed: int = 0
    unchanged: int = 0
    late: int = 0
    orders: set[int] = field(default_factory=set)


def mirror(
    source: Source,
    said: Sequence[Said],
    *,
    batch: Batch | None,
    learned_at: datetime,
    derived: Sequence[Said] = (),
    also: Callable[[Mirrored], None] | None = None,
) -> Mirrored:
    """Keep what ``source`` said and bring every row that follows from it up to date, in one durable transaction.

    ``derived`` are documents that the source did not send but that follow from what it sent (customers from names). ``also`` runs
    inside the same transaction with the counts: the cursor and the run's figures move with the documents or not at all.
    """
    with rewriting():
        done = _mirror(source, said, derived, batch, learned_at)
        if also is not None:
            also(done)
    return done


def _mirror(
    source: Source, said: Sequence[Said], derived: Sequence[Said], batch: Batch | None, learned_at: datetime
) -> Mirrored:
    done = Mirrored()
    by_kind: dict[str, list[Said]] = defaultdict(list)
    for item in (*_unknown(source, derived), *said):
        by_kind[item.record.kind].append(item)
    counted = {item.record.kind for item in said}
    touched: Touched = defaultdict(set)
    at_hand: dict[int, Record] = {}
    alone: dict[int, int] = {}
    lost: set[int] = set()
    dropped: dict[str, set[str]] = {}
    for kind in RECORDS:
        if not by_kind[kind]:
            continue
        kept = keep(source, batch, by_kind[kind], learned_at)
        if kind in counted:
            _count(done, kept)
        at_hand |= kept.records
        linked = claim(kind, kept.records, learned_at, kept.renamed) | kept.back  # who is back may be the home again
        alone |= dict.fromkeys(kept.fresh - linked, source.pk)
        moved = _moved(kind, linked)
        joined = moved.lost & kept.fresh  # new, and in another's group at once: nothing has ever pointed at their own
        touched[kind] |= (moved.touched - joined) | _touched(kept, linked)
        lost |= (moved.lost - joined) | kept.back | _groups(kept.renamed.keys() | kept.back)
        dropped[kind] = kept.dropped
        if kind == "order":
            for more in _reported(source, kept, by_kind["order"]):
                by_kind[more.record.kind].append(more)
    rewrite = Rewrite(touched, lost, at_hand, alone, dropped)
    done.orders = rewrite.run()
    return done


def _unknown(source: Source, derived: Sequence[Said]) -> list[Said]:
    """Derived documents that are not known yet: they are named after the first document that mentions them, and do not change their
    name with each that spells it another way."""
    refs: dict[str, set[str]] = defaultdict(set)
    for item in derived:
        refs[item.record.kind].add(item.record.ref)
    known = {
        (kind, row[0])
        for kind, listed in refs.items()
        for row in bulk.select(
            f"SELECT ref FROM {bulk.table(SourceDocument)}"
            f" WHERE source_id = %s AND kind = %s AND ref IN {bulk.among('text')}",
            [source.pk, kind, bulk.bound(listed)],
        )
    }
    return [item for item in derived if (item.record.kind, item.record.ref) not in known]


def _count(done: Mirrored, kept: Kept) -> None:
    done.new += kept.new
    done.changed += kept.changed
    done.unchanged += kept.unchanged
    done.late += kept.late


def _moved(kind: str, linked: set[int]) -> Regrouped:
    """The groups of documents whose links changed, found again."""
    return (
        regroup(kind, linked, {other.pk: other.rank(kind) for other in Source.objects.all()}) if linked else Regrouped()
    )


def _touched(kept: Kept, linked: set[int]) -> set[int]:
    """The groups of the kept documents."""
    return (kept.fresh - linked) | _groups(kept.records.keys() - kept.fresh)


def _groups(documents: Collection[int]) -> set[int]:
    if not documents:
        return set()
    rows = bulk.select(
        f'SELECT "group" FROM {bulk.table(SourceDocument)} WHERE id IN {bulk.among()}', [bulk.bound(documents)]
    )
    return {row[0] for row in rows}


def _reported(source: Source, kept: Kept, said: Sequence[Said]) -> list[Said]:
    """Reported documents of the orders that changed: those with a figure, and those that had one before."""
    versions = {item.record.ref: item.version for item in said}
    known = [record.ref for document, record in kept.records.items() if document not in kept.fresh]
    had = {
        row[0]
        for row in bulk.select(
            f"SELECT ref FROM {bulk.table(SourceDocument)} WHERE source_id = %s AND kind IN ('shipment', 'invoice', 'payment')"
            f" AND ref IN {bulk.among('text')}",
            [source.pk, bulk.bound(f"{ref}~{word}" for ref in known for word in WORDS)],
        )
    }
    return [
        Said(more, versions[record.ref])
        for record in kept.records.values()
        if isinstance(record, OrderRecord) and (known or has_figures(record))
        for more in reported(record)
        if more.ref in had or getattr(more, "state", "") != "cancelled"
    ]
