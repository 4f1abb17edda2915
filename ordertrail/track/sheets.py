"""Cells of files that people open in a spreadsheet: text that is shown and never run, numbers that stay numbers."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import IO, Any

from django.utils.translation import gettext as _

Cell = str | int | Decimal | date | None

DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n", "\0", "＝", "＋", "－", "＠")
"""Signs with which a spreadsheet begins a formula, or goes on to another cell, when a text begins with them."""
BLANKS = " \u00a0\u3000"
LONGEST = 32_767
"""Signs that a cell of a sheet holds."""
WIDEST = 40


def runs(text: str) -> bool:
    """Whether a spreadsheet might take ``text`` for more than a text.

    >>> runs("=1+1"), runs("　＝1+1"), runs("+86 138 0013 8000"), runs("SO-1")
    (True, True, True, False)
    """
    return text.lstrip(BLANKS).startswith(DANGEROUS)


def harmless(text: str) -> str:
    r"""``text`` for a CSV file: an apostrophe before what would run, and no NUL, at which readers end.

    >>> harmless("=1+1"), harmless("+86 138"), harmless("SO-1"), harmless("a\0b")
    ("'=1+1", "'+86 138", 'SO-1', 'ab')
    """
    return (f"'{text}" if runs(text) else text).replace("\0", "")


def short(number: Decimal) -> Decimal:
    """A figure without zeros at its end, and never in powers of ten.

    >>> short(Decimal("10.500000")), short(Decimal("100.000000"))
    (Decimal('10.5'), Decimal('100'))
    """
    return number.quantize(Decimal(1)) if number == number.to_integral_value() else number.normalize()


def workbook(
    title: str, heads: Sequence[str], rows: Iterable[Sequence[Cell]], about: Sequence[tuple[str, Cell]]
) -> IO[bytes]:
    """An Excel file, at its beginning: one sheet of rows below a fixed head, and one that says what they are.

    Written row by row, so that its size does not matter for the memory. Texts are never read as formulas or links; those that
    would run if typed carry the sheet's own quote prefix.
    """
    import xlsxwriter  # loads on demand: only an export needs it

    file = tempfile.TemporaryFile()  # noqa: SIM115  the answer closes it
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    with xlsxwriter.Workbook(file, options) as book:
        head, quoted = book.add_format({"bold": True, "bottom": 1}), book.add_format({"quote_prefix": True})
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        sheet = book.add_worksheet(title[:31])
        sheet.freeze_panes(1, 1)
        sheet.set_column(0, len(heads) - 1, 14)
        for column, words in enumerate(heads):
            sheet.write_string(0, column, words, head)
        for place, row in enumerate(rows, 1):
            for column, cell in enumerate(row):
                _write(sheet, place, column, cell, quoted, day)
        _write_about(book, about, head, quoted, day)
    file.seek(0)
    return file


def _write(sheet: Any, row: int, column: int, cell: Cell, quoted: Any, day: Any) -> None:
    if isinstance(cell, str):
        if cell:
            sheet.write_string(row, column, cell[:LONGEST], quoted if runs(cell) else None)
    elif isinstance(cell, date):
        sheet.write_datetime(row, column, cell, day)
    elif cell is not None:
        sheet.write_number(row, column, cell)


def _write_about(book: Any, about: Sequence[tuple[str, Cell]], head: Any, quoted: Any, day: Any) -> None:
    sheet = book.add_worksheet(_("About")[:31])
    sheet.set_column(0, 0, WIDEST // 2)
    sheet.set_column(1, 1, WIDEST * 2)
    for place, (words, cell) in enumerate(about):
        sheet.write_string(place, 0, words, head)
        _write(sheet, place, 1, cell, quoted, day)
