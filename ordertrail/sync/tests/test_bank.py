"""Statements of banks are read to the cent, in each format; what is none, or is broken, is refused with file, row and way out."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.utils import translation

from ordertrail.billing.bank import Entry, adding_up, keyed
from ordertrail.lib.refused import Refused
from ordertrail.sync.bank.reading import read
from ordertrail.sync.tests.bank_files import ACCOUNT, CAMT, CHINA, OFX, PLAIN
from ordertrail.sync.tests.workbooks import xlsx


@pytest.fixture(autouse=True)
def _english() -> Any:
    with translation.override("en"):
        yield


def refused(body: bytes, code: str, *words: str, **more: Any) -> str:
    with pytest.raises(Refused) as no:
        read(body, "f.csv", **more)
    assert no.value.code == code, no.value.detail
    for word in ("f.csv", *words):
        assert word in no.value.detail, no.value.detail
    return no.value.detail


def test_a_chinese_bank_in_gbk_with_a_head_above_and_a_total_below() -> None:
    (told,) = read(CHINA, "f.csv")
    assert (told.account, told.format) == (ACCOUNT, "table")
    assert told.entries == (
        Entry(3, date(2026, 9, 15), 10_000_000, "CNY", "远帆船舶", "货款 INV-2609-0001", "F001"),
        Entry(4, date(2026, 9, 16), -880_000, "CNY", "国网电力", "电费", "F002"),
        Entry(5, date(2026, 9, 16), 1_300_000, "CNY", "远帆船舶", "", "F003"),
    )


def test_one_amount_with_its_side_and_the_account_typed() -> None:
    (told,) = read(PLAIN, "f.csv", account="6222 0210")
    assert told.account == "62220210"
    assert [(one.row, one.amount, one.payer) for one in told.entries] == [
        (2, 500_000, "散客"),
        (3, 500_000, "散客"),
        (4, -200_000, "顺丰"),
    ]
    refused(PLAIN, "account_missing", "Type the account")
    refused(CHINA, "account_differs", ACCOUNT, "999", account="999")


def test_totals_and_balances_are_no_lines_but_a_payer_called_like_one_is() -> None:
    body = "日期,对方户名,收入,支出,摘要\n2026-09-01,,,,期初余额\n2026-09-15,Total Energies,7.00,,x\n合计,,7.00,0.00,\n".encode()
    (told,) = read(body, "f.csv", account="1")
    assert [(one.row, one.payer, one.amount) for one in told.entries] == [(3, "Total Energies", 70_000)]
    refused(body.replace("期初余额".encode(), "货款".encode()), "bank_row", "row 2", "no amount", account="1")
    refused(body.replace(b"2026-09-15", b""), "bank_row", "row 3", "an amount and no day", account="1")


def test_a_workbook_is_read_like_a_table_of_text() -> None:
    rows: list[list[Any]] = [
        ["账号：6222 0210", None, None],
        ["交易日期", "贷方发生额", "借方发生额"],
        [date(2026, 9, 15), 904.5, None],
        ["合计", 904.5, 0],
    ]
    (told,) = read(xlsx(rows), "f.xlsx")
    assert told.account == "62220210"
    assert told.entries == (Entry(3, date(2026, 9, 15), 9_045_000, "CNY"),)


def test_ofx_without_closing_tags_in_gbk() -> None:
    (told,) = read(OFX, "f.ofx")
    assert told.account == ACCOUNT
    assert told.entries == (
        Entry(1, date(2026, 9, 15), 9_040_000, "CNY", "远帆船舶用品有限公司", "A & B", "T-1"),
        Entry(2, date(2026, 9, 16), -125_000, "CNY", "手续费", "", "T-2"),
    )
    newer = OFX.replace(b"OFXHEADER:100", b'<?xml version="1.0"?><?OFX OFXHEADER="200"?>').replace(
        b"-12,50", b"-12.50</TRNAMT>"
    )
    assert read(newer, "f.ofx")[0].entries == told.entries
    refused(OFX.replace(b"-12,50", b"twelve"), "bank_row", "row 11", "“twelve” is no amount.", "Nothing was taken")
    refused(OFX[: OFX.index(b"T-2")], "bank_row", "ends in the middle")


def test_camt_with_a_batch_taken_apart_and_balances_that_add_up() -> None:
    (told,) = read(CAMT, "f.xml")
    assert told.account == "NO9386011117947"
    assert told.entries == (
        Entry(1, date(2026, 9, 15), 9_040_000, "EUR", "Nordlys Marine AS", "INV-2609-0001", "R1/1"),
        Entry(2, date(2026, 9, 15), 2_260_000, "EUR", "Havn AS", "", "R1/2"),
        Entry(3, date(2026, 9, 16), -100_000, "EUR", "", "Fee", ""),
    )
    refused(CAMT.replace(b">1220.00", b">1221.00"), "bank_sum", "100.00", "1,120.00", "1,221.00")
    refused(
        CAMT.replace(b"camt.053", b"camt.052").replace(b"BkToCstmrStmt", b"BkToCstmrAcctRpt"), "bank_format", "camt.053"
    )
    refused(CAMT.replace(b"2026-09-15", b"2026-09-35"), "bank_row", "row 6", "no day")
    refused(CAMT[:900], "bank_row", "the XML is broken")


def test_xml_that_declares_types_or_nests_without_end_is_refused() -> None:
    bomb = b'<?xml version="1.0"?><!DOCTYPE d [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>' + CAMT.partition(b"?>")[2]
    refused(bomb, "xml_entities")
    refused(b'<?xml version="1.0"?>' + b"<a>" * 5000, "xml_entities")
    refused(OFX.replace(b"<OFX>", b"<!DOCTYPE x><OFX>"), "xml_entities")


def test_what_is_no_statement_or_has_a_row_that_cannot_be_read_is_refused_whole() -> None:
    refused(b"sku,qty\nLAMP,4\n", "bank_format", "sku, qty", "camt.053")
    refused(CHINA.replace(b"130.00", b"13O.00", 2), "bank_row", "row 5")
    refused(CHINA.replace(b"20260915", b"20261315"), "bank_row", "row 3")
    refused(CHINA.replace(b",F003", b",2.02609E+17"), "bank_row", "row 5", "digits are lost")
    refused(PLAIN.replace("借,".encode(), "转,".encode()), "bank_row", "row 4", "in or went out", account="1")
    refused(PLAIN.replace("借贷标志".encode(), b"x"), "bank_side", "two columns", account="1")
    refused(b"%PDF-1.7", "file_foreign")
    refused(CHINA[: CHINA.index(b"20260915")], "file_empty")


def test_equal_lines_are_told_apart_by_their_place_and_a_bank_id_counts_once() -> None:
    (told,) = read(PLAIN, "f.csv", account="1")
    assert len(keyed(told.entries)) == 3
    assert keyed(told.entries[1:]).keys() < keyed(told.entries).keys()
    fee = Entry(9, date(2026, 9, 15), -5, "CNY", bank_id="F001")
    (china,) = read(CHINA, "f.csv")
    assert len(keyed([*china.entries, *china.entries, fee])) == 4
    batch = [
        Entry(row, date(2026, 9, 15), 5, "CNY", payer, bank_id="B") for row, payer in ((1, "甲"), (2, "乙"), (3, "甲"))
    ]
    assert [entry.row for entry in keyed(batch).values()] == [1, 2]
    shorter = [Entry(7, date(2026, 9, 15), 5, "CNY", "甲公", bank_id="B")]
    assert keyed(shorter).keys() < keyed(batch).keys()


def test_sums_are_found_exactly_and_the_search_is_bounded() -> None:
    assert adding_up([9_040_000, 2_260_000], 11_300_000).ways == ((0, 1),)
    assert adding_up([5, 5, 10], 10).ways == ((2,),)
    assert adding_up([1, 2, 3, 4], 5).ways == ((0, 3), (1, 2))
    hard = adding_up([1000 + place for place in range(60)], 17)
    assert (hard.ways, hard.searched) == ((), False)
