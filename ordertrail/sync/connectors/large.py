"""Text files of any length, cut into landings that each fit into memory; rows of one document stay together.

A piece is one or two tables as UTF-8 with commas. Before the file's own columns stand three of ours: the row's number
in the file, and the code and sentence of what is wrong with it. What whole columns tell (``survey``) goes along in its
``meta``.
"""

from __future__ import annotations

import csv
import io
import json
from array import array
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

from ordertrail.sync.compiled import ref_reader
from ordertrail.sync.connectors import grids, tables
from ordertrail.sync.connectors.base import Landing, Notes, Value
from ordertrail.sync.connectors.delimited import Line
from ordertrail.sync.connectors.file_documents import Documents, Part
from ordertrail.sync.connectors.grids import Grid, How
from ordertrail.sync.connectors.grouping import scratch
from ordertrail.sync.stream import Stream
from ordertrail.sync.values import Bad

LARGE = 8 << 20
"""Bytes above which a text file is cut, and of a piece."""

Group = tuple[list[Line], list[Line]]
"""Rows that must stay together: those of the documents' table, and those of the lines' table."""


def file_grid(path: Path, how: How, columns: Sequence[str], notes: Notes) -> Grid:
    """The table in a text file that is read from the disk as it is needed."""

    def pieces() -> Iterator[bytes]:
        with path.open("rb") as file:
            while piece := file.read(1 << 20):
                yield piece

    return grids.text_grid(lambda: path.open("rb"), pieces, how, columns, notes)


def landings(documents: Documents, name: str, cursor: str | None, now: Callable[[], datetime]) -> Iterator[Landing]:
    """The file's rows in pieces of about ``LARGE`` bytes; the last one moves the cursor."""
    header = documents.head.header()
    below = documents.lines.header() if documents.lines else None
    meta = {"piece": "1", "surveys": json.dumps(documents.surveys(), ensure_ascii=False)}
    number, kept = 0, _Piece(header, below)
    for group in _groups(documents):
        if kept.size >= LARGE:
            number += 1
            yield kept.landing(f"{name} ({number})", now(), None, meta)
            kept = _Piece(header, below)
        kept.add(group)
    yield kept.landing(f"{name} ({number + 1})", now(), cursor, meta)


class _Piece:
    """A piece being written."""

    def __init__(self, header: tables.Header, below: tables.Header | None) -> None:
        self.texts = [io.StringIO(newline="") for one in (header, below) if one]
        self.writers = [csv.writer(text) for text in self.texts]
        for writer, one in zip(self.writers, (header, below), strict=False):
            if one:
                writer.writerow((one.number, "", "", *one.names))

    @property
    def size(self) -> int:
        """Signs written so far."""
        return sum(text.tell() for text in self.texts)

    def add(self, group: Group) -> None:
        """Write rows that stay together."""
        for writer, lines in zip(self.writers, group, strict=False):
            writer.writerows((line.number, line.wrong, line.why, *line.cells) for line in lines)

    def landing(self, name: str, at: datetime, cursor: str | None, meta: Mapping[str, str]) -> Landing:
        """The piece as it is landed."""
        parts = [text.getvalue().encode("utf-8", "surrogateescape") for text in self.texts]
        sizes = json.dumps([len(part) for part in parts])
        return Landing(b"".join(parts), "text/csv", name, at, cursor, None, {**meta, "parts": sizes})


def _groups(documents: Documents) -> Iterator[Group]:
    """The rows of both tables, in groups that must not be cut."""
    stream, head = documents.stream, documents.head
    if documents.lines:
        yield from _with_lines(documents, documents.lines)
    elif stream.lines and stream.lines.rows:
        key = _key_of(stream, head, stream.key.column)
        if _together(key(line) for line in _rows(head)):
            yield from _runs(_rows(head), key)
        else:
            with scratch() as book:
                book.add((key(line), _packed(line)) for line in _rows(head))
                for _ref, rows in book.groups():
                    yield [_unpacked(row) for row in rows], []
    else:
        for line in _rows(head):
            yield [line], []


def _rows(part: Part) -> Iterator[Line]:
    """The rows behind the header that hold anything."""
    _header, rows = tables.find_header(part.grid.rows(), part.columns, part.header_row)
    return (line for line in rows if line.wrong or not tables.is_blank(line.cells))


def _key_of(stream: Stream, part: Part, column: str) -> Callable[[Line], str]:
    """A function that gives the document that a row belongs to; a row that names none stands alone."""
    place = part.header().names.index(column)
    read = ref_reader(stream)

    def key(line: Line) -> str:
        try:
            return str(read(line.cells[place] if place < len(line.cells) else None)) or f"\0{line.number}"
        except Bad:
            return f"\0{line.number}"

    return key


def _together(keys: Iterable[str]) -> bool:
    """Whether the rows of each document stand together; remembers eight bytes a document."""
    starts = array("q")
    before = None
    for key in keys:
        if key != before:
            starts.append(hash(key))
            before = key
    ordered = sorted(starts)
    return all(one != other for one, other in pairwise(ordered))


def _runs(lines: Iterator[Line], key: Callable[[Line], str]) -> Iterator[Group]:
    found: list[Line] = []
    before = ""
    for line in lines:
        name = key(line)
        if found and name != before:
            yield found, []
            found = []
        before = name
        found.append(line)
    if found:
        yield found, []


def _with_lines(documents: Documents, part: Part) -> Iterator[Group]:
    """Each row of the documents' table with its lines' rows; lines that belong to none come last."""
    stream = documents.stream
    key = _key_of(stream, documents.head, stream.key.column)
    parent = _key_of(stream, part, stream.lines.parent if stream.lines else "")
    with scratch() as book:
        book.add((parent(line), _packed(line)) for line in _rows(part))
        take = book.taker()
        for line in _rows(documents.head):
            yield [line], [_unpacked(row) for row in take(key(line))]
        for rows in book.untaken():
            yield [], [_unpacked(row) for row in rows]


def _packed(line: Line) -> dict[str, Value | list[Value]]:
    cells = [cell.encode("utf-8", "replace").decode() if type(cell) is str else cell for cell in line.cells]
    return {"number": line.number, "wrong": line.wrong, "why": line.why, "cells": cells}


def _unpacked(row: Mapping[str, object]) -> Line:
    return Line(row["number"], row["cells"], row["wrong"], row["why"])  # type: ignore[arg-type]


def documents_of(stream: Stream, zone: ZoneInfo, notes: Notes, landing: Landing) -> Documents:
    """The documents in a piece."""
    sizes = json.loads(landing.meta["parts"])
    head = Part(_piece_grid(landing.body[: sizes[0]]), stream.columns(), 0, landing.name)
    below = None
    if len(sizes) > 1:
        below = Part(_piece_grid(landing.body[sizes[0] :]), stream.columns(lines=True), 0, landing.name)
    return Documents(stream, zone, notes, head, below, json.loads(landing.meta["surveys"]))


def _piece_grid(body: bytes) -> Grid:
    def rows() -> Iterator[Line]:
        text = io.TextIOWrapper(io.BytesIO(body), "utf-8", errors="surrogateescape", newline="")
        for number, wrong, why, *cells in csv.reader(text):
            yield Line(int(number), cells, wrong, why)

    return Grid(rows, encoding="utf-8", separator=",")
