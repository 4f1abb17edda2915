"""Files in a watched folder: what is new is read once, what is growing waits, lines may stand in a second file or sheet."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from ordertrail.lib.refused import Refused
from ordertrail.records.shapes import OrderRecord, Problem, Record
from ordertrail.sync.connectors import large
from ordertrail.sync.connectors.base import Landing
from ordertrail.sync.connectors.files import Connector, safe_name
from ordertrail.sync.mapping import Stream, to_records
from ordertrail.sync.tests.orders_file import DECLARED, GOOD, HEADER, ROWS, SHANGHAI, read, text
from ordertrail.sync.tests.workbooks import xlsx

PAIR: dict[str, Any] = {
    **DECLARED,
    "from": "head_*.csv",
    "key": "单号",
    "lines": {"from": "lines_*.csv", "parent": "单号", "key": "行号"},
}


def watched(folder: Path, declared: dict[str, Any] | None = None, **settings: Any) -> tuple[Connector, Stream]:
    connector = Connector({"folder": str(folder), "settle_seconds": 0, **settings}, {}, SHANGHAI)
    return connector, Stream.from_json({**DECLARED, "from": "*.csv", **(declared or {})})


def records(connector: Connector, stream: Stream, landings: list[Landing]) -> list[Record | Problem]:
    found: list[Record | Problem] = []
    for landing in landings:
        found += to_records(stream, connector.read(stream, landing), SHANGHAI)
    return found


def write(path: Path, body: bytes, age: int = 100) -> None:
    """A file that was last changed ``age`` seconds before now."""
    path.write_bytes(body)
    stamp = path.stat().st_mtime - age
    os.utime(path, (stamp, stamp))


def test_each_file_of_a_folder_is_fetched_once_oldest_first(tmp_path: Path) -> None:
    connector, stream = watched(tmp_path)
    (tmp_path / "a.csv").write_bytes(text(*GOOD))
    first = list(connector.fetch(stream, None))
    assert [landing.name for landing in first] == ["a.csv"]
    (tmp_path / "b.csv").write_bytes(text("SO-9,2026-11-09,Ada,LAMP,1,2"))
    second = list(connector.fetch(stream, first[-1].cursor))
    assert [landing.name for landing in second] == ["b.csv"]
    assert list(connector.fetch(stream, second[-1].cursor)) == []


def test_a_file_that_is_moved_here_with_an_old_date_is_not_missed(tmp_path: Path) -> None:
    connector, stream = watched(tmp_path)
    (tmp_path / "a.csv").write_bytes(text(*GOOD))
    (landing,) = connector.fetch(stream, None)
    write(tmp_path / "old.csv", text(*GOOD), age=10_000_000)
    assert [one.name for one in connector.fetch(stream, landing.cursor)] == ["old.csv"]


def test_a_file_that_is_still_growing_waits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    connector, stream = watched(tmp_path, settle_seconds=1)
    path = tmp_path / "a.csv"
    path.write_bytes(text(GOOD[0]))
    monkeypatch.setattr("time.sleep", lambda _seconds: path.write_bytes(text(*GOOD)))
    assert list(connector.fetch(stream, None)) == []
    assert [note.code for note in connector.notes] == ["file_growing"]


def test_lines_stand_in_a_second_file_named_alike(tmp_path: Path) -> None:
    connector, stream = watched(tmp_path, PAIR)
    (tmp_path / "head_0911.csv").write_text("单号,日期,客户\nSO-1,2026-11-01,Ada\nSO-2,2026-11-02,Bo\n")
    (tmp_path / "lines_0911.csv").write_text(
        "单号,行号,货号,数量,单价\nSO-2,1,CORD,1,2\nSO-1,1,LAMP,3,4\nSO-7,1,LAMP,3,4\n"
    )
    first, second = records(connector, stream, list(connector.fetch(stream, None)))
    assert isinstance(first, OrderRecord)
    assert isinstance(second, OrderRecord)
    assert [(line.ref, line.sku, line.qty) for line in first.lines] == [("1", "LAMP", Decimal(3))]
    assert [line.sku for line in second.lines] == ["CORD"]
    assert [(note.code, note.count) for note in connector.notes if note.code.startswith("lines")] == [
        ("lines_without_document", 1)
    ]


def test_without_the_file_of_its_lines_a_file_waits(tmp_path: Path) -> None:
    connector, stream = watched(tmp_path, PAIR)
    (tmp_path / "head_0911.csv").write_text("单号,日期,客户\nSO-1,2026-11-01,Ada\n")
    with pytest.raises(Refused, match="has come, but not “lines_0911") as refused:
        list(connector.fetch(stream, None))
    assert refused.value.code == "file_missing"


def test_a_wrong_line_in_the_second_file_rejects_its_document_alone(tmp_path: Path) -> None:
    connector, stream = watched(tmp_path, PAIR)
    (tmp_path / "head_1.csv").write_text("单号,日期,客户\nSO-1,2026-11-01,Ada\nSO-2,2026-11-02,Bo\n")
    (tmp_path / "lines_1.csv").write_text("单号,行号,货号,数量,单价\nSO-1,1,LAMP,x,4\nSO-2,1,LAMP,3,4\n")
    bad, good = records(connector, stream, list(connector.fetch(stream, None)))
    assert isinstance(bad, Problem)
    assert (bad.ref, bad.column, bad.code) == ("SO-1", "数量", "not_a_number")
    assert good.ref == "SO-2"


def test_lines_stand_on_a_second_sheet() -> None:
    def lines(book: Any, _page: Any) -> None:
        sheet = book.add_worksheet("明细")
        for number, row in enumerate([["单号", "行号", "货号", "数量", "单价"], ["SO-1", 10, "LAMP", 3, 4.5]]):
            sheet.write_row(number, 0, row)

    body = xlsx([["单号", "日期", "客户"], ["SO-1", date(2026, 11, 1), "Ada"]], more=lines)
    declared = {"sheet": "订单", "lines": {"from": "*", "sheet": "明细", "parent": "单号", "key": "行号"}}
    found = read(body, "o.xlsx", declared)
    assert [(line.ref, line.price) for line in found.orders["SO-1"].lines] == [("10", Decimal("4.5"))]


def test_rows_of_one_order_are_gathered_from_all_over_the_file() -> None:
    found = read(text(GOOD[0], GOOD[2], GOOD[1]))
    assert {ref: len(order.lines) for ref, order in found.orders.items()} == {"SO-1": 2, "SO-2": 1}


def test_the_same_row_twice_is_taken_once_and_two_that_differ_are_both_rejected() -> None:
    single = {"lines": None, "line_fields": {}, "fields": {"customer_name": "客户"}}
    found = read(b"\xef\xbb\xbf" + "单号,客户\nA,Ada\nA,Ada\nB,Bo\nB,Chen\n".encode(), stream=single)
    assert list(found.orders) == ["A"]
    assert [(one.ref, one.place, one.code) for one in found.problems] == [
        ("B", "row 4", "key_repeated"),
        ("B", "row 5", "key_repeated"),
    ]
    assert found.notes["row_repeated"] == 1


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("..\\..\\x.csv", "x.csv"),
        ("../../etc/passwd", "passwd"),
        ("=cmd|'/C calc'!A0.csv", "C calc'!A0.csv"),
        ("invoice\u202efdp.csv", "invoicefdp.csv"),
        ("x" * 300 + ".csv", "x" * 116 + ".csv"),
        ("\n\0", "file"),
    ],
)
def test_f48_a_file_is_kept_under_a_name_that_can_be_shown(name: str, shown: str) -> None:
    assert safe_name(name) == shown
    assert read(text(*GOOD), name).orders


def test_f02_a_header_alone_is_no_documents_and_no_mistake() -> None:
    found = read(text())
    assert (found.orders, found.problems, found.refused) == ({}, [], None)


def test_f05_a_sign_of_four_bytes_in_gb18030_is_read() -> None:
    found = read(text("SO-1,2026-11-01,𠮷野家贸易有限公司,LAMP,1,2", encoding="gb18030"))
    assert found.orders["SO-1"].customer_name == "𠮷野家贸易有限公司"


def test_f07_big5_is_read_once_it_is_set() -> None:
    stream = {"key": "order", "fields": {"customer_name": "customer"}, "line_fields": {"sku": "sku", "qty": "qty"}}
    body = b"order,customer,sku,qty\nSO-1," + "遠航國際".encode("big5") + b",LAMP,1\n"
    assert read(body, stream=stream, encoding="big5").orders["SO-1"].customer_name == "遠航國際"


def test_f21_lost_zeros_come_back_where_their_number_is_known() -> None:
    stream = {"key": {"column": "单号", "digits": 5}, "fields": {"number": {"column": "单号", "digits": 5}}}
    found = read(text("123,2026-11-01,Ada,LAMP,1,2"), stream=stream)
    assert [order.number for order in found.orders.values()] == ["00123"]
    assert found.notes["zeros_added"] == 1


def test_f31_hidden_rows_and_sheets_are_counted() -> None:
    def hide(book: Any, page: Any) -> None:
        page.set_row(1, None, None, {"hidden": True})
        page.set_row(2, None, None, {"hidden": True})
        book.add_worksheet("旧").hide()

    found = read(xlsx(ROWS, more=hide), "o.xlsx")
    assert len(found.orders) == 2
    assert (found.notes["hidden_rows"], found.notes["hidden_sheets"]) == (2, 1)


def _long(path: Path, documents: int, scattered: bool) -> None:
    with path.open("w", encoding="gb18030") as file:
        file.write(HEADER + "\n")
        for half in range(2):
            for number in range(documents):
                for line in (0, 1) if not scattered else (half,):
                    if scattered or not half:
                        file.write(
                            f"SO-{number},2026-11-{1 + number % 28:02},远帆{number % 97},SKU-{line},{number % 9 + 1},12.50\n"
                        )


@pytest.mark.parametrize("scattered", [False, True])
def test_a_long_file_comes_in_pieces_that_keep_documents_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, scattered: bool
) -> None:
    monkeypatch.setattr(large, "LARGE", 20_000)
    _long(tmp_path / "long.csv", 1_000, scattered)
    connector, stream = watched(tmp_path)
    landings = list(connector.fetch(stream, None))
    assert len(landings) > 4
    assert [landing.cursor is None for landing in landings] == [True] * (len(landings) - 1) + [False]
    found = records(connector, stream, landings)
    assert [one.ref for one in found] == [f"SO-{number}" for number in range(1_000)]
    assert all(isinstance(one, OrderRecord) and [line.sku for line in one.lines] == ["SKU-0", "SKU-1"] for one in found)


def test_a_long_pair_of_files_comes_in_pieces_with_its_bad_rows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(large, "LARGE", 5_000)
    heads = [f"SO-{number},2026-11-01,Ada\n" for number in range(500)]
    lines = [f"SO-{number},1,LAMP,{number + 1},1.5\n" for number in reversed(range(500))]
    lines[3] = "SO-496,1,LAMP,a\0b,1.5\n"
    (tmp_path / "head_1.csv").write_text("单号,日期,客户\n" + "".join(heads))
    (tmp_path / "lines_1.csv").write_text("单号,行号,货号,数量,单价\n" + "".join(lines) + "SO-X,1,LAMP,1,1\n")
    connector, stream = watched(tmp_path, PAIR)
    landings = list(connector.fetch(stream, None))
    assert len(landings) > 2
    found = records(connector, stream, landings)
    assert [one.ref for one in found if isinstance(one, Problem)] == ["SO-496"]
    assert sum(line.qty for one in found if isinstance(one, OrderRecord) for line in one.lines) == 500 * 501 // 2 - 497
    assert [note.count for note in connector.notes if note.code == "lines_without_document"] == [1]


MEASURE = """
import sys
import django
django.setup()
from pathlib import Path
from ordertrail.sync.tests.test_files import watched
connector, stream = watched(Path(sys.argv[1]))
count = sum(1 for landing in connector.fetch(stream, None) for document in connector.read(stream, landing))
# not ru_maxrss: that is inherited from the process that started this one
highest = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM"))
print(count, int(highest.split()[1]) // 1024)
"""


def _measured(folder: Path, rows: int) -> tuple[int, int]:
    """How many documents a file of so many rows has, and the memory in MB that reading them took, in a process of its own."""
    _long(folder / "long.csv", rows // 2, scattered=False)
    done = subprocess.run([sys.executable, "-c", MEASURE, str(folder)], capture_output=True, text=True, check=True)
    documents, memory = done.stdout.split()
    return int(documents), int(memory)


@pytest.mark.slow
def test_a_long_file_takes_little_memory(tmp_path: Path) -> None:
    documents, memory = _measured(tmp_path, 200_000)
    assert documents == 100_000
    assert memory <= 300


@pytest.mark.full("files")
def test_f49_five_million_rows_take_little_memory(tmp_path: Path) -> None:
    documents, memory = _measured(tmp_path, 5_000_000)
    assert documents == 2_500_000
    assert memory <= 300
