"""The five small systems of scenario E19 say what domain.md says they do."""

from __future__ import annotations

from pathlib import Path

from ordertrail.demo import small
from ordertrail.demo.systems import bank, erp, mes, oms, wms
from ordertrail.lib.sqlite_library import sqlite3


def rows(file: Path, query: str) -> list[tuple[object, ...]]:
    connection = sqlite3.connect(file)
    try:
        found: list[tuple[object, ...]] = connection.execute(query).fetchall()
    finally:
        connection.close()
    return found


def test_five_systems_disagree_about_one_order(tmp_path: Path) -> None:
    small.write(tmp_path)

    assert rows(tmp_path / oms.FILE, "SELECT order_no, status, status_name, total_cents FROM orders") == [
        ("SO-2609-0027", 50, "已发货", 135_600)
    ]
    assert rows(tmp_path / oms.FILE, "SELECT sku, qty, price_cents FROM order_lines") == [("HL-NL02", 10, 12_000)]
    assert rows(tmp_path / wms.FILE, "SELECT out_no, sku, qty, ref_no FROM carton_line") == [
        ("SH-2609-0029", "hl-nl-02", "6", " SO - 2609 - 0027 ")
    ]
    assert rows(tmp_path / erp.FILE, "SELECT bill_no, amount, tax, total FROM t_invoice") == [
        ("INV-2609-0024", "1200.00", "156.00", "1356.00")
    ]
    assert rows(tmp_path / erp.FILE, "SELECT count(*) FROM t_receipt") == [(0,)]
    statement = (tmp_path / bank.FOLDER / "收款流水_202609.csv").read_bytes().decode("gb18030").splitlines()
    assert [line.split("\t")[3] for line in statement] == ["交易金额", "2,000.00"]
    assert "SO-2609-0027" not in "".join(statement)
    export = (tmp_path / mes.FOLDER / "MES工单_2026W38.csv").read_bytes()
    assert export.startswith(b"\xef\xbb\xbf")
    assert export.decode("utf-8-sig").splitlines()[1].split(",")[3:7] == ["10", "8", "生产中", "SO-2609-0027"]


def test_the_warehouse_ships_the_other_four_later_than_all_it_said_before(tmp_path: Path) -> None:
    company = small.write(tmp_path)
    before = rows(tmp_path / wms.FILE, "SELECT max(upd) FROM outbound")

    assert company.wms_ships_four_more() == "SH-2609-0034"

    assert rows(tmp_path / wms.FILE, "SELECT out_no, qty FROM carton_line ORDER BY 1") == [
        ("SH-2609-0029", "6"),
        ("SH-2609-0034", "4.00"),
    ]
    assert rows(tmp_path / wms.FILE, "SELECT max(upd) FROM outbound") > before


def test_the_same_day_gives_the_same_bytes(tmp_path: Path) -> None:
    for name in ("one", "two"):
        small.write(tmp_path / name)

    def content(name: str) -> dict[str, bytes]:
        folder = tmp_path / name
        return {str(file.relative_to(folder)): file.read_bytes() for file in folder.rglob("*") if file.is_file()}

    assert content("one") == content("two")
