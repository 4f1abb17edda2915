"""Files of reliability.md §8 that are refused whole: empty, broken, unsafe, foreign, or to be decided by a person."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ordertrail.sync.connectors import sheets
from ordertrail.sync.tests.orders_file import DRAWING, ENGLISH, FLOOD, GOOD, HEADER, ROWS, Build, cases, read, text
from ordertrail.sync.tests.workbooks import SHEET, archive, rezipped, xlsx


def _bomb() -> bytes:
    return rezipped(xlsx(ROWS), added={"xl/media/image1.bin": b"\0" * (40 << 20)})


def _far_cell() -> bytes:
    return xlsx(ROWS, more=lambda _book, page: page.write(1_048_575, 16_383, "x"))


REFUSED: list[tuple[str, Build, dict[str, Any], str, str]] = [
    ("F01 empty file", lambda: b"", {}, "file_empty", "is empty"),
    ("F01 only a mark and blank lines", lambda: b"\xef\xbb\xbf\r\n\r\n", {}, "file_empty", "is empty"),
    ("F06 UTF-16 without mark", lambda: text(*GOOD, encoding="utf-16-le"), {}, "encoding_unknown", "utf-16-le"),
    (
        "F07 Big5",
        lambda: ENGLISH + "SO-1,2026-11-01,遠航國際貿易,LAMP,1,2".encode("big5"),
        {},
        "encoding_unknown",
        "big5hkscs",
    ),
    (
        "F07 Shift-JIS",
        lambda: ENGLISH + "SO-1,2026-11-01,カタカナ商事,LAMP,1,2".encode("shift_jis"),
        {},
        "encoding_unknown",
        "shift_jis",
    ),
    (
        "F11 quote never closed",
        lambda: text(GOOD[0], 'SO-2,2026-11-02,"Ada,LAMP,1,2', *GOOD * 9),
        {},
        "quote_open",
        "opened in line 3",
    ),
    (
        "F13 20,000 columns",
        lambda: (",".join(map(str, range(20_000))) + "\n1\n").encode(),
        {},
        "too_many_columns",
        "20,000 columns",
    ),
    (
        "F16 column named twice",
        lambda: b"\xef\xbb\xbf" + f"{HEADER},数量\n".encode() + b"1,,,,,,\n",
        {},
        "column_twice",
        "“数量” 2 times",
    ),
    (
        "F18 renamed column",
        lambda: text(*GOOD).replace("数量".encode(), "订购数量".encode()),
        {},
        "column_missing",
        "called “订购数量”",
    ),
    (
        "F32 several sheets",
        lambda: xlsx(ROWS, more=lambda book, _p: book.add_worksheet("旧").write(0, 0, "x")),
        {},
        "sheet_choice",
        "订单 (4), 旧 (1)",
    ),
    ("F34 no row names a column", lambda: b"a,b\n1,2\n", {}, "header_not_found", "The first row reads: a, b"),
    ("F35 one cell far out", _far_cell, {}, "file_too_large", "A cell far outside the table"),
    ("F37 bomb", _bomb, {}, "file_unsafe", "times its size"),
    ("F38 100,000 parts", lambda: archive({f"{at}": b"" for at in range(100_000)}), {}, "file_unsafe", "100,000 parts"),
    (
        "F38 archive in an archive",
        lambda: archive({"orders.zip": archive({"orders.csv": b"x"})}),
        {},
        "file_foreign",
        "ZIP archive",
    ),
    (
        "F39 entities",
        lambda: rezipped(
            xlsx(ROWS), {SHEET: lambda x: x.replace(b"<worksheet", b'<!DOCTYPE a [<!ENTITY b "c">]><worksheet', 1)}
        ),
        {},
        "file_unsafe",
        "declares entities",
    ),
    (
        "F40 part points outside",
        lambda: rezipped(xlsx(ROWS), added={"../../evil": b"x"}),
        {},
        "file_unsafe",
        "points outside",
    ),
    (
        "F41 part is a link",
        lambda: archive({"xl/workbook.xml": b"", "link": b"/etc/passwd"}, link="link"),
        {},
        "file_unsafe",
        "is a link",
    ),
    (
        "F42 web page called .xls",
        lambda: b"<html><table><tr><td>1</td></tr></table></html>",
        {"name": "o.xls"},
        "file_foreign",
        "“o.xls” is a web page",
    ),
    (
        "F43 password",
        lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(999) + "EncryptedPackage".encode("utf-16-le"),
        {},
        "file_locked",
        "password",
    ),
    ("F46 half a workbook", lambda: xlsx(ROWS)[:3000], {}, "file_broken", "ends too early"),
    (
        "F50 picture of 50,000 × 50,000 called .xlsx",
        lambda: FLOOD,
        {"name": "o.xlsx"},
        "file_foreign",
        "“o.xlsx” is a picture: send the sheet",
    ),
    (
        "F51 drawing with a script",
        lambda: DRAWING,
        {"name": "o.csv"},
        "file_foreign",
        "“o.csv” is a picture: send the sheet",
    ),
    (
        "F52 WPS file",
        lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(4000),
        {"name": "订单.et"},
        "file_broken",
        "saved as .xlsx first",
    ),
]


@pytest.mark.parametrize(("build", "given", "code", "words"), cases(REFUSED))
def test_a_file_that_cannot_be_trusted_is_refused_whole_with_the_way_out(
    build: Build, given: dict[str, Any], code: str, words: str
) -> None:
    found = read(build(), **given)
    assert found.refused is not None
    assert (found.refused.code, found.orders) == (code, {})
    assert words in found.refused.detail


CHILD_SAYS = """
import json, os, sys
print(json.dumps({"sheet": "x", "sheets": [], "merged": []}))
print(json.dumps([f"{name}={value}" for name, value in os.environ.items()]))
"""


def test_the_reader_of_spreadsheets_is_told_no_secret(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    child = tmp_path / "child.py"
    child.write_text(CHILD_SAYS)
    monkeypatch.setattr(sheets, "CHILD", child)
    monkeypatch.setenv("ORDERTRAIL_DATABASE_URL", "postgresql://anna:geheim@db/store")
    with sheets.opened(xlsx(ROWS), "o.xlsx") as sheet:
        (line,) = sheet.rows()
    names = {str(cell).partition("=")[0] for cell in line.cells}
    assert names <= {"PATH", "LANG", "RUST_BACKTRACE", "LC_CTYPE"}


def test_a_file_that_takes_too_long_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    child = tmp_path / "child.py"
    child.write_text("import time\ntime.sleep(60)\n")
    monkeypatch.setattr(sheets, "CHILD", child)
    monkeypatch.setattr(sheets, "SECONDS", 0.2)
    found = read(xlsx(ROWS), "o.xlsx")
    assert found.refused is not None
    assert found.refused.code == "file_too_large"
