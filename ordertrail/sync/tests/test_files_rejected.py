"""Files of reliability.md §8 with a row that cannot be read: it is rejected by place and column, the others are taken."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from ordertrail.sync.tests.orders_file import GOOD, ROWS, Build, cases, read, text
from ordertrail.sync.tests.workbooks import SHEET, rezipped, xlsx

REJECTED: list[tuple[str, Build, dict[str, Any], list[str], tuple[str, str, str]]] = [
    (
        "F08 one line in another encoding",
        lambda: text(*GOOD) + "SO-3,2026-11-03,远帆,LAMP,1,2\n".encode("gb18030"),
        {},
        ["SO-1", "SO-2"],
        ("row 5", "", "encoding_mixed"),
    ),
    (
        "F08 one UTF-8 line in a GBK file",
        lambda: text(*GOOD, encoding="gb18030") + "SO-3,2026-11-03,王建国,LAMP,1,2\n".encode(),
        {},
        ["SO-1", "SO-2"],
        ("row 5", "", "encoding_mixed"),
    ),
    (
        "F09 NUL bytes",
        lambda: text(*GOOD, "SO-3,2026-11-03,A\0da,LAMP,1,2"),
        {},
        ["SO-1", "SO-2"],
        ("row 5", "", "bad_character"),
    ),
    (
        "F12 cell of 10 MB",
        lambda: text(GOOD[2], "SO-3,2026-11-03," + "x" * 10_000_000 + ",LAMP,1,2"),
        {},
        ["SO-2"],
        ("row 3", "", "field_too_large"),
    ),
    (
        "F15 may be a thousand",
        lambda: text("SO-2,2026-11-02,Ada,LAMP,1,12", 'SO-3,2026-11-03,Ada,LAMP,"1,234",2'),
        {},
        ["SO-2"],
        ("row 3", "数量", "ambiguous_number"),
    ),
    (
        "F20 digits lost in a CSV",
        lambda: text(*GOOD, "6.22848E+15,2026-11-03,Ada,LAMP,1,2"),
        {},
        ["SO-1", "SO-2"],
        ("row 5", "单号", "digits_lost"),
    ),
    (
        "F20 digits lost in a workbook",
        lambda: xlsx([*ROWS, [6228480001234567890, date(2026, 11, 3), "Ada", "LAMP", 1, 2]]),
        {},
        ["SO-1", "SO-2"],
        ("sheet 订单, row 5", "单号", "digits_lost"),
    ),
    (
        "F21 zeros lost",
        lambda: text("00123,2026-11-01,Ada,LAMP,1,2", "124,2026-11-01,Ada,LAMP,1,2"),
        {},
        ["00123"],
        ("row 3", "单号", "zeros_lost"),
    ),
    (
        "F24 29 February 1900",
        lambda: xlsx([*ROWS, ["SO-3", 60, "Ada", "LAMP", 1, 2]]),
        {},
        ["SO-1", "SO-2"],
        ("sheet 订单, row 5", "日期", "no_such_day"),
    ),
    (
        "F25 two-digit year",
        lambda: text(*GOOD, "SO-3,03/04/26,Ada,LAMP,1,2"),
        {},
        ["SO-1", "SO-2"],
        ("row 5", "日期", "date_order_unknown"),
    ),
    (
        "F25 day or month",
        lambda: text(*GOOD, "SO-3,03/04/2026,Ada,LAMP,1,2"),
        {},
        ["SO-1", "SO-2"],
        ("row 5", "日期", "date_order_unknown"),
    ),
    (
        "F26 year of the Republic",
        lambda: text(*GOOD, "SO-3,民國115年3月5日,Ada,LAMP,1,2"),
        {},
        ["SO-1", "SO-2"],
        ("row 5", "日期", "era_unknown"),
    ),
    (
        "F29 formula without value",
        lambda: rezipped(
            xlsx(ROWS, more=lambda _b, p: p.write_formula(3, 4, "=1+1")),
            {SHEET: lambda x: x.replace(b'<v>0</v></c><c r="F4"', b'</c><c r="F4"')},
        ),
        {},
        ["SO-1"],
        ("sheet 订单, row 4, line 1", "数量", "formula_without_value"),
    ),
    (
        "F30 error cell",
        lambda: xlsx(ROWS, more=lambda _b, p: p.write_formula(3, 5, "=X1", None, "#REF!")),
        {},
        ["SO-1"],
        ("sheet 订单, row 4, line 1", "单价", "error_cell"),
    ),
    (
        "rows of one number with two customers",
        lambda: text(*GOOD, "SO-2,2026-11-02,Bea,CORD,2,1"),
        {},
        ["SO-1"],
        ("rows 4 to 5", "客户", "rows_contradict"),
    ),
    (
        "rows of one number with two days",
        lambda: text(*GOOD, "SO-1,2026-11-04,远帆船舶,CORD,2,1"),
        {},
        ["SO-2"],
        ("rows 2 to 5", "日期", "rows_contradict"),
    ),
    (
        "a separator inside a text",
        lambda: text(*GOOD, "SO-3,2026-11-03,Smith, John,LAMP,1,2"),
        {},
        ["SO-1", "SO-2"],
        ("row 5", "", "too_many_cells"),
    ),
]


@pytest.mark.parametrize(("build", "given", "good", "bad"), cases(REJECTED))
def test_a_row_that_cannot_be_read_is_rejected_by_place_and_column_and_the_others_are_taken(
    build: Build, given: dict[str, Any], good: list[str], bad: tuple[str, str, str]
) -> None:
    found = read(build(), **given)
    assert found.refused is None
    assert sorted(found.orders) == good
    assert [(one.place, one.column, one.code) for one in found.problems] == [bad]


def test_rows_that_contradict_are_told_with_both_values_and_one_day_written_twice_is_one_day() -> None:
    said = read(text("K7,2026-09-01,X,P1,1,1", "K7,2026-09-01,Y,P1,1,1")).problems
    assert [(one.ref, one.detail) for one in said] == [
        (
            "K7",
            "Line 1 of “K7” says “X” and line 2 says “Y”: that is two documents under one number."
            " Give one of them a number of its own, or mend the cell, and send the file again.",
        )
    ]
    same = read(text("K7,2026-09-01,X,P1,1,1", "K7,2026/9/1,X,P2,1,1", "K7,,,P3,1,1"))
    assert (same.problems, len(same.orders["K7"].lines)) == ([], 3)


def test_other_cells_that_differ_are_noted_and_the_first_row_counts() -> None:
    found = read(
        text("K8,2026-09-01,X,P1,1,1", "K8,2026-09-01,X,P2,1,2"),
        stream={"fields": {"customer_name": "客户", "currency": {"value": "CNY"}, "remark": "单价"}},
    )
    assert (found.orders["K8"].remark, found.notes["rows_differ"]) == ("1", 1)
