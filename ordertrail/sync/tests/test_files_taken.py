"""Files of reliability.md §8 that are only written differently: taken, with a note where a person should know."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from ordertrail.sync.tests.orders_file import GOOD, HEADER, NAMES, ROWS, Build, cases, read, text
from ordertrail.sync.tests.workbooks import SHEET, ods, rezipped, xls, xlsx


def _shell_of(rows: int) -> Callable[[bytes], bytes]:
    """The sheet's XML with so many formatted, empty rows behind its own."""
    empty = "".join(
        f'<row r="{at}" spans="1:6"><c r="A{at}" s="1"/><c r="B{at}" s="1"/></row>' for at in range(5, rows + 1)
    )
    return lambda part: part.replace(b"</sheetData>", empty.encode() + b"</sheetData>")


def _merged(book: Any, page: Any) -> None:
    page.merge_range(1, 0, 2, 0, "SO-1")
    page.set_row(3, None, None, {"hidden": True})
    book.add_worksheet("旧").hide()
    page.autofilter(0, 0, 3, 5)


TAKEN: list[tuple[str, Build, dict[str, Any], set[str]]] = [
    ("F03 UTF-8 with mark", lambda: b"\xef\xbb\xbf" + text(*GOOD), {}, {"read_as"}),
    ("F04 GBK, sparse Chinese", lambda: text(*GOOD, encoding="gbk"), {}, {"read_as"}),
    ("F06 UTF-16 with the setting", lambda: text(*GOOD, encoding="utf-16-le"), {"encoding": "utf-16-le"}, {"read_as"}),
    ("F10 lone CR", lambda: text(*GOOD, end="\r"), {}, {"read_as"}),
    ("CR LF", lambda: text(*GOOD, end="\r\n"), {}, {"read_as"}),
    ("F14 semicolon", lambda: text(*GOOD).replace(b",", b";"), {}, {"read_as"}),
    ("F14 TAB", lambda: text(*GOOD).replace(b",", b"\t"), {}, {"read_as"}),
    ("F14 bar", lambda: text(*GOOD).replace(b",", b"|"), {}, {"read_as"}),
    (
        "F17 other order of columns",
        lambda: "\n".join(",".join(line.split(",")[::-1]) for line in (HEADER, *GOOD)).encode(),
        {},
        {"read_as"},
    ),
    (
        "F15 comma with the setting",
        lambda: text(*GOOD).replace(b",", b";").replace(b".", b","),
        {"decimal": ","},
        {"read_as"},
    ),
    ("F15 comma told by the column", lambda: text(*GOOD).replace(b",", b";").replace(b".", b","), {}, {"read_as"}),
    (
        "F19 full-width digits",
        lambda: text(*(line.replace("SO-1", "ＳＯ－１").replace(",10,", ",１０,") for line in GOOD)),
        {},
        {"read_as"},
    ),
    (
        "F22 day numbers",
        lambda: text(*GOOD).replace(b"2026-11-01", b"46327").replace(b"2026-11-02", b"46328"),
        {},
        {"read_as"},
    ),
    (
        "F22 day numbers in a workbook",
        lambda: xlsx([NAMES, *([row[0], 46326 + row[1].day, *row[2:]] for row in ROWS[1:])]),
        {},
        set(),
    ),
    ("F23 the count from 1904", lambda: xlsx(ROWS, date_1904=True), {}, set()),
    (
        "F25 two-digit year with the setting",
        lambda: text(*GOOD).replace(b"2026-11-0", b"11/26/0").replace(b"11/26/0", b"26/11/0"),
        {"date_order": "ymd"},
        {"read_as"},
    ),
    (
        "F26 年月日",
        lambda: text(
            *(line.replace("2026-11-01", "2026年11月1日").replace("2026-11-02", "2026年11月02日") for line in GOOD)
        ),
        {},
        {"read_as"},
    ),
    (
        "F26 year of the Republic with the setting",
        lambda: text(*(line.replace("2026-11-0", "民國115/11/") for line in GOOD)),
        {"era": "minguo"},
        {"read_as"},
    ),
    (
        "F27 invisible signs",
        lambda: text(
            *(line.replace("2026-11-0", "\u00a0\u200b2026-11-0").replace("LAMP", "LAMP\u00a0") for line in GOOD)
        ),
        {},
        {"read_as"},
    ),
    (
        "F28 merged, F31 hidden rows, sheets and filter",
        lambda: xlsx([ROWS[0], ROWS[1], [None, *ROWS[2][1:]], ROWS[3]], more=_merged),
        {},
        {"merged_filled", "hidden_rows", "hidden_sheets"},
    ),
    (
        "F28 empty below, in a CSV",
        lambda: text(GOOD[0], ",,,CORD,4,0.99", GOOD[2]),
        {"stream": {"options": {"fill_down": True}}},
        {"read_as", "filled_down"},
    ),
    ("F33 total row", lambda: text(*GOOD, "合计,,,,15,"), {}, {"read_as", "total_row"}),
    ("F33 total row in English", lambda: text(*GOOD, ",,,Total:,15,"), {}, {"read_as", "total_row"}),
    (
        "F34 title rows above",
        lambda: b"\xef\xbb\xbf" + "港灯贸易\n\n销售明细 2026-11\n".encode() + text(*GOOD),
        {},
        {"read_as"},
    ),
    ("F34 header row set", lambda: "港灯贸易\n".encode() + text(*GOOD), {"stream": {"header_row": 2}}, {"read_as"}),
    ("F36 a million formatted empty rows", lambda: rezipped(xlsx(ROWS), {SHEET: _shell_of(1_048_576)}), {}, set()),
    (
        "F42 .xls called .xlsx",
        lambda: xls([NAMES, *([row[0], row[1].isoformat(), *row[2:]] for row in ROWS[1:])]),
        {"name": "o.xlsx"},
        set(),
    ),
    (
        "F44 macros",
        lambda: rezipped(xlsx(ROWS), added={"xl/vbaProject.bin": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1macro"}),
        {"name": "o.xlsm"},
        set(),
    ),
    (
        "F45 external link",
        lambda: rezipped(xlsx(ROWS), added={"xl/externalLinks/externalLink1.xml": b"<externalLink/>"}),
        {},
        {"external_links"},
    ),
    (
        "OpenDocument",
        lambda: ods([NAMES, *([row[0], row[1].isoformat(), *row[2:]] for row in ROWS[1:])]),
        {"name": "o.ods"},
        set(),
    ),
]


@pytest.mark.parametrize(("build", "given", "notes"), cases(TAKEN))
def test_a_file_that_is_only_written_differently_is_taken_with_a_note(
    build: Build, given: dict[str, Any], notes: set[str]
) -> None:
    found = read(build(), **given)
    assert (found.refused, found.problems) == (None, [])
    assert sorted(found.orders) == ["SO-1", "SO-2"]
    first = found.orders["SO-1"]
    assert [(line.sku, line.qty, line.price) for line in first.lines] == [
        ("LAMP", Decimal(10), Decimal("12.5")),
        ("CORD", Decimal(4), Decimal("0.99")),
    ]
    assert (first.order_date, found.orders["SO-2"].order_date) == (date(2026, 11, 1), date(2026, 11, 2))
    assert set(found.notes) - {"full_width"} == notes
