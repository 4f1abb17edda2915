"""Sweep: find the documents that a source has deleted, by comparing all its refs with ours."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from ordertrail.desk.rewrite import Rewrite, Touched
from ordertrail.lib import bulk, clock
from ordertrail.lib.gate import writing
from ordertrail.records.actions import regroup
from ordertrail.records.models import Source, SourceDocument

Item = TypeVar("Item")

CHUNK = 500
TOO_MANY = 10
"""One in so many may be missing at once; more is held until a person says that it is right."""


@dataclass(frozen=True, slots=True)
class Swept:
    """What a sweep saw; ``held``: too much was missing, and nothing was done."""

    known: int
    present: int
    missing: int
    gone: int
    held: bool = False


def sweep(source: Source, kind: str, refs: Iterable[str], *, sure: bool = False) -> Swept:
    """Compare ``refs``, all that ``source`` has of ``kind`` now, with what we know of it.

    A document missing in two sweeps in a row is taken as deleted: its row stays, cancelled, with its history. One that is there again
    starts anew. Reported and derived documents (``~`` in the ref) follow the document that they were made from.
    """
    there = set(refs)
    rows = bulk.select(
        f"SELECT id, ref, missed_sweeps FROM {bulk.table(SourceDocument)}"
        " WHERE source_id = %s AND kind = %s AND gone_at IS NULL",
        [source.pk, kind],
    )
    known = {ref: (document, missed) for document, ref, missed in rows if "~" not in ref}
    missing = {ref: told for ref, told in known.items() if ref not in there}
    if not sure and len(missing) * TOO_MANY > len(known) and len(missing) > TOO_MANY:
        return Swept(len(known), len(there), len(missing), 0, held=True)
    gone = [ref for ref, (_, missed) in missing.items() if missed >= 1]
    back = [document for ref, (document, missed) in known.items() if missed and ref in there]
    first = [document for document, missed in missing.values() if not missed]
    for part in _parts(first):
        with writing():
            SourceDocument.objects.filter(pk__in=part).update(missed_sweeps=1)
    for part in _parts(back):
        with writing():
            SourceDocument.objects.filter(pk__in=part).update(missed_sweeps=0)
    for part in _parts(gone):
        _bury(source, kind, part)
    return Swept(len(known), len(there), len(missing), len(gone))


def _parts(items: Sequence[Item]) -> Iterable[Sequence[Item]]:
    return (items[start : start + CHUNK] for start in range(0, len(items), CHUNK))


def _bury(source: Source, kind: str, refs: Sequence[str]) -> None:
    """Take these documents, and what was made from them, as deleted, and make what hangs on them again."""
    names = {kind: list(refs)}
    if kind == "order":
        names |= {
            more: [f"{ref}~{word}" for ref in refs]
            for more, word in (("shipment", "shipped"), ("invoice", "invoiced"), ("payment", "paid"))
        }
    with writing():
        touched: Touched = {}
        lost: set[int] = set()
        ranks = {other.pk: other for other in Source.objects.all()}
        for of, listed in names.items():
            ids = set(
                SourceDocument.objects.filter(source=source, kind=of, ref__in=listed).values_list("id", flat=True)
            )
            SourceDocument.objects.filter(pk__in=ids).update(gone_at=clock.now(), missed_sweeps=2)
            moved = regroup(of, ids, {pk: other.rank(of) for pk, other in ranks.items()})
            touched[of] = moved.touched
            lost |= moved.lost | ids
        Rewrite(touched, lost, {}, {}).run()
