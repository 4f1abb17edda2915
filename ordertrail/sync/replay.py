"""Replay: read the landed bytes again, and see that they still say what the store holds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ordertrail.lib import bulk
from ordertrail.lib.refused import Refused
from ordertrail.records import facts
from ordertrail.records.derive import reported_ref
from ordertrail.records.models import Batch, Source, SourceDocument
from ordertrail.sync.landing import again
from ordertrail.sync.reading import Reader
from ordertrail.sync.sources import in_order, opened, zone_of

PIECE = 1_000

Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Differs:
    """A document whose landed bytes do not say what the store holds of it."""

    source: str
    kind: str
    ref: str
    detail: str


def check(source: Source) -> Iterator[Differs]:
    """Read every landing of ``source`` again, in order, with the mapping as it is now, and compare the last words of each document
    with what the store holds as current. A file that is missing or damaged is told as such."""
    said: dict[Key, tuple[str, int]] = {}
    try:
        connector = opened(source)
    except ValueError as wrong:
        yield Differs(source.code, "", "", str(wrong))
        return
    for stream in in_order(source):
        reader = Reader(connector, stream, zone_of(source))
        for batch in Batch.objects.filter(source=source, stream=stream.name).order_by("pk"):
            try:
                landing = again(batch)
            except (OSError, Refused) as damage:
                yield Differs(source.code, stream.kind, batch.name, str(damage))
                continue
            for piece in reader.pieces(landing, PIECE):
                for item in (*piece.derived, *piece.said):
                    key = (item.record.kind, item.record.ref)
                    before = said.get(key)
                    if not (before and before[0] and item.version and item.version < before[0]):
                        said[key] = (item.version, facts.digest(item.facts or facts.dump(item.record)))
    yield from _compared(source, said)


def _compared(source: Source, said: dict[Key, tuple[str, int]]) -> Iterator[Differs]:
    rows = bulk.select(
        f"SELECT kind, ref, digest FROM {bulk.table(SourceDocument)} WHERE source_id = %s ORDER BY id", [source.pk]
    )
    for kind, ref, digest in rows:
        if reported_ref(kind, ref):
            continue  # a reported document: made from its order, whose own bytes are compared
        told = said.pop((kind, ref), None)
        if told is None:
            yield Differs(source.code, kind, ref, "no landing tells of it")
        elif told[1] != digest:
            yield Differs(source.code, kind, ref, "its landed bytes say something else than the store holds")
    for kind, ref in said:
        yield Differs(source.code, kind, ref, "it was landed and is not in the store")
