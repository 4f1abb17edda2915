"""Any SQL database, by tables or queries: read in one consistent snapshot, documents merged with their lines."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from sqlalchemy.engine import Connection
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.sql.elements import ColumnElement

from ordertrail.lib.refused import Refused
from ordertrail.records.shapes import Problem
from ordertrail.sync.compiled import ref_reader
from ordertrail.sync.connectors import base, jsonl
from ordertrail.sync.connectors.base import Landing, RawDocument
from ordertrail.sync.connectors.sql_cursor import lower_bound, to_text, upper_bound
from ordertrail.sync.connectors.sql_engine import address, engine, snapshot
from ordertrail.sync.connectors.sql_tables import Table, table, table_names
from ordertrail.sync.drift import drift
from ordertrail.sync.stream import Stream
from ordertrail.sync.values import Bad
from ordertrail.sync.versions import version_text

CHUNK = 2_000
"""Documents in one landing: about a megabyte, and well under a second of work."""

Row = Sequence[Any]
Group = tuple[Row, list[Row], bool]
"""A document's row, its lines' rows, and whether its key stands there more than once."""


class Connector(base.Connector):
    """A source that is an SQL database. Settings: ``url``, ``encoding`` (SQLite only); secret: ``password``."""

    name: ClassVar[str] = "sql"
    title: ClassVar[Any] = gettext_lazy("SQL database")
    secret_fields: ClassVar[tuple[str, ...]] = ("password",)

    def __init__(self, settings: Mapping[str, Any], secrets: Mapping[str, str], zone: ZoneInfo) -> None:
        url = address(str(settings.get("url", "")), secrets.get("password", ""))
        kept = {**secrets, "password": str(url.password)} if url.password else secrets
        super().__init__(settings, kept, zone)
        self._url = url

    def test(self) -> str:
        """The tables that are there, with their rows counted."""
        with self._open() as connection:
            names = table_names(connection)
            counts = [f"{name} ({self._count(connection, name):,})" for name in names[:20]]
        if not names:
            raise Refused("source_empty", _("The database answers, but this log-in sees no table in it."))
        return _("%(kind)s answers, with %(count)s tables (rows): %(tables)s") % {
            "kind": self._url.get_backend_name(),
            "count": len(names),
            "tables": ", ".join(counts) + (" …" if len(names) > 20 else ""),
        }

    def _count(self, connection: Connection, name: str) -> int:
        source = table(connection, name, "t", ()).source
        return int(connection.execute(sa.select(sa.func.count()).select_from(source)).scalar_one())

    def fetch(self, stream: Stream, since: str | None) -> Iterator[Landing]:
        """The documents that changed, in key order, ``CHUNK`` a landing; the last one moves the cursor."""
        with self._open() as connection:
            reading = _Reading.prepare(connection, stream)
            condition, cursor = self._window(connection, reading, since)
            total = connection.execute(reading.count(condition)).scalar_one()
            groups = reading.groups(connection, condition)
            number = 0
            chunk = list(islice(groups, CHUNK))
            while chunk or not number:
                coming = list(islice(groups, CHUNK))
                number += 1
                yield Landing(
                    body=jsonl.body(reading.written(chunk)),
                    media=jsonl.MEDIA,
                    name=f"{reading.head.name} {number}",
                    at=self.now(),
                    cursor=None if coming else cursor,
                    total=total,
                    meta=reading.meta(),
                )
                chunk = coming
                if not chunk:
                    return

    def read(self, stream: Stream, landing: Landing) -> Iterator[RawDocument | Problem]:
        """The documents of a landing, exactly as they were in the database."""
        place = landing.meta.get("table", landing.name)
        key, version = stream.key.column, stream.version or stream.cursor
        ref_of = ref_reader(stream)
        for _number, line in jsonl.numbered(landing.body):
            row, lines, whole = jsonl.read(line)
            try:
                ref = ref_of(row.get(key))
            except Bad as bad:
                yield Problem("", f"{place} {key}", key, bad.code, bad.detail, line.decode()[:4000])
                continue
            where = f"{place} {key}={ref}"
            if "again" in whole:
                detail = _("The key “%(ref)s” stands in more than one row; it must name one document.") % {"ref": ref}
                yield Problem(ref, where, key, "key_repeated", detail, line.decode()[:4000])
                continue
            yield RawDocument(
                ref, row, tuple(lines), where, version_text(row.get(version), self.zone) if version else ""
            )

    def keys(self, stream: Stream) -> Iterator[str]:
        """The ref of every row there is now."""
        with self._open() as connection:
            head = table(connection, stream.from_, "h", (stream.key.column,))
            drift(stream, head.columns).refuse()
            column = head.column(stream.key.column)
            rows = connection.execution_options(yield_per=10_000).execute(sa.select(column).distinct())
            ref_of = ref_reader(stream)
            for (value,) in rows:
                if ref := ref_of(value):
                    yield ref

    @contextmanager
    def _open(self) -> Iterator[Connection]:
        """A snapshot of the database; its errors become refusals without secrets."""
        opened = engine(self._url, str(self.settings.get("encoding", "")))
        try:
            with snapshot(opened) as connection:
                yield connection
        except SQLAlchemyError as wrong:
            why = self.hide(str(getattr(wrong, "orig", None) or wrong)).strip().split("\n")[0]
            where = self._url.render_as_string(hide_password=True)
            if "decode to UTF-8" in why:
                hint = _("Its texts are not UTF-8: set “encoding” for this source, for example gb18030.")
                raise Refused("encoding_unknown", f"{why}. {hint}") from None
            raise Refused(
                "source_unreachable" if isinstance(wrong, sa.exc.OperationalError) else "source_refused",
                _("The database at %(where)s says: %(why)s") % {"where": where, "why": why},
            ) from None
        finally:
            opened.dispose()

    def _window(
        self, connection: Connection, reading: _Reading, since: str | None
    ) -> tuple[ColumnElement[bool] | None, str | None]:
        """What changed, and the cursor once that is in: both of one snapshot (reliability.md §3.1)."""
        stream = reading.stream
        if not stream.cursor:
            return None, None
        column = reading.head.column(stream.cursor)
        highest = connection.execute(sa.select(sa.func.max(column))).scalar_one()
        if highest is None:
            return None, since
        conditions: list[ColumnElement[bool]] = []
        if since is not None:
            conditions.append(column >= sa.literal(lower_bound(since, highest, stream.lag_seconds)))
        now = upper_bound(highest, self.now(), self.zone)
        if stream.margin_seconds and now is not None:
            now = lower_bound(to_text(now), highest, stream.margin_seconds)
            conditions.append(column <= sa.literal(now))
        if now is not None and highest > now:
            if not stream.margin_seconds:
                detail = _(
                    "The cursor stands in the future (%(value)s); it was held at now, so that nothing is missed."
                )
                self.notes.add("cursor_in_future", detail % {"value": to_text(highest)}, column=stream.cursor)
            highest = now
        return (sa.and_(*conditions) if conditions else None), _later(since, to_text(highest), highest)


def _later(since: str | None, found: str, like: Any) -> str:
    """The later of two cursors: a source whose clock went back does not take the cursor with it."""
    return found if since is None or lower_bound(found, like, 0) >= lower_bound(since, like, 0) else since


@dataclass(frozen=True)
class _Reading:
    """The statements that read one stream, checked against the database's tables."""

    stream: Stream
    head: Table
    lines: Table | None

    @classmethod
    def prepare(cls, connection: Connection, stream: Stream) -> _Reading:
        """Find the tables and columns of ``stream``; Refused when one is missing."""
        head = table(connection, stream.from_, "h", stream.columns())
        declared = stream.lines
        lines = None
        if declared and declared.from_:
            lines = table(connection, declared.from_, "l", stream.columns(lines=True))
        drift(stream, head.columns, lines.columns if lines else None).refuse()
        return cls(stream, head, lines)

    @property
    def key(self) -> ColumnElement[Any]:
        return self.head.column(self.stream.key.column)

    def count(self, condition: ColumnElement[bool] | None) -> sa.Select[Any]:
        """How many documents are to come."""
        rows = self.stream.lines is not None and self.stream.lines.rows
        counted = sa.func.count(sa.distinct(self.key)) if rows else sa.func.count()
        return _where(sa.select(counted).select_from(self.head.source), condition)

    def meta(self) -> dict[str, str]:
        """What ``read`` and the drift check need to know of a landing."""
        meta = {"table": self.head.name, "columns": json.dumps(self.head.columns)}
        if self.lines:
            meta["line_columns"] = json.dumps(self.lines.columns)
        return meta

    def groups(self, connection: Connection, condition: ColumnElement[bool] | None) -> Iterator[Group]:
        """Each document's row with its lines' rows, in key order."""
        select = _where(sa.select(*(self.head.column(name) for name in self.head.columns)), condition)
        heads = select.order_by(self.key)
        if self.stream.lines and self.stream.lines.rows:
            yield from self._flat(_stream(connection, heads))
        elif self.lines is None:
            yield from _merged(_stream(connection, heads), iter(()), self._key_place())
        elif connection.dialect.name in ("sqlite", "postgresql"):
            lines = _stream(connection, self._line_rows(condition))
            yield from _merged(_stream(connection, heads), lines, self._key_place())
        else:
            yield from self._paged(connection, condition)

    def _key_place(self) -> int:
        return self.head.columns.index(self.stream.key.column)

    def _line_rows(self, condition: ColumnElement[bool] | None) -> sa.Select[Any]:
        """The lines of the documents that meet ``condition``, behind the key of their document, in its order."""
        lines, declared = self.lines, self.stream.lines
        assert lines is not None
        assert declared is not None
        parent = lines.column(declared.parent)
        columns = (lines.column(name) for name in lines.columns)
        joined = self.head.source.join(lines.source, parent == self.key)
        order = [self.key, *([lines.column(declared.key)] if declared.key else [])]
        return _where(sa.select(self.key, *columns).select_from(joined), condition).order_by(*order)

    def _paged(self, connection: Connection, condition: ColumnElement[bool] | None) -> Iterator[Group]:
        """As ``groups``, for drivers that stream only one result at a time: pages by key inside the snapshot."""
        place = self._key_place()
        select = sa.select(*(self.head.column(name) for name in self.head.columns)).order_by(self.key).limit(CHUNK)
        after: ColumnElement[bool] | None = None
        while True:
            heads: list[Row] = list(connection.execute(_where(_where(select, condition), after)).all())
            if not heads:
                return
            last = sa.literal(heads[-1][place])
            within = self.key <= last if after is None else sa.and_(after, self.key <= last)
            lines = connection.execute(_where(self._line_rows(condition), within))
            yield from _merged(iter(heads), iter(lines), place)
            after = self.key > last

    def _flat(self, rows: Iterator[Row]) -> Iterator[Group]:
        """Rows that repeat their document's key, gathered: the first one stands for the document, all are its lines."""
        place = self._key_place()
        found: list[Row] = []
        for row in rows:
            if found and row[place] != found[0][place]:
                yield found[0], found, False
                found = []
            found.append(row)
        if found:
            yield found[0], found, False

    def written(self, groups: Iterable[Group]) -> Iterator[bytes]:
        """Each document as a line of the landing."""
        flat = bool(self.stream.lines and self.stream.lines.rows)
        head, below = _cells_of(self.head), _cells_of(self.lines or self.head, 0 if flat else 1)
        for row, lines, again in groups:
            document: dict[str, Any] = {"row": head(row)}
            if lines:
                document["lines"] = [below(line) for line in lines]
            if again:
                document["again"] = True
            yield jsonl.write(document)


def _cells_of(of: Table, first: int = 0) -> Callable[[Row], dict[str, Any]]:
    """A function that gives a row's cells by column, as they are landed; the row's own cells begin at ``first``."""
    columns, unplain = of.columns, of.unplain

    def cells(row: Row) -> dict[str, Any]:
        values = list(row[first:])
        for at in unplain:
            values[at] = jsonl.cell(values[at])
        return dict(zip(columns, values, strict=True))

    return cells


def _where(select: sa.Select[Any], condition: ColumnElement[bool] | None) -> sa.Select[Any]:
    return select if condition is None else select.where(condition)


def _stream(connection: Connection, select: sa.Select[Any]) -> Iterator[Row]:
    """The rows of ``select`` without holding them all in memory."""
    result = connection.execute(select, execution_options={"yield_per": CHUNK})
    for part in result.partitions():
        yield from part


def _merged(heads: Iterator[Row], lines: Iterator[Row], place: int) -> Iterator[Group]:
    """Documents with their lines, both in key order; each line's row begins with its document's key."""
    line = next(lines, None)
    row = next(heads, None)
    before: Any = _NOTHING
    while row is not None:
        key = row[place]
        coming = next(heads, None)
        own: list[Row] = []
        while line is not None and line[0] == key:
            own.append(line)
            line = next(lines, None)
        yield row, own, key == before or (coming is not None and coming[place] == key)
        row, before = coming, key


_NOTHING = object()
