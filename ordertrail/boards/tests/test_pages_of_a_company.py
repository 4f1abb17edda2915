"""Boards as pages that tell something: as of when, one tile alone, files, and what they cost."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.test import Client

from ordertrail.boards.board import boards
from ordertrail.boards.stages import STAGES
from ordertrail.boards.tests.conftest import browser
from ordertrail.lib import clock
from ordertrail.parties.models import Person
from ordertrail.records.models import Source
from ordertrail.sync.models import SyncRun

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("boards of a company")]  # which is made once


@pytest.mark.usefixtures("taken_back")
def test_the_badge_tells_the_oldest_source_that_a_figure_needs(company: dict[str, Person], dora: Client) -> None:
    now = clock.now()
    for code, hours in (("oms", 0), ("wms", 30), ("erp", 1), ("bank", 1), ("mes", 1)):
        at = now - timedelta(hours=hours)
        source = Source.objects.get(code=code)
        SyncRun.objects.create(source=source, trigger="schedule", state="done", started_at=at, ended_at=at, as_of=at)
    page = dora.get("/boards/manager/?only=shipped").content.decode()
    # Goods come from the store's system, which has not been read for 30 hours.
    assert re.search(r"09-15 06:00 · \d/\d src", page)
    assert 'class="asof part"' in page
    page = dora.get("/boards/manager/?only=receivable").content.decode()
    assert 'class="asof part"' not in page  # invoices and money come from systems that were read an hour ago
    assert re.search(r"11:00 · (\d)/\1 src", page)


def test_only_this_shows_one_tile(dora: Client) -> None:
    page = dora.get("/boards/manager/?only=open_orders-stages").content.decode()
    assert page.count('class="card ') == 1
    assert "Whole board" in page


def test_a_month_that_only_begins_shows_the_one_before(
    company: dict[str, Person], monkeypatch: pytest.MonkeyPatch
) -> None:
    def told(day: str, query: str = "") -> tuple[str, str]:
        monkeypatch.setenv("ORDERTRAIL_TODAY", day)
        page = browser(company["dora"]).get(f"/boards/manager/?only=shipped&currency=CNY{query}").content.decode()
        title = re.findall(r'<div class="lab"><span title="[^"]*">([^<]*)', page)[0]
        return title, unescape(re.findall(r'<div class="big"><a href="([^"]*)"', page)[0]).partition("?")[2]

    assert told("2026-09-16") == ("Shipped, month", "from=2026-09-01&to=2026-09-16&currency=CNY")
    assert told("2026-10-01") == ("Shipped", "from=2026-09-01&to=2026-09-30&currency=CNY")
    asked = "from=2026-10-01&to=2026-10-01"
    assert told("2026-10-01", f"&{asked}") == ("Shipped", f"{asked}&currency=CNY")


def test_a_board_is_looked_at_by_named_days(dora: Client) -> None:
    def switch(path: str) -> list[tuple[str, str]]:
        page = unescape(dora.get(path).content.decode())
        menu = page.partition("#i-calendar")[2].partition("</details>")[0]
        return re.findall(r'<a href="([^"]*)"(?: aria-current="true")?>([^<]*)</a>', menu)

    assert switch("/boards/manager/?currency=CNY") == [
        ("/boards/manager/?currency=CNY", "Each figure's own days"),
        ("/boards/manager/?currency=CNY&from=2026-09-01&to=2026-09-16", "This month"),
        ("/boards/manager/?currency=CNY&from=2026-08-01&to=2026-08-31", "Last month"),
        ("/boards/manager/?currency=CNY&from=2026-08-18&to=2026-09-16", "Last 30 days"),
        ("/boards/manager/?currency=CNY&from=2026-07-01&to=2026-09-16", "This quarter"),
        ("/boards/manager/?currency=CNY&from=2026-01-01&to=2026-09-16", "This year"),
    ]
    page = dora.get("/boards/delivery/?from=2026-08-01&to=2026-08-31").content.decode()
    assert re.findall(r'aria-current="true">([^<]*)</a>', page) == ["Last month"]


def test_what_cannot_be_read_in_an_address_is_said(dora: Client) -> None:
    page = dora.get("/boards/rows/shipped/?from=yesterday").content.decode()
    assert "is not a day" in page
    assert dora.get("/boards/rows/shipped/?at=x").status_code == 200
    assert dora.get("/boards/rows/sheep/").status_code == 404
    assert dora.get("/boards/sheep/").status_code == 404


def test_a_file_tells_the_step_of_an_order_in_the_reader_s_words(dora: Client) -> None:
    answer = dora.get("/boards/rows/open_orders/?format=csv")
    body = b"".join(answer.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    steps = {row["Stands at"] for row in csv.DictReader(io.StringIO(body))}
    assert steps
    assert steps <= {str(words) for words in STAGES.values()}


@pytest.mark.usefixtures("taken_back")
def test_a_file_needs_the_right_to_export(company: dict[str, Person]) -> None:
    Person.objects.filter(username="anna").update(role="store")
    anna = browser(Person.objects.get(username="anna"))
    assert anna.get("/boards/rows/shipped/").status_code == 200
    assert anna.get("/boards/rows/shipped/?format=csv").status_code == 403


@pytest.mark.parametrize("name", list(boards()))
def test_a_board_costs_a_fixed_number_of_queries(
    name: str, dora: Client, django_assert_max_num_queries: Callable[..., Any]
) -> None:
    dora.get(f"/boards/{name}/")
    with django_assert_max_num_queries(14):
        dora.get(f"/boards/{name}/")
