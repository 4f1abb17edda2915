"""Rows of a text file whose cells are separated by a sign: CSV and its relatives, streamed and with limits."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from django.utils.translation import gettext as _

from ordertrail.lib.refused import Refused
from ordertrail.sync.connectors.base import Value

SEPARATORS = (",", ";", "\t", "|")
LONGEST_FIELD = 9_999_999
"""Signs in one cell; a file of orders has no longer ones, and a row that has one is rejected."""
MOST_COLUMNS = 16_384

csv.field_size_limit(LONGEST_FIELD)


@dataclass(frozen=True, slots=True)
class Line:
    """One row of a file: its number from 1, its cells, and why it cannot be read ("" if it can)."""

    number: int
    cells: Sequence[Value]
    wrong: str = ""
    why: str = ""


def sniff(lines: Iterable[str], wanted: Iterable[str] = ()) -> str:
    """The separator of a file, from its first lines: the one that finds most of the ``wanted`` column names, else the
    one that cuts the lines into equally many cells.
    """
    sample = list(islice(lines, 50))
    names = {name.casefold() for name in wanted}

    def fit(separator: str) -> tuple[int, float, int]:
        rows = list(_sample_rows(sample, separator))
        found = max((len(names & {cell.strip().casefold() for cell in row}) for row in rows), default=0)
        widths = [len(row) for row in rows]
        usual = max(set(widths), key=widths.count) if widths else 1
        return found, 0.0 if usual == 1 else widths.count(usual) / len(widths), usual

    return max(SEPARATORS, key=fit)


def _sample_rows(sample: list[str], separator: str) -> Iterator[list[str]]:
    try:
        yield from (row for row in csv.reader(sample, delimiter=separator) if row)
    except csv.Error:
        return


def rows(lines: Iterable[str], separator: str) -> Iterator[Line]:
    """The rows of a file. A row that breaks a limit or a rule comes with ``wrong``, and the ones after it are read on.

    Refused: "quote_open" with the line where an unclosed quote begins, "too_many_columns".
    """
    reader = csv.reader(lines, delimiter=separator, strict=True)
    while True:
        start = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield Line(start, (), *_wrong(str(error), start))
            continue
        if len(cells) > MOST_COLUMNS:
            raise Refused(
                "too_many_columns",
                _("Line %(line)s has %(count)s columns; more than %(most)s cannot be read.")
                % {"line": start, "count": f"{len(cells):,}", "most": f"{MOST_COLUMNS:,}"},
            )
        yield _checked(start, cells)


def _wrong(error: str, line: int) -> tuple[str, str]:
    if "unexpected end of data" in error:
        raise Refused(
            "quote_open",
            _("A quotation mark is opened in line %(line)s and never closed. Mend the file there and send it again.")
            % {"line": line},
        )
    if "field larger than" in error:
        return "field_too_large", _("A cell is longer than %(most)s signs.") % {"most": f"{LONGEST_FIELD:,}"}
    return "row_malformed", _("The row is not well-formed (%(why)s).") % {"why": error}


def _checked(number: int, cells: list[str]) -> Line:
    text = "".join(cells)
    if text.isascii() and "\0" not in text:
        return Line(number, cells)
    if "\0" in text:
        return Line(number, cells, "bad_character", _("The row holds NUL signs; mend it in the source."))
    try:
        text.encode()
    except UnicodeEncodeError:
        return Line(number, cells, "encoding_mixed", _("The row is in another encoding than most of the file."))
    return Line(number, cells)
