"""What a connector is: the few classes that every source system is read through.

A connector does two things, kept apart: ``fetch`` touches the outside and gives bytes, ``read`` turns bytes into
documents and touches nothing. What was landed can so be read again at any time, with the same result.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, ClassVar
from zoneinfo import ZoneInfo

from ordertrail.lib import clock
from ordertrail.records.shapes import Problem

if TYPE_CHECKING:
    from ordertrail.sync.mapping import Stream

Value = str | int | Decimal | bool | date | datetime | None
"""What a cell of a source may hold once it is read. Never a float: a float has lost what the source wrote."""


@dataclass(frozen=True, slots=True)
class Landing:
    """Bytes as they came from a source, and what ``read`` needs to know to read them again.

    ``cursor`` is the highest cursor value once this landing and those before it are applied; None leaves the cursor
    where it is. ``total`` is the number of documents expected in all, for progress. ``meta`` holds no secrets.
    """

    body: bytes = field(repr=False)
    media: str
    name: str
    at: datetime
    cursor: str | None = None
    total: int | None = None
    meta: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RawDocument:
    """One document in the words of its source. ``version`` is the source's own version or change time, so written that
    a later one sorts behind an earlier one as text; "" if it has none. ``place`` says where it stands: "row 17".
    """

    ref: str
    row: dict[str, Value]
    lines: tuple[dict[str, Value], ...] = ()
    place: str = ""
    version: str = ""


@dataclass(frozen=True, slots=True)
class Note:
    """Something that reading did and that a person should know, though nothing is wrong: how often, and where first."""

    code: str
    column: str
    detail: str
    place: str
    count: int = 1


class Notes:
    """The notes of one reading, one for each (code, column), counted."""

    def __init__(self) -> None:
        self._notes: dict[tuple[str, str], Note] = {}

    def add(self, code: str, detail: str, *, column: str = "", place: str = "", count: int = 1) -> None:
        """Count one more; the first one's sentence and place are kept."""
        old = self._notes.get((code, column))
        if old:
            count += old.count
            detail, place = old.detail, old.place
        self._notes[code, column] = Note(code, column, detail, place, count)

    def take(self) -> list[Note]:
        """All notes, which are then forgotten: for one who tells of each stream by itself."""
        notes = list(self)
        self._notes.clear()
        return notes

    def __iter__(self) -> Iterator[Note]:
        return iter(self._notes.values())

    def __len__(self) -> int:
        return len(self._notes)


class Connector(ABC):
    """A kind of source system. A file of this folder that holds a subclass named ``Connector`` is a member of it.

    ``secrets`` never appear in a sentence, a landing or a representation. ``notes`` hold what the readings of this
    object had to say beside documents and problems.
    """

    name: ClassVar[str]
    title: ClassVar[Any]
    secret_fields: ClassVar[tuple[str, ...]] = ()

    def __init__(self, settings: Mapping[str, Any], secrets: Mapping[str, str], zone: ZoneInfo) -> None:
        self.settings = dict(settings)
        self.zone = zone
        self.notes = Notes()
        self.now: Callable[[], datetime] = clock.now
        self._secrets = dict(secrets)

    def __repr__(self) -> str:
        return f"<{self.name} connector>"

    @classmethod
    def declared_streams(cls, settings: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
        """The streams of a source whose settings declare none: what a connector for one product knows by itself."""
        return ()

    def hide(self, text: str) -> str:
        """``text`` with every secret of this source made unreadable, for sentences that quote the source."""
        for secret in sorted(filter(None, self._secrets.values()), key=len, reverse=True):
            text = text.replace(secret, "•••")
        return text

    @abstractmethod
    def test(self) -> str:
        """A sentence of what was found there; Refused when the source cannot be reached or makes no sense."""

    @abstractmethod
    def fetch(self, stream: Stream, since: str | None) -> Iterator[Landing]:
        """What changed after cursor ``since`` (None: everything), as bytes. The only part that touches the outside."""

    @abstractmethod
    def read(self, stream: Stream, landing: Landing) -> Iterator[RawDocument | Problem]:
        """The documents in the landed bytes, and those that could not be read. Pure: the same bytes give the same
        answer.
        """

    @abstractmethod
    def keys(self, stream: Stream) -> Iterator[str] | None:
        """The ref of every document there is now, to find what was deleted; None when the source cannot say."""
