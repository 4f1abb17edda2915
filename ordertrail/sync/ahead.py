"""Reading ahead: what a source says, read, landed and mapped piece by piece, here or in a process of its own.

A first load keeps two cores busy: one reads the source and maps, the other writes the store. Both ways give the same steps.
"""

from __future__ import annotations

import multiprocessing
import queue
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from ordertrail.lib.refused import Refused
from ordertrail.records.models import Source
from ordertrail.sync import ahead_child
from ordertrail.sync.connectors.base import Note
from ordertrail.sync.landing import Landed, keep
from ordertrail.sync.mapping import Stream
from ordertrail.sync.reading import Reader, Reading
from ordertrail.sync.sources import opened, zone_of

PIECE = 100
"""Documents in a step: the writer puts several together for one transaction."""
AHEAD = 24
"""Steps that the reading process may be ahead: a bound on memory."""


@dataclass(frozen=True, slots=True)
class Step:
    """A piece of a landing; ``last``: the landing ends with it."""

    landed: Landed
    piece: Reading
    last: bool


@dataclass
class Ahead:
    """Reads one stream; ``notes`` are there when it has ended."""

    source: Source
    stream: Stream
    since: str | None
    notes: list[Note] = field(default_factory=list)

    def here(self) -> Iterator[Step]:
        """The steps, read in this process."""
        connector = opened(self.source)
        reader = Reader(connector, self.stream, zone_of(self.source))
        for landing in connector.fetch(self.stream, self.since):
            landed = keep(self.source.code, landing)
            pieces = reader.pieces(landing, PIECE)
            piece = next(pieces)
            for coming in pieces:
                yield Step(landed, piece, last=False)
                piece = coming
            yield Step(landed, piece, last=True)
        self.notes = [*reader.notes, *connector.notes]

    def apart(self) -> Iterator[Step]:
        """The steps, read ahead in another process; its refusal is raised here, and it ends with this generator."""
        context = multiprocessing.get_context("spawn")
        steps: multiprocessing.Queue[tuple[str, Any]] = context.Queue(maxsize=AHEAD)
        args = (steps, self.source.code, self.stream.name, self.since)
        child = context.Process(target=ahead_child.read, args=args, daemon=True)
        child.start()
        try:
            while True:
                what, told = self._next(steps, child)
                if what == "step":
                    yield told
                elif what == "end":
                    self.notes = told
                    return
                elif what == "refused":
                    raise Refused(*told)
                else:
                    raise RuntimeError(told)
        finally:
            child.kill()
            child.join()

    @staticmethod
    def _next(steps: multiprocessing.Queue[tuple[str, Any]], child: Any) -> tuple[str, Any]:
        """What the reading process says next; RuntimeError when it is gone without a word (killed, out of memory)."""
        while True:
            try:
                return steps.get(timeout=2)
            except queue.Empty:
                if not child.is_alive():
                    raise RuntimeError(f"the reading process ended with code {child.exitcode}") from None
