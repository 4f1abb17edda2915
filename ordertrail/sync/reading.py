"""From a landing to what was said: documents read and mapped, problems apart, with where each stood."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from ordertrail.records import facts
from ordertrail.records.actions import Said
from ordertrail.records.shapes import Problem
from ordertrail.sync.connectors.base import Connector, Landing, Notes, RawDocument
from ordertrail.sync.mapping import Stream, to_records


@dataclass(slots=True)
class Reading:
    """A piece of a landing: what was said, what follows from it (customers, products), and what could not be read."""

    said: list[Said] = field(default_factory=list)
    derived: list[Said] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def add(self, more: Reading) -> None:
        """Take in what another piece holds."""
        self.said += more.said
        self.derived += more.derived
        self.problems += more.problems

    def __len__(self) -> int:
        return len(self.said) + len(self.problems)


class Reader:
    """Reads the landings of one stream; remembers what was derived already."""

    def __init__(self, connector: Connector, stream: Stream, zone: ZoneInfo) -> None:
        self.connector, self.stream, self.zone = connector, stream, zone
        self.notes = Notes()
        self._derived: set[tuple[str, str]] = set()
        self._last: RawDocument | Problem | None = None

    def pieces(self, landing: Landing, size: int) -> Iterator[Reading]:
        """The landing in pieces of ``size`` documents, in order; an empty landing gives one empty piece."""
        piece, any_yet = Reading(), False
        records = to_records(self.stream, self._documents(landing), self.zone, notes=self.notes, derived=self._derived)
        for record in records:
            if isinstance(record, Problem):
                piece.problems.append(record)
            elif (
                record.kind == self.stream.kind and isinstance(self._last, RawDocument) and record.ref == self._last.ref
            ):
                piece.said.append(Said(record, self._last.version, self._last.place[:120], facts.dump(record)))
            else:
                piece.derived.append(Said(record))
            if len(piece) >= size:
                yield piece
                piece, any_yet = Reading(), True
        if piece.said or piece.derived or piece.problems or not any_yet:
            yield piece

    def _documents(self, landing: Landing) -> Iterator[RawDocument | Problem]:
        """The documents, each remembered while its record is being used: version and place stand on it alone."""
        for document in self.connector.read(self.stream, landing):
            self._last = document
            yield document
