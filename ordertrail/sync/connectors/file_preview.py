"""A look into a file before it is mapped: its sheets, encodings and separators, where its header may be, and its first rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from ordertrail.lib.refused import Refused
from ordertrail.sync.connectors import grids, tables
from ordertrail.sync.connectors.base import Notes
from ordertrail.sync.connectors.delimited import Line
from ordertrail.sync.connectors.grids import Grid, How
from ordertrail.sync.values import read_text

SHOWN = 20


@dataclass(frozen=True, slots=True)
class Preview:
    """What a person sees of a file. ``encodings`` maps each one that a person may choose to a sample of the text in it, and is
    empty when there is nothing to choose; ``header_rows`` are the rows that may name the columns, the likeliest first."""

    encoding: str = ""
    encodings: Mapping[str, str] = field(default_factory=dict)
    separator: str = ""
    sheet: str = ""
    sheets: tuple[str, ...] = ()
    header_row: int = 0
    header_rows: tuple[int, ...] = ()
    columns: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    samples: tuple[dict[str, Any], ...] = ()
    notes: tuple[str, ...] = ()


def preview(body: bytes, settings: Mapping[str, Any], name: str = "file") -> Preview:
    """The first rows of a file as ``settings`` (encoding, separator, sheet, header_row) would have them read.

    What a person must still choose is left empty with the choices beside it. Refused when the file is no table at all.
    """
    notes = Notes()
    how = How(
        str(settings.get("encoding", "")),
        str(settings.get("separator", "")),
        str(settings.get("sheet", "")),
        int(settings.get("header_row", 0)),
    )
    try:
        with grids.opened(body, name, how, (), notes) as grid:
            return _looked(grid, how, notes)
    except Refused as refused:
        if refused.code == "encoding_unknown":
            return Preview(encodings={error["code"]: error["detail"] for error in refused.errors})
        if refused.code == "sheet_choice":
            names = tuple(error["detail"] for error in refused.errors)
            first = preview(body, {**settings, "sheet": names[0]}, name)
            return Preview(sheets=names, columns=first.columns, rows=first.rows)
        raise


def _looked(grid: Grid, how: How, notes: Notes) -> Preview:
    top = list(islice((row for row in grid.rows() if not tables.is_blank(row.cells)), 200))
    candidates = header_candidates(top)
    header_row = how.header_row or (candidates[0] if candidates else 0)
    header = next((row for row in top if row.number == header_row), None)
    columns = tables.header_names(header.cells) if header else ()
    below = [row for row in top if row.number > header_row and not row.wrong]
    return Preview(
        encoding=grid.encoding,
        separator=grid.separator,
        sheet=grid.sheet,
        sheets=grid.sheets,
        header_row=header_row,
        header_rows=candidates,
        columns=columns,
        rows=tuple(tuple(_shown(cell) for cell in row.cells) for row in top[:SHOWN]),
        samples=tuple(dict(zip(columns, row.cells, strict=False)) for row in below),
        notes=tuple(note.detail for note in notes),
    )


def _shown(cell: Any) -> str:
    try:
        return read_text(cell)
    except ValueError:
        return str(cell)


def header_candidates(top: Sequence[Line]) -> tuple[int, ...]:
    """The numbers of rows that may name the columns: mostly filled with different texts, and with values below."""
    widest = max((_filled(row) for row in top), default=0)
    scored: list[tuple[float, int]] = []
    for place, row in enumerate(top[: tables.HEADER_WITHIN]):
        texts = [str(cell).strip() for cell in row.cells if isinstance(cell, str) and cell.strip()]
        words = [text for text in texts if not text.replace(".", "").replace("-", "").isdigit()]
        if not words or len(set(texts)) < len(texts) or (place == len(top) - 1 and place):
            continue
        score = len(words) / widest - place * 0.01
        if len(words) == _filled(row) and len(words) * 2 >= widest:
            scored.append((score, row.number))
    return tuple(number for _score, number in sorted(scored, key=lambda one: (-one[0], one[1]))[:5])


def _filled(row: Line) -> int:
    return sum(cell not in (None, "") for cell in row.cells)
