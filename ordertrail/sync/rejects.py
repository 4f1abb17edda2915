"""Rejects: what a source told that could not be read waits here, once, until it can be."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from ordertrail.lib import bulk, clock
from ordertrail.records.models import Batch, Source, SourceDocument
from ordertrail.records.shapes import Problem
from ordertrail.sync.models import Reject
from ordertrail.sync.reading import Reading

LONGEST_RAW = 20_000
"""Signs that are kept of an item that could not be read; the rest stands in its landing."""


def keep_rejects(source: Source, stream: str, piece: Reading, batch: Batch | None) -> None:
    """Keep what could not be read, once for each item, and close what has been read since."""
    open_ = Reject.objects.filter(source=source, stream=stream, solved_at=None)
    if piece.said and open_.exists():
        open_.filter(ref__in=[item.record.ref for item in piece.said]).update(solved_at=clock.now())
    for problem in piece.problems:
        values = _reject(problem, batch)
        if not open_.filter(**_identity(values, problem.ref[:200])).update(**values):
            Reject.objects.create(source=source, stream=stream, ref=problem.ref[:200], **values)


def _identity(values: dict[str, Any], ref: str) -> dict[str, Any]:
    """By what a rejected item is known when it comes again: its ref, else that it says the same at the same place."""
    return {"ref": ref} if ref else {"ref": "", **{name: values[name] for name in ("place", "code", "raw")}}


def _reject(problem: Problem, batch: Batch | None) -> dict[str, Any]:
    return {
        "batch": batch,
        "place": problem.place[:120],
        "column": problem.column[:120],
        "code": problem.code[:40],
        "detail": problem.detail,
        "raw": problem.raw[:LONGEST_RAW],
        "at": clock.now(),
    }


def known_refs(source: Source, kind: str, refs: Collection[str]) -> set[str]:
    """Which of ``refs`` we know: as documents, or as rejected items that wait."""
    asked = [bulk.bound(refs)]
    documents = f"SELECT ref FROM {bulk.table(SourceDocument)} WHERE source_id = %s AND kind = %s"
    rejects = f"SELECT ref FROM {bulk.table(Reject)} WHERE source_id = %s AND solved_at IS NULL"
    among = f" AND ref IN {bulk.among('text')}"
    rows = bulk.select(documents + among, [source.pk, kind, *asked]) + bulk.select(rejects + among, [source.pk, *asked])
    return {row[0] for row in rows}
