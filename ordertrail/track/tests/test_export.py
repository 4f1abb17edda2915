"""Export: the same rows as the list, numbers as numbers, and nothing in the file that a spreadsheet would run."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from python_calamine import CalamineWorkbook

from ordertrail.orders.models import Order, OrderStatus
from ordertrail.track import export
from ordertrail.track.orders_filter import selection
from ordertrail.track.sheets import harmless, runs, workbook
from ordertrail.track.tests.lists_company import DOLLARS, LATE, NORDLYS, TO_COLLECT, TO_INVOICE, company
from ordertrail.web.tests.people import person

pytestmark = pytest.mark.django_db

PAYLOADS = (
    "=1+1", "+1", "-1+1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "\0=1", "＝1+1", "＋1", "－1", "＠SUM", "  =cmd|'/C calc'!A0",
    "　=1", "=HYPERLINK(\"http://evil.example\")",
)  # fmt: skip


def body(answer: Any) -> bytes:
    """The whole of a streamed answer."""
    content = b"".join(answer.streaming_content)
    if getattr(answer, "file_to_stream", None) is not None:
        answer.file_to_stream.close()
    return content


def lines(answer: Any) -> list[dict[str, str]]:
    """The rows of a CSV answer by their heads."""
    text = body(answer).decode("utf-8")
    assert text.startswith("\ufeff")
    return list(csv.DictReader(io.StringIO(text[1:])))


def sheet(answer: Any) -> list[list[Any]]:
    """The rows of the first sheet of an Excel answer."""
    return CalamineWorkbook.from_filelike(io.BytesIO(body(answer))).get_sheet_by_index(0).to_python()


@pytest.fixture
def anna(client: Client) -> Client:
    """Anna sells; she is logged in."""
    company()
    client.force_login(person("anna"))
    return client


def test_csv_has_the_rows_of_the_list_in_its_order(anna: Client) -> None:
    answer = anna.get("/orders/?queue=open&format=csv")
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="Orders 2026-09-16.csv"'
    rows = lines(answer)
    assert [row["Order"] for row in rows] == [LATE, TO_COLLECT, TO_INVOICE, DOLLARS]
    assert rows[1] == {
        "Order": TO_COLLECT, "Source": "OMS", "Customer": "远帆船舶用品", "Salesperson": "Mei", "Order date": "2026-09-03",
        "Promised": "2026-09-12", "Product": "LED lamp", "Lines": "1", "Ordered quantity": "4", "Shipped quantity": "4",
        "Quantity to ship": "0", "Status": "Confirmed", "Delivery": "Shipped", "Invoicing": "Invoiced", "Payment": "Unpaid",
        "Production": "No production", "Currency": "CNY", "Total incl. tax": "1356.00", "To ship": "0.00",
        "Invoiced": "1356.00", "To invoice": "0.00", "Paid": "0.00", "Receivable": "1356.00", "Due": "2026-09-30",
    }  # fmt: skip
    assert rows[3]["Promised"] == ""


def test_excel_has_numbers_days_and_what_it_is(anna: Client) -> None:
    answer = anna.get("/orders/?queue=collect&format=xlsx")
    assert answer.headers["Content-Type"] == export.FORMATS["xlsx"]
    content = body(answer)
    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    head, row = book.get_sheet_by_index(0).to_python()
    told = dict(zip(head, row, strict=True))
    assert (told["Order"], told["Total incl. tax"], told["Ordered quantity"]) == (TO_COLLECT, 1356.0, 4.0)
    assert str(told["Promised"]) == "2026-09-12"
    assert book.sheet_names == ["Orders", "About"]
    about = {str(words): value for words, value in book.get_sheet_by_index(1).to_python()}
    assert (about["Rows"], about["Queue"], about["Filters"], about["Made by"]) == (1.0, "To collect", "none", "Anna")
    assert str(about["Address"]).endswith("/orders/?queue=collect")


def test_words_are_in_the_language_of_who_exports(anna: Client) -> None:
    chen = Client()
    chen.force_login(person("chen", language="zh-hans"))
    rows = lines(chen.get("/orders/?queue=collect&format=csv"))
    assert (rows[0]["订单"], rows[0]["交付"], rows[0]["开票"]) == (TO_COLLECT, "已发货", "已开票")


def test_negative_amounts_stay_numbers(anna: Client) -> None:
    OrderStatus.objects.filter(number=TO_COLLECT).update(open_receivable="-226.50")
    rows = lines(anna.get("/orders/?queue=all&sort=open_receivable&format=csv"))
    assert (rows[0]["Order"], rows[0]["Receivable"]) == (TO_COLLECT, "-226.50")
    cells = sheet(anna.get("/orders/?queue=all&sort=open_receivable&format=xlsx"))
    assert cells[1][cells[0].index("Receivable")] == -226.5


@pytest.mark.parametrize("name", ["customer_name", "first_name", "salesperson", "number"])
def test_nothing_runs_in_a_spreadsheet(anna: Client, name: str) -> None:
    head = {"customer_name": "Customer", "first_name": "Product", "salesperson": "Salesperson", "number": "Order"}[name]
    for payload in PAYLOADS if connection.vendor == "sqlite" else [text for text in PAYLOADS if "\0" not in text]:
        OrderStatus.objects.filter(number__in=[LATE]).update(**{name: payload[:80]})
        order = Order.objects.get(number=LATE)
        row = next(row for row in lines(anna.get("/orders/?queue=late&format=csv")))
        assert row[head].startswith("'")
        cells = sheet(anna.get("/orders/?queue=late&format=xlsx"))
        assert isinstance(cells[1][cells[0].index(head)], str)
        OrderStatus.objects.filter(pk=order.pk).update(number=LATE)


def test_a_phone_number_stays_text() -> None:
    assert harmless("+86 138 0013 8000") == "'+86 138 0013 8000"
    assert not runs("SO-1 = 2")
    book = workbook("Phones", ["Phone"], [["+86 138 0013 8000"], [-5]], [])
    rows = CalamineWorkbook.from_filelike(book).get_sheet_by_index(0).to_python()
    assert rows == [["Phone"], ["+86 138 0013 8000"], [-5.0]]


def test_an_empty_selection_is_a_file_with_its_head(anna: Client) -> None:
    assert lines(anna.get("/orders/?customer=nobody&format=csv")) == []
    assert len(sheet(anna.get("/orders/?customer=nobody&format=xlsx"))) == 1


def test_who_may_not_export_is_told_whom_to_ask(anna: Client) -> None:
    anna.force_login(person("bo"))
    person("root")
    for path in ("/orders/?format=csv", "/orders/?format=xlsx", "/findings/?format=csv"):
        answer = anna.get(path)
        assert answer.status_code == 403
        assert "Root can give you this right." in answer.content.decode()
    assert "format=csv" not in anna.get("/orders/").content.decode()


def test_more_rows_than_a_sheet_holds_are_refused(anna: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(export, "MOST_ROWS", 3)
    answer = anna.get("/orders/?queue=open&format=xlsx")
    assert answer.status_code == 422
    assert "4 orders match; a sheet holds 3." in answer.content.decode()
    assert 'href="?queue=open&amp;format=csv"' in answer.content.decode()
    told: Any = anna.get("/orders/?queue=open&format=csv")
    assert len(b"".join(told.streaming_content).splitlines()) == 1 + 4  # a line each: CSV has no end


def test_every_sort_exports_every_row_once(anna: Client) -> None:
    who = person("chen")
    for sort in ("promised_date", "order_date", "number", "customer_name", "ordered", "open_receivable"):
        for sign in ("", "-"):
            chosen = selection({"queue": "all", "sort": f"{sign}{sort}"}, who)
            order = chosen.chosen.order
            assert order is not None
            listed = [row.number for row in chosen.read(order, None, False, 100)]
            assert [row[0] for row in export.cells(chosen)] == listed
    narrow = selection({"customer": NORDLYS, "sort": "-ordered"}, who)
    assert len(list(export.cells(narrow))) == 3
    assert TO_INVOICE not in {row[0] for row in export.cells(narrow)}
