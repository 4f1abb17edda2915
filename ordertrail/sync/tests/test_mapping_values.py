"""Numbers and days as people and systems write them: read when they can mean one thing, refused when they can mean two."""

from __future__ import annotations

import doctest
from datetime import date, datetime
from decimal import Decimal
from importlib import import_module
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ordertrail.sync import drift, moments, values, versions
from ordertrail.sync.connectors import sql_cursor
from ordertrail.sync.moments import parser
from ordertrail.sync.values import Bad, Reading, number_reader, parse_number, read_flag


@pytest.mark.parametrize(
    ("text", "decimal", "number"),
    [
        ("12.50", "", "12.50"),
        ("1,234.50", "", "1234.50"),
        ("1,234,567", "", "1234567"),
        ("1.234,56", "", "1234.56"),
        ("1.234.567", "", "1234567"),
        ("0,5", "", "0.5"),
        ("12,5", "", "12.5"),
        ("1234,567", "", "1234.567"),
        ("0,234", "", "0.234"),
        ("1.234", "", "1.234"),
        ("1.234", ",", "1234"),
        ("1,234", ".", "1234"),
        ("1,234", ",", "1.234"),
        ("１２．５", "", "12.5"),
        ("￥1,234.50", "", "1234.50"),
        ("CNY 12", "", "12"),
        ("12元", "", "12"),
        ("-12", "", "-12"),
        ("12-", "", "-12"),
        ("(12.5)", "", "-12.5"),
        ("−12", "", "-12"),
        ("-¥12", "", "-12"),
        ("¥-12", "", "-12"),
        ("1 234,5", ",", "1234.5"),
        ("1\u00a0234.5", "", "1234.5"),
        ("1'234.50", "", "1234.50"),
        ("13%", "", "0.13"),
        (".5", "", "0.5"),
        ("5.", "", "5.0"),
    ],
)
def test_a_number_is_read_in_many_writings(text: str, decimal: str, number: str) -> None:
    assert number_reader(decimal, 6, lambda code, detail: None)(text) == Decimal(number)


@pytest.mark.parametrize(
    "text", ["", " ", "abc", "1.2.3", "12,34,56", "1,23.4", "N/A", "1_000", "--1", "See DN-304", "٣", "1e", "5 7"]
)
def test_what_is_no_number_is_refused_or_empty(text: str) -> None:
    read = number_reader("", 6, lambda code, detail: None)
    if not text.strip():
        assert read(text) is None
        return
    with pytest.raises(Bad) as bad:
        read(text)
    assert bad.value.code == "not_a_number"


@given(st.decimals(min_value=-(10**9), max_value=10**9, places=4, allow_nan=False), st.sampled_from([".", ","]))
def test_a_number_comes_back_from_either_writing(number: Decimal, decimal: str) -> None:
    other = "," if decimal == "." else "."
    text = f"{number:,.4f}".replace(",", "_").replace(".", decimal).replace("_", other)
    assert parse_number(text, decimal) == number


@pytest.mark.parametrize(
    ("text", "reading", "moment"),
    [
        ("2026-11-01", {}, date(2026, 11, 1)),
        ("2026-11-01 08:30", {}, datetime(2026, 11, 1, 8, 30)),
        ("2026-11-01T08:30:15.5", {}, datetime(2026, 11, 1, 8, 30, 15, 500_000)),
        ("2026/3/5", {}, date(2026, 3, 5)),
        ("2026.03.05 8:05", {}, datetime(2026, 3, 5, 8, 5)),
        ("2026年3月5日", {}, date(2026, 3, 5)),
        ("2026年3月5日 下午3:20", {}, datetime(2026, 3, 5, 15, 20)),
        ("2026年3月5日 15时20分", {}, datetime(2026, 3, 5, 15, 20)),
        ("2026/3/5 3:20 PM", {}, datetime(2026, 3, 5, 15, 20)),
        ("2026/3/5 12:05 AM", {}, datetime(2026, 3, 5, 0, 5)),
        ("２０２６－１１－０１", {}, date(2026, 11, 1)),
        ("20261105", {}, date(2026, 11, 5)),
        ("20261105083015", {}, datetime(2026, 11, 5, 8, 30, 15)),
        ("45000", {}, date(2023, 3, 15)),
        ("45000.75", {}, datetime(2023, 3, 15, 18)),
        ("45000", {"excel_1904": True}, date(2027, 3, 16)),
        ("13/04/2026", {}, date(2026, 4, 13)),
        ("04/13/2026", {}, date(2026, 4, 13)),
        ("05/05/2026", {}, date(2026, 5, 5)),
        ("03/04/2026", {"date_order": "mdy"}, date(2026, 3, 4)),
        ("03.04.26", {"date_order": "dmy"}, date(2026, 4, 3)),
        ("26/04/03", {"date_order": "ymd"}, date(2026, 4, 3)),
        ("03/04/71", {"date_order": "dmy"}, date(1971, 4, 3)),
        ("03/04/71", {"date_order": "dmy", "year_pivot": 80}, date(2071, 4, 3)),
        ("民國115年3月5日", {"era": "minguo"}, date(2026, 3, 5)),
        ("115/03/05", {"era": "minguo"}, date(2026, 3, 5)),
        ("02-Jun-06", {"dates": ("%d-%b-%y",)}, date(2006, 6, 2)),
        ("8/27/14", {"dates": ("%m/%d/%y",)}, date(2014, 8, 27)),
        ("0000-00-00", {}, None),
        ("", {}, None),
    ],
)
def test_a_day_is_read_in_many_writings(text: str, reading: dict[str, Any], moment: date | None) -> None:
    assert parser(Reading(**reading))(text) == moment


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("03/04/2026", "date_order_unknown"),
        ("03/04/26", "date_order_unknown"),
        ("民國115年3月5日", "era_unknown"),
        ("2026/02/30", "no_such_day"),
        ("31/02/2026", "no_such_day"),
        ("2026", "not_a_date"),
        ("60", "not_a_date"),
        ("11111", "no_such_day"),
        ("9999-12-31", "date_out_of_range"),
        ("soon", "not_a_date"),
    ],
)
def test_a_day_that_may_be_two_or_none_is_refused(text: str, code: str) -> None:
    with pytest.raises(Bad) as bad:
        parser(Reading())(text)
    assert bad.value.code == code


@given(st.dates(date(1970, 1, 1), date(2069, 12, 31)))
def test_a_day_comes_back_from_every_order(day: date) -> None:
    assert parser(Reading())(day.isoformat()) == day
    assert parser(Reading())(f"{day.year}年{day.month}月{day.day}日") == day
    assert parser(Reading(date_order="dmy"))(f"{day:%d/%m/%y}") == day
    assert parser(Reading(date_order="mdy"))(f"{day:%m/%d/%Y}") == day
    assert parser(Reading(era="minguo"))(f"{day.year - 1911}.{day.month}.{day.day}") == day or day.year < 2000


@pytest.mark.parametrize(
    ("cell", "flag"), [(True, True), ("是", True), (1, True), ("N", False), (None, False), ("", False)]
)
def test_yes_and_no(cell: Any, flag: bool) -> None:
    assert read_flag(cell) is flag


@pytest.mark.parametrize(
    "module", [values, moments, versions, drift, sql_cursor, import_module("ordertrail.sync.connectors.files")]
)
def test_the_examples_in_the_docstrings_are_true(module: Any) -> None:
    assert doctest.testmod(module).failed == 0


@pytest.mark.parametrize("name", ["rest_http"])
def test_the_examples_of_connectors_are_true(name: str) -> None:
    assert doctest.testmod(import_module(f"ordertrail.sync.connectors.{name}")).failed == 0
