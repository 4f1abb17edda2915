"""Reading ahead: what a source says, read, landed and mapped piece by piece, here or in a process of its own.

A first load keeps two cores busy: one reads the source and maps, the other writes the store. Both ways give the same steps.
"""

from __future__ import annotations

import multiprocessing
import queue
import threading
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
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
END_SECONDS = 5.0
"""How long a reading process that has stopped talking may take to end before it is killed."""
Told = tuple[str, Any]
"""What the reading process says: a step, or how it ended."""


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
        ours, its = context.Pipe(duplex=False)
        args = (its, self.source.code, self.stream.name, self.since)
        child = context.Process(target=ahead_child.read, args=args, daemon=True)
        child.start()
        its.close()  # so that its end is seen here when the child is gone
        coming: queue.Queue[Told] = queue.Queue(AHEAD)
        taker = threading.Thread(target=_take, args=(ours, coming), daemon=True)
        taker.start()
        try:
            while (told := coming.get())[0] == "step":
                yield told[1]
            self._end(*told, child)
        finally:
            child.kill()
            while taker.is_alive():  # it may wait for room
                with suppress(queue.Empty):
                    coming.get(timeout=0.01)
            child.join()
            ours.close()

    def _end(self, what: str, told: Any, child: Any) -> None:
        """What the reading process said last; RuntimeError when it is gone without a word (killed, out of memory)."""
        if what == "end":
            self.notes = told
        elif what == "refused":
            raise Refused(*told)
        elif what == "gone":
            child.join(END_SECONDS)
            raise RuntimeError(f"the reading process ended with code {child.exitcode}")
        else:
            raise RuntimeError(told)


def _take(steps: Connection, coming: queue.Queue[Told]) -> None:
    """Unpack what the reading process says while the store is written: SQLite and PostgreSQL work without Python's lock."""
    what = "step"
    while what == "step":
        try:
            what, told = steps.recv()
        except (EOFError, OSError):
            what, told = "gone", None
        except Exception as fault:  # noqa: BLE001  the run waits for a word, whatever could not be unpacked
            what, told = "fault", f"{type(fault).__name__}: {fault}"
        coming.put((what, told))
