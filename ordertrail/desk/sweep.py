"""Sweep: find the documents that a source has deleted, and those that are back, by comparing all its refs with ours."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from ordertrail.desk.rewrite import Rewrite, Touched
from ordertrail.lib import bulk, clock
from ordertrail.lib.gate import rewriting, writing
from ordertrail.records.actions import said_now
from ordertrail.records.claims import claim, regroup
from ordertrail.records.derive import REPORTED, reported_ref
from ordertrail.records.models import Source, SourceDocument

Item = TypeVar("Item")

CHUNK = 500
TOO_MANY = 10
"""One in so many may be missing at once, of a small source so many while half is left; more is held until a person says yes."""


@dataclass(frozen=True, slots=True)
class Swept:
    """What a sweep saw. ``back``: taken as deleted before, and there again; ``unknown``: refs that we have never read; ``held``:
    too much was missing, and nothing was deleted."""

    known: int
    present: int
    missing: int
    gone: int
    back: int = 0
    unknown: frozenset[str] = frozenset()
    held: bool = False


def sweep(source: Source, kind: str, refs: Iterable[str], *, sure: bool = False) -> Swept:
    """Compare ``refs``, all that ``source`` has of ``kind`` now, with what we know of it.

    A document missing in two sweeps in a row is taken as deleted: its row stays, cancelled, with its history. One that is there again
    stands as it last did, whatever its change time. Reported documents follow the order that they were made from. ``sure`` is a
    person's word that so many may go.
    """
    there = set(refs)
    rows = bulk.select(
        f"SELECT id, ref, missed_sweeps, gone_at FROM {bulk.table(SourceDocument)} WHERE source_id = %s AND kind = %s",
        [source.pk, kind],
    )
    known = {ref: (document, missed) for document, ref, missed, gone_at in rows if gone_at is None}
    known = {ref: told for ref, told in known.items() if not reported_ref(kind, ref)}
    missing = {ref: told for ref, told in known.items() if ref not in there}
    _missed(1, [document for document, missed in missing.values() if not missed])
    _missed(0, [document for ref, (document, missed) in known.items() if missed and ref in there])
    back = [ref for _, ref, _, gone_at in rows if gone_at is not None and ref in there]
    for part in _parts(back):
        _turn(source, kind, part, gone=False)
    held = not sure and too_many(len(missing), len(known))
    gone = [] if held else [ref for ref, (_, missed) in missing.items() if missed]
    for part in _parts(gone):
        _turn(source, kind, part, gone=True)
    unknown = frozenset(there - {row[1] for row in rows})
    return Swept(len(known), len(there), len(missing), len(gone), len(back), unknown, held)


def too_many(missing: int, known: int) -> bool:
    """Whether so many missing look like a fault of the source and not like deletions (reliability.md §8, Y21).

    A source of few documents loses some of them; none, or less than half, are left by a fault only.

    >>> too_many(10, 20), too_many(11, 20), too_many(11, 200), too_many(0, 0)
    (False, True, False, False)
    >>> too_many(8, 8), too_many(5, 8), too_many(4, 8), too_many(1, 1)
    (True, True, False, True)
    """
    if (known - missing) * 2 < known:
        return True
    return missing > TOO_MANY and missing * TOO_MANY > known


def _parts(items: Sequence[Item]) -> Iterable[Sequence[Item]]:
    return (items[start : start + CHUNK] for start in range(0, len(items), CHUNK))


def _missed(sweeps: int, documents: Sequence[int]) -> None:
    for part in _parts(documents):
        with writing():
            SourceDocument.objects.filter(pk__in=part).update(missed_sweeps=sweeps)


def _turn(source: Source, kind: str, refs: Sequence[str], *, gone: bool) -> None:
    """Take these documents, and what was made from them, as deleted, or as there again, and make what hangs on them again."""
    names = {kind: list(refs)}
    if kind == "order":
        names |= {more: [f"{ref}~{word}" for ref in refs] for more, word in REPORTED.items()}
    with rewriting():
        now = clock.now()
        touched: Touched = {}
        lost: set[int] = set()
        ranks = {other.pk: other for other in Source.objects.all()}
        for of, listed in names.items():
            turned = SourceDocument.objects.filter(source=source, kind=of, ref__in=listed)
            ids = set(turned.values_list("id", flat=True))
            turned.update(gone_at=now if gone else None, missed_sweeps=2 if gone else 0)
            linked = claim(of, said_now(of, ids), now)
            moved = regroup(of, ids | linked, {pk: other.rank(of) for pk, other in ranks.items()})
            touched[of] = moved.touched
            lost |= moved.lost | ids | set(turned.values_list("group", flat=True))
        Rewrite(touched, lost, {}, {}).run()
