"""From the rows of a file to documents: finding the header, leaving out totals, and telling how numbers and days are
written.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, islice

from django.utils.translation import gettext as _

from ordertrail.lib.refused import Refused
from ordertrail.sync.connectors.base import Notes, Value
from ordertrail.sync.connectors.delimited import Line
from ordertrail.sync.values import Bad, show, tidy

HEADER_WITHIN = 50
"""Rows from the top in which a header row is looked for."""

_TOTAL = re.compile(
    r"(?:本页|本頁)?(?:合\s*计|合\s*計|总\s*计|總\s*計|小\s*计|小\s*計|累\s*计|累\s*計|(?:grand\s+|sub[\s-]?)?totals?|sum)\s*[:：]?",
    re.IGNORECASE,
)


_TOTAL_BEGINS = "合总總小本累gGsStT"


@dataclass(frozen=True, slots=True)
class Header:
    """The row that names the columns: its number, and the name of each cell's column."""

    number: int
    names: tuple[str, ...]


def header_names(cells: Sequence[Value]) -> tuple[str, ...]:
    """The names in a header row; a column without one is called by its place: "#3"."""
    names = ["" if cell is None else _name(str(cell)) for cell in cells]
    while names and not names[-1]:
        names.pop()
    return tuple(name or f"#{place}" for place, name in enumerate(names, 1))


def is_blank(cells: Sequence[Value]) -> bool:
    """Whether no cell holds anything; 0 and "no" are something."""
    return not any(cells) and all(cell is None or cell == "" for cell in cells)


def _name(text: str) -> str:
    try:
        return tidy(text)
    except Bad:
        return text.strip()


def find_header(rows: Iterator[Line], wanted: Sequence[str], at: int = 0) -> tuple[Header, Iterator[Line]]:
    """The header row and the rows behind it. ``at`` is its number where the source has said it; else it is the first
    row that has all ``wanted`` columns, or the row that has most of them.

    Refused: "file_empty", "header_not_found", "column_twice".
    """
    filled = (row for row in rows if row.wrong or not is_blank(row.cells))
    top = list(islice(filled, HEADER_WITHIN))
    if not any(not row.wrong for row in top):
        raise Refused("file_empty", _("The file is empty: it has no rows at all."))
    if at:
        candidates = [row for row in top if row.number == at]
        if not candidates:
            raise Refused("header_not_found", _("Row %(row)s, which should name the columns, is empty.") % {"row": at})
    else:
        candidates = [row for row in top if not row.wrong]
    names = set(wanted)
    found = [(len(names & set(header_names(row.cells))), row) for row in candidates]
    most, row = max(found, key=lambda one: (one[0], -one[1].number))
    if not most and names and not at:
        raise Refused(
            "header_not_found",
            _(
                "None of the first %(count)s rows names a column of the mapping (%(wanted)s). The first row "
                "reads: %(first)s"
            )
            % {
                "count": len(top),
                "wanted": ", ".join(wanted[:8]),
                "first": ", ".join(show(cell, 30) for cell in candidates[0].cells[:10]),
            },
        )
    header = Header(row.number, header_names(row.cells))
    _refuse_twins(header)
    return header, chain((one for one in top if one.number > row.number), rows)


def _refuse_twins(header: Header) -> None:
    places: dict[str, list[int]] = defaultdict(list)
    for place, name in enumerate(header.names, 1):
        places[name].append(place)
    for name, where in places.items():
        if len(where) > 1:
            raise Refused(
                "column_twice",
                _(
                    "Row %(row)s names the column “%(name)s” %(count)s times (columns %(where)s); give each a "
                    "name of its own."
                )
                % {"row": header.number, "name": name, "count": len(where), "where": ", ".join(map(str, where))},
            )


def is_total(cells: Sequence[Value], key_place: int | None) -> bool:
    """Whether a row is a total: its first filled cell says so, and it has no key of its own."""
    first = next((place for place, cell in enumerate(cells) if cell not in (None, "")), 0)
    text = cells[first]
    if not isinstance(text, str) or len(text) > 20 or text.strip()[:1] not in _TOTAL_BEGINS or not _is_total(text):
        return False
    key = cells[key_place] if key_place is not None and key_place < len(cells) else None
    return key in (None, "") or key_place == first


def _is_total(text: str) -> bool:
    return bool(text.strip()) and _TOTAL.fullmatch(text.strip()) is not None


@dataclass(frozen=True, slots=True)
class Cells:
    """One row by its columns' names, with its number; ``wrong`` and ``why`` when it cannot be read."""

    number: int
    row: dict[str, Value]
    wrong: str = ""
    why: str = ""


def named_rows(header: Header, rows: Iterable[Line], key: str, notes: Notes) -> Iterator[Cells]:
    """The rows under their columns' names; blank rows and totals are left out, the latter with a note."""
    names, width = header.names, len(header.names)
    key_place = names.index(key) if key in names else None
    for line in rows:
        cells = line.cells
        if is_blank(cells):
            if line.wrong:
                yield Cells(line.number, {}, line.wrong, line.why)
            continue
        if is_total(cells, key_place):
            notes.add("total_row", _("A row of totals was left out."), place=_("row %(row)s") % {"row": line.number})
            continue
        wrong, why = line.wrong, line.why
        if not wrong and len(cells) > width and not is_blank(cells[width:]):
            wrong = "too_many_cells"
            why = _(
                "The row has %(count)s cells under %(width)s columns: a separator stands inside a text without quotes."
            ) % {
                "count": len(cells),
                "width": width,
            }
        yield Cells(line.number, dict(zip(names, cells, strict=False)), wrong, why)


def fill_merged(
    rows: Iterable[Line], merged: Sequence[tuple[int, int, int, int]], places: Mapping[int, str], notes: Notes
) -> Iterator[Line]:
    """Rows in which the value of merged cells stands in each of them, for the columns at ``places`` (from 0)."""
    spans = [span for span in merged if span[1] in places and span[2] > span[0]]
    starts = {top: [(left, bottom) for first, left, bottom, _right in spans if first == top] for top, *_rest in spans}
    running: dict[int, tuple[Value, int]] = {}
    for line in rows:
        at = line.number - 1
        cells = list(line.cells)
        for left, bottom in starts.get(at, ()):
            running[left] = (cells[left] if left < len(cells) else None, bottom)
        for left, (value, bottom) in list(running.items()):
            if at > bottom:
                del running[left]
            elif left < len(cells) and cells[left] in (None, "") and value not in (None, ""):
                cells[left] = value
                detail = _("Merged cells were read as holding their value in each row.")
                notes.add("merged_filled", detail, column=places[left], place=_("row %(row)s") % {"row": line.number})
        yield Line(line.number, cells, line.wrong, line.why)
