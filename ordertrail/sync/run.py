"""A sync run: read one source, land its bytes, mirror what it says, and leave counts that add up and a story."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from itertools import groupby
from operator import attrgetter
from typing import Any

from django.conf import settings
from django.db.models import F, QuerySet
from django.utils.translation import gettext as _

from ordertrail.desk.filling import Filling
from ordertrail.desk.mirror import Mirrored, mirror
from ordertrail.desk.sweep import sweep
from ordertrail.lib import clock, disk
from ordertrail.lib.garbage import collected_rarely
from ordertrail.lib.gate import writing
from ordertrail.lib.refused import Refused
from ordertrail.records.models import Batch, Source
from ordertrail.sync import faults
from ordertrail.sync.ahead import Ahead, Step
from ordertrail.sync.connectors.base import Connector
from ordertrail.sync.landing import Landed, again, land
from ordertrail.sync.mapping import Stream
from ordertrail.sync.models import Cursor, Reject, SyncRun
from ordertrail.sync.reading import Reader, Reading
from ordertrail.sync.rejects import LONGEST_RAW, keep_rejects, known_refs
from ordertrail.sync.sources import in_order, opened, zone_of
from ordertrail.sync.story import entry

Progress = Callable[[str, int, int | None], None]
"""Called with (stream, documents done, documents expected or None)."""

SHORTEST, LONGEST = 50, 2_000
TARGET_SECONDS = 0.05
"""A write transaction is kept near this long: others wait behind it at the gate."""
WIDE_LAG_SECONDS = 7 * 24 * 3600
"""How far behind the cursor a run with a sweep reads again, once a day: what was committed much later than it says is caught."""
FIRST_LOAD_SECONDS = 0.3
"""While a stream is read for the first time nobody works with it yet, and longer transactions make it much quicker."""


@dataclass(slots=True)
class Counts:
    """What was read of one stream; ``read`` = new + changed + unchanged + rejected."""

    read: int = 0
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    rejected: int = 0
    late: int = 0
    landings: int = 0
    size: int = 0

    def add(self, piece: Reading, done: Mirrored) -> None:
        """Count one piece."""
        self.read += len(piece)
        self.new += done.new
        self.changed += done.changed
        self.unchanged += len(piece.said) - done.new - done.changed
        self.rejected += len(piece.problems)
        self.late += done.late


@dataclass(slots=True)
class _Pace:
    """How many documents go into one transaction: grows and shrinks with how long the last one took."""

    target: float = TARGET_SECONDS
    size: int = 200

    def learn(self, seconds: float, documents: int) -> None:
        if documents:
            fitting = int(documents * self.target / max(seconds, 0.001))
            self.size = max(SHORTEST, min(LONGEST, (self.size + fitting) // 2))


def _silent(stream: str, done: int, expected: int | None) -> None:
    """No progress is shown."""


@dataclass
class _Run:
    """One run while it goes."""

    source: Source
    row: SyncRun
    connector: Connector
    load: Filling
    progress: Progress = _silent
    wide: bool = False
    pace: _Pace = field(default_factory=_Pace)
    counts: dict[str, Counts] = field(default_factory=dict)

    def stream(self, stream: Stream) -> None:
        """Read one stream from its cursor, less its lag, to its end."""
        if self.wide and stream.lag_seconds:
            stream = replace(stream, lag_seconds=max(stream.lag_seconds, WIDE_LAG_SECONDS))
        cursor, _made = Cursor.objects.get_or_create(source=self.source, stream=stream.name)
        since = cursor.value or None
        self.tell("stream", stream=stream.name, since=since) if since else self.tell("first", stream=stream.name)
        self.pace.target = TARGET_SECONDS if cursor.first_load_done else FIRST_LOAD_SECONDS
        counts = self.counts[stream.name] = Counts()
        ahead = Ahead(self.source, stream, since)
        for steps in by_landing(ahead.here() if cursor.first_load_done else ahead.apart()):
            self._apply(stream, steps, counts, first=not cursor.first_load_done)
        Cursor.objects.filter(pk=cursor.pk).update(first_load_done=True)
        self.tell("landed", stream=stream.name, count=counts.landings, size=counts.size)
        self.tell("counted", stream=stream.name, **{name: getattr(counts, name) for name in _COUNTED})
        if counts.late:
            self.tell("late", stream=stream.name, count=counts.late)
        for note in ahead.notes:
            self.tell("note", stream=stream.name, detail=note.detail, count=note.count, place=note.place)

    def _apply(self, stream: Stream, steps: Iterator[Step], counts: Counts, *, first: bool) -> None:
        """Mirror a landing piece by piece; the cursor moves in the transaction of its last piece."""
        batch: Batch | None = None
        piece = Reading()
        for step in steps:
            landed = step.landed
            if batch is None:
                self._tell_again(stream, landed)
                batch = land(self.source, stream.name, landed)
                counts.landings += 1
                counts.size += landed.size
                if counts.landings == 1 and landed.total is not None:
                    SyncRun.objects.filter(pk=self.row.pk).update(expected=F("expected") + landed.total)
            piece.add(step.piece)
            if step.last or len(piece) >= self.pace.size:
                done = self._mirror(stream, piece, batch, counts, landed if step.last else None)
                if first:
                    self.load.brought(len(done.orders))
                self.progress(stream.name, counts.read, landed.total)
                piece = Reading()

    def _tell_again(self, stream: Stream, landed: Landed) -> None:
        """Say of a file that the same bytes came before, and when; not where all is read again, nor of what a program answers."""
        since = Cursor.objects.filter(source=self.source, stream=stream.name).exclude(value="")
        if self.source.connector == "files" and since.exists():
            alike = Batch.objects.filter(source=self.source, stream=stream.name, sha256=landed.sha256)
            if (before := alike.exclude(applied_at=None).order_by("pk").first()) is not None:
                day = before.learned_at.astimezone(clock.zone()).date().isoformat()
                self.tell("received", stream=stream.name, name=landed.name, day=day)

    def _mirror(self, stream: Stream, piece: Reading, batch: Batch, counts: Counts, last: Landed | None) -> Mirrored:
        def also(done: Mirrored) -> None:
            keep_rejects(self.source, stream.name, piece, batch)
            _add_counts(self.row, piece, done)
            if last is not None:
                Batch.objects.filter(pk=batch.pk).update(applied_at=clock.now())
                if last.cursor is not None:
                    Cursor.objects.filter(source=self.source, stream=stream.name).update(value=last.cursor)

        begun = time.monotonic()
        done = mirror(
            self.source, piece.said, batch=batch, learned_at=batch.learned_at, derived=piece.derived, also=also
        )
        self.pace.learn(time.monotonic() - begun, len(piece))
        counts.add(piece, done)
        return done

    def sweep(self, kind: str, listed: Sequence[Stream], *, sure: bool) -> None:
        """Compare the refs of ``kind`` that the source has now, in all streams of that kind, with those that we know; two sweeps
        without a document mean it is gone. What the source has and we never read is read now, if need be from the start.
        """
        name = listed[0].name if len(listed) == 1 else kind
        Cursor.objects.filter(source=self.source, stream__in=[stream.name for stream in listed]).update(
            swept_at=clock.now()
        )
        refs = self._refs(listed)
        if refs is None:
            self.tell("no_sweep", stream=name)
            return
        swept = sweep(self.source, kind, refs, sure=sure)
        if swept.held:
            self.row.state = "held"
            self.tell("held", stream=name, missing=swept.missing, known=swept.known)
            return
        SyncRun.objects.filter(pk=self.row.pk).update(gone=F("gone") + swept.gone)
        self.tell("swept", stream=name, present=swept.present, missing=swept.missing, gone=swept.gone)
        if swept.back:
            self.tell("back", stream=name, count=swept.back)
        if swept.unknown:
            self._read_unknown(kind, listed, swept.unknown)

    def _refs(self, listed: Sequence[Stream]) -> set[str] | None:
        found: set[str] = set()
        for stream in listed:
            refs = self.connector.keys(stream)
            if refs is None:
                return None
            found.update(refs)
        return found

    def _read_unknown(self, kind: str, listed: Sequence[Stream], unknown: frozenset[str]) -> None:
        """Read what the source lists and we do not know: most came while we read, the rest has slipped past the cursor."""
        for cursor_too in (False, True):
            unknown -= known_refs(self.source, kind, unknown)
            if not unknown:
                return
            if cursor_too:
                self.tell("unread", stream=listed[0].name if len(listed) == 1 else kind, count=len(unknown))
            for stream in listed:
                if cursor_too:
                    Cursor.objects.filter(source=self.source, stream=stream.name).update(value="")
                self.stream(stream)

    def tell(self, code: str, **values: Any) -> None:
        """Add a line to the run's story."""
        self.row.story.append(entry(code, **values))
        SyncRun.objects.filter(pk=self.row.pk).update(story=self.row.story)


def by_landing(steps: Iterator[Step]) -> Iterator[Iterator[Step]]:
    """The steps of each landing, one landing after the other."""
    for first in steps:
        yield _until_last(first, steps)


def _until_last(first: Step, steps: Iterator[Step]) -> Iterator[Step]:
    yield first
    while not first.last:
        first = next(steps)
        yield first


_COUNTED = ("read", "new", "changed", "unchanged", "rejected")


def _add_counts(row: SyncRun, piece: Reading, done: Mirrored) -> None:
    """Move the run's figures inside the transaction that writes the documents, so that they always add up."""
    SyncRun.objects.filter(pk=row.pk).update(
        read=F("read") + len(piece),
        new=F("new") + done.new,
        changed=F("changed") + done.changed,
        unchanged=F("unchanged") + len(piece.said) - done.new - done.changed,
        rejected=F("rejected") + len(piece.problems),
        late=F("late") + done.late,
    )


def run_source(
    source: Source,
    *,
    trigger: str = "command",
    progress: Progress = _silent,
    with_sweep: bool = False,
    sure: bool = False,
) -> SyncRun:
    """Sync ``source`` once and give the run's row, ended.

    ``with_sweep`` also looks for deleted documents, and a week back for late ones; ``sure`` accepts that more than a tenth is gone.
    A source that can't be read gives a run in state "failed" with the sentence why: what was mirrored before stays, the cursor stands
    where it was true. Refused("already_running") when another process is at it, ("disk_full") when there is no room.
    """
    with disk.room(), _alone(source), collected_rarely(), Filling() as load:
        SyncRun.objects.filter(source=source, state="running").update(
            state="failed", ended_at=clock.now(), error=_("The run was cut off; this one goes on where it stood.")
        )
        row = SyncRun.objects.create(
            source=source,
            trigger=trigger,
            state="running",
            started_at=clock.now(),
            as_of=clock.now(),
            expected=0,
            story=[],
        )
        try:
            run = _Run(source, row, opened(source), load, progress, with_sweep)
            for stream in in_order(source):
                run.stream(stream)
            if with_sweep:
                for kind, listed in groupby(in_order(source), attrgetter("kind")):
                    run.sweep(kind, list(listed), sure=sure)
        except Refused as refused:
            _end(row, "failed", refused.detail)
        except Exception as fault:
            _end(row, "failed", faults.told(fault, f"run {row.pk} of {source.code}"))
            raise
        else:
            _end(row, "held" if row.state == "held" else "done", "")
    row.refresh_from_db()
    return row


def _end(row: SyncRun, state: str, error: str) -> None:
    if error:
        row.story.append(entry("failed", detail=error))
    SyncRun.objects.filter(pk=row.pk).update(state=state, ended_at=clock.now(), error=error, story=row.story)


def is_running(source: Source) -> bool:
    """Whether some process syncs ``source`` now. A row in state "running" alone may be that of a run that was killed."""
    try:
        with _alone(source):
            return False
    except Refused:
        return True


@contextmanager
def _alone(source: Source) -> Iterator[None]:
    """Only one process syncs a source; the lock goes with the process, so that a kill leaves none behind."""
    folder = settings.HOME / "locks"
    folder.mkdir(parents=True, exist_ok=True)
    handle = os.open(folder / f"sync-{source.code}", os.O_CREAT | os.O_RDWR, 0o600)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            detail = _("%(name)s is being synced already; its progress is on its page.") % {"name": source.name}
            raise Refused("already_running", detail) from None
        yield
    finally:
        os.close(handle)


def replay_rejects(source: Source, only: Collection[int] | None = None) -> int:
    """Read the items again that were rejected (``only`` those with these ids), from the landed bytes, with the mapping
    as it is now; returns how many were solved.

    The same code as a run; a second replay changes nothing.
    """
    connector = opened(source)
    waiting = Reject.objects.filter(source=source, solved_at=None).exclude(batch=None)
    if only is not None:
        waiting = waiting.filter(pk__in=only)
    before = waiting.count()
    for stream in in_order(source):
        for batch in Batch.objects.filter(pk__in=waiting.filter(stream=stream.name).values("batch")).order_by("pk"):
            _replay_batch(source, Reader(connector, stream, zone_of(source)), batch, waiting.filter(batch=batch))
    return before - waiting.count()


def _replay_batch(source: Source, reader: Reader, batch: Batch, rejected: QuerySet[Reject]) -> None:
    """Read one landing again for what was rejected of it. A row that had no key is known by what it says: it is solved when no row
    is refused for it any more, and what the landing tells of documents never seen is taken in."""
    refs = set(rejected.exclude(ref="").values_list("ref", flat=True))
    keyless = set(rejected.filter(ref="").values_list("code", "raw"))
    for piece in reader.pieces(again(batch), SHORTEST):
        wanted = refs | (_unknown(source, reader.stream.kind, piece) if keyless else set())
        keyless -= {(problem.code[:40], problem.raw[:LONGEST_RAW]) for problem in piece.problems}
        piece.said = [item for item in piece.said if item.record.ref in wanted]
        piece.problems = []
        if piece.said:
            _mirror_again(source, reader.stream.name, piece, batch)
    for code, raw in keyless:
        with writing():
            rejected.filter(ref="", code=code, raw=raw).update(solved_at=clock.now())


def _unknown(source: Source, kind: str, piece: Reading) -> set[str]:
    """The refs in ``piece`` that no document of the source has."""
    refs = {item.record.ref for item in piece.said}
    return refs - known_refs(source, kind, refs)


def _mirror_again(source: Source, stream: str, piece: Reading, batch: Batch) -> None:
    """Mirror items that could not be read before, and close their rejects in the same transaction."""

    def also(_done: Mirrored) -> None:
        keep_rejects(source, stream, piece, batch)

    mirror(source, piece.said, batch=batch, learned_at=clock.now(), derived=piece.derived, also=also)
