"""Documents from the tables of a file: each row one, or rows that repeat their document's key, or lines in a second
table.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from ordertrail.records.shapes import Problem
from ordertrail.sync.compiled import ref_reader
from ordertrail.sync.connectors import survey, tables
from ordertrail.sync.connectors.base import Notes, RawDocument, Value
from ordertrail.sync.connectors.grids import Grid
from ordertrail.sync.connectors.grouping import gathered
from ordertrail.sync.connectors.tables import Cells, Header
from ordertrail.sync.drift import drift
from ordertrail.sync.stream import Stream
from ordertrail.sync.values import Bad, code_reader, show
from ordertrail.sync.versions import version_text
from ordertrail.sync.wanted import Wanted, wanted

Apply = Callable[[dict[str, Value]], tuple[str, Bad] | None]


@dataclass
class Part:
    """One table of a landing: its grid, where it stands, and which row names its columns."""

    grid: Grid
    columns: tuple[str, ...]
    header_row: int
    name: str = ""

    def header(self) -> Header:
        """The row that names the columns."""
        return tables.find_header(self.grid.rows(), self.columns, self.header_row)[0]


@dataclass
class Documents:
    """The documents of one stream in one file, or in a pair of files."""

    stream: Stream
    zone: ZoneInfo
    notes: Notes
    head: Part
    lines: Part | None = None
    known: dict[str, str] = field(default_factory=dict)  # surveys made before, by "head" and "lines"

    def __post_init__(self) -> None:
        self._ref = ref_reader(self.stream)

    def __iter__(self) -> Iterator[RawDocument | Problem]:
        head = self.head.header()
        below = self.lines.header() if self.lines else None
        drift(self.stream, head.names, below.names if below else None).refuse()
        if self.stream.lines and self.stream.lines.rows:
            yield from self._by_rows()
        elif self.lines:
            yield from self._with_lines(self.lines)
        else:
            yield from self._single()

    def surveys(self) -> dict[str, str]:
        """What whole columns tell, found out now unless it is known: to be kept with a landing that is only a piece."""
        found = dict(self.known)
        for name, part in (("head", self.head), ("lines", self.lines)):
            if part is not None and name not in found:
                ask = wanted(self.stream, lines=name == "lines")
                rows = (cells.row for cells in self._cells(part, Notes(), ask))
                found[name] = survey.survey(rows, ask).to_json()
        return found

    def _cells(self, part: Part, notes: Notes, ask: Wanted) -> Iterator[Cells]:
        """The rows of a part by column; merged cells and, where the source wants it, cells left empty below are filled."""
        header, rows = tables.find_header(part.grid.rows(), part.columns, part.header_row)
        if part.grid.merged:
            places = {place: name for place, name in enumerate(header.names) if name in ask.head}
            rows = tables.fill_merged(rows, part.grid.merged, places, notes)
        key = self.stream.key.column if part is self.head or not self.stream.lines else self.stream.lines.parent
        found = tables.named_rows(header, rows, key, notes)
        return (
            _filled(found, key, ask.head, notes)
            if self.stream.options.get("fill_down") and part is self.head
            else found
        )

    def _read(self, part: Part, which: str) -> Iterator[tuple[Cells, str, Bad | None]]:
        """Each row with its column to blame and the refusal, if what it says may mean two things or cannot be read."""
        ask = wanted(self.stream, lines=which == "lines")
        told = survey.Survey.from_json(self.surveys()[which])
        apply = survey.reader(told, ask)
        for cells in self._cells(part, self.notes, ask):
            if cells.wrong:
                yield cells, "", Bad(cells.wrong, cells.why)
                continue
            wrong = apply(cells.row)
            yield (cells, *wrong) if wrong else (cells, "", None)

    def _place(self, part: Part, first: int, last: int = 0) -> str:
        if last and last != first:
            place = _("rows %(first)s to %(last)s") % {"first": first, "last": last}
        else:
            place = _("row %(row)s") % {"row": first}
        return (
            _("sheet %(sheet)s, %(place)s") % {"sheet": part.grid.sheet, "place": place} if part.grid.sheet else place
        )

    def _key(self, cells: Cells) -> str:
        """The ref of a row, "" where it cannot be read: the problem then stands under its place alone."""
        try:
            return str(self._ref(cells.row.get(self.stream.key.column)))
        except Bad:
            return ""

    def _document(self, cells: Cells, lines: tuple[dict[str, Value], ...], place: str) -> RawDocument | Problem:
        column = self.stream.key.column
        try:
            ref = str(self._ref(cells.row.get(column)))
        except Bad as bad:
            return Problem("", place, column, bad.code, bad.detail, _raw(cells.row))
        if not ref:
            detail = _("The row names no document. Where cells below were left empty, set “fill_down” for this stream.")
            return Problem("", place, column, "missing", detail, _raw(cells.row))
        version = self.stream.version or self.stream.cursor
        text = version_text(cells.row.get(version), self.zone) if version else ""
        return RawDocument(ref, cells.row, lines, place, text)

    def _single(self) -> Iterator[RawDocument | Problem]:
        """One row, one document. A key in two rows is refused in both, unless the rows are the same."""
        twice = self._twice()
        given: dict[str, dict[str, Value]] = {}
        for cells, column, bad in self._read(self.head, "head"):
            place = self._place(self.head, cells.number)
            if bad:
                yield Problem(self._key(cells), place, column, bad.code, bad.detail, _raw(cells.row))
                continue
            ref = self._key(cells)
            if ref in twice:
                if given.setdefault(ref, cells.row) is not cells.row and given[ref] == cells.row:
                    self.notes.add(
                        "row_repeated", _("A row that stands in the file twice was taken once."), place=place
                    )
                    continue
                if twice[ref]:
                    detail = _("The key “%(ref)s” stands in more than one row; it must name one document.") % {
                        "ref": show(ref)
                    }
                    yield Problem(ref, place, self.stream.key.column, "key_repeated", detail, _raw(cells.row))
                    continue
            yield self._document(cells, (), place)

    def _twice(self) -> dict[str, bool]:
        """The keys that stand in several rows, and whether these differ."""
        seen: dict[str, int] = {}
        twice: dict[str, bool] = {}
        for cells in self._cells(self.head, Notes(), wanted(self.stream)):
            ref = self._key(cells)
            if not ref or cells.wrong:
                continue
            mark = hash(tuple(cells.row.values()))
            if ref in seen:
                twice[ref] = twice.get(ref, False) or seen[ref] != mark
            seen[ref] = mark
        return twice

    def _by_rows(self) -> Iterator[RawDocument | Problem]:
        """Rows that repeat their document's key: gathered, wherever in the file they stand."""

        def keyed() -> Iterator[tuple[str, dict[str, Any]]]:
            for cells, column, bad in self._read(self.head, "head"):
                ref = self._key(cells)
                mark = {"#row": cells.number, "#wrong": [column, bad.code, bad.detail] if bad else None}
                yield ref or f"\0{cells.number}", cells.row | mark

        for _ref, rows in gathered(keyed()):
            wrong = next((row["#wrong"] for row in rows if row["#wrong"]), None)
            numbers = [row.pop("#row") for row in rows]
            for row in rows:
                row.pop("#wrong")
            place = self._place(self.head, numbers[0], numbers[-1])
            cells = Cells(numbers[0], rows[0])
            if wrong:
                column, code, detail = json.loads(wrong) if isinstance(wrong, str) else wrong
                yield Problem(self._key(cells), place, column, code, detail, _raw(rows[0]))
            else:
                yield self._document(cells, tuple(rows), place)

    def _with_lines(self, part: Part) -> Iterator[RawDocument | Problem]:
        """Documents in one table, their lines in another."""
        parent = self.stream.lines.parent if self.stream.lines else ""
        read = parent_reader()
        lines: dict[str, list[dict[str, Value]]] = {}
        wrong: dict[str, tuple[str, str, Bad]] = {}
        for cells, column, bad in self._read(part, "lines"):
            ref = read(cells.row.get(parent))
            lines.setdefault(ref, []).append(cells.row)
            if bad:
                wrong[ref] = (
                    _("%(place)s of %(name)s") % {"place": self._place(part, cells.number), "name": part.name},
                    column,
                    bad,
                )
        for cells, column, bad in self._read(self.head, "head"):
            place, ref = self._place(self.head, cells.number), self._key(cells)
            own = tuple(lines.pop(ref, ()))
            blame = (place, column, bad) if bad else wrong.get(ref)
            if blame:
                yield Problem(ref, blame[0], blame[1], blame[2].code, blame[2].detail, _raw(cells.row))
            else:
                yield self._document(cells, own, place)
        for ref, rows in lines.items():
            detail = _(
                "Lines belong to a document that is not in the file, the first to “%(ref)s”; they were left out."
            )
            self.notes.add("lines_without_document", detail % {"ref": show(ref)}, count=len(rows))


def _filled(rows: Iterator[Cells], key: str, columns: Sequence[str], notes: Notes) -> Iterator[Cells]:
    """Rows without a key get the document's cells of the row above: how merged cells come out of other programs."""
    above: dict[str, Value] = {}
    for cells in rows:
        if cells.row.get(key) in (None, ""):
            kept = {column: above.get(column) for column in columns if cells.row.get(column) in (None, "")}
            notes.add("filled_down", _("Rows without a key were read as going on with the document above."), column=key)
            yield Cells(cells.number, above := cells.row | kept, cells.wrong, cells.why)
        else:
            above = cells.row
            yield cells


def parent_reader() -> Callable[[Value], str]:
    """Reads the column by which a line names its document; a cell that cannot be read names none."""
    read = code_reader(lambda code, detail: None)

    def parent(value: Value) -> str:
        try:
            return read(value)
        except Bad:
            return ""

    return parent


def _raw(row: dict[str, Value]) -> str:
    return json.dumps(row, ensure_ascii=False, default=str)[:4000]
