"""One table of a file as a grid of rows that can be read more than once, and what a person should know about it."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from typing import IO

from django.utils.translation import gettext as _

from ordertrail.lib.refused import Refused
from ordertrail.sync.connectors import delimited, encodings, sheets
from ordertrail.sync.connectors.base import Notes
from ordertrail.sync.connectors.delimited import Line

_SEPARATOR_NAMES = {",": ",", ";": ";", "\t": "TAB", "|": "|"}


@dataclass(frozen=True, slots=True)
class How:
    """What a source's settings say about its files; "" and 0: to be found out."""

    encoding: str = ""
    separator: str = ""
    sheet: str = ""
    header_row: int = 0


@dataclass(frozen=True, slots=True)
class Grid:
    """A table: its rows, from the top, as often as they are asked for. ``sheet`` is "" for text files."""

    rows: Callable[[], Iterator[Line]] = field(repr=False)
    sheet: str = ""
    encoding: str = ""
    separator: str = ""
    merged: tuple[tuple[int, int, int, int], ...] = ()
    sheets: tuple[str, ...] = ()


@contextmanager
def opened(body: bytes, name: str, how: How, wanted: Sequence[str], notes: Notes) -> Iterator[Grid]:
    """The table in a file's bytes, whatever kind of file it is. Refused when it is none, or when a person must choose."""
    kind = sheets.kind_of(body[:4096])
    if not body.strip(b"\xef\xbb\xbf\xff\xfe \t\r\n"):
        raise Refused("file_empty", _("“%(name)s” is empty.") % {"name": name})
    sheets.refuse_foreign(kind, name)
    if kind == "text":
        yield text_grid(lambda: io.BytesIO(body), encodings.pieces_of(body), how, wanted, notes)
        return
    with sheets.opened(body, name, how.sheet) as sheet:
        _note_sheet(sheet, notes)
        names = tuple(str(one["name"]) for one in sheet.sheets)
        yield Grid(sheet.rows, sheet=sheet.name, merged=sheet.merged, sheets=names)


def text_grid(
    open_: Callable[[], IO[bytes]], pieces: encodings.Pieces, how: How, wanted: Sequence[str], notes: Notes
) -> Grid:
    """The table in a text file that is opened by ``open_``."""
    decoding = encodings.decide(pieces, how.encoding)
    separator = {"tab": "\t", "TAB": "\t"}.get(how.separator, how.separator)
    if not separator:
        with open_() as start, closing(encodings.lines(start, decoding)) as lines:
            separator = delimited.sniff(lines, wanted)
    notes.add(
        "read_as",
        _("Read as %(encoding)s, cells separated by %(separator)s.")
        % {"encoding": decoding.encoding, "separator": _SEPARATOR_NAMES.get(separator, separator)},
    )

    def rows() -> Iterator[Line]:
        with open_() as file, closing(encodings.lines(file, decoding)) as lines:
            yield from delimited.rows(lines, separator)

    return Grid(rows, encoding=decoding.encoding, separator=separator)


def _note_sheet(sheet: sheets.Sheet, notes: Notes) -> None:
    """Say what is hidden: it was read, but the person who sent the file may not see it."""
    if sheet.hidden_rows:
        detail = _("Hidden rows of sheet “%(sheet)s” were read as well.") % {"sheet": sheet.name}
        notes.add("hidden_rows", detail, count=sheet.hidden_rows)
    hidden = [str(one["name"]) for one in sheet.sheets if not one["visible"] and one["name"] != sheet.name]
    if hidden:
        detail = _("Hidden sheets were not read: %(names)s.") % {"names": ", ".join(hidden)}
        notes.add("hidden_sheets", detail, count=len(hidden))
    if sheet.links:
        notes.add(
            "external_links", _("The file points to other files; these were not opened, its own values were read.")
        )
    if sheet.unplaced:
        detail = _("Cells that show an error stand at places that the file does not name; they were read as empty.")
        notes.add("error_cells_unplaced", detail, count=sheet.unplaced)
