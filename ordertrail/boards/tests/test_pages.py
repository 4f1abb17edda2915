"""Boards as pages: who may see them, what they say while the hub is made, and how they follow one's own writes."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from django.template.loader import get_template
from django.test import Client

from ordertrail.boards.board import boards, charts
from ordertrail.boards.dimensions import DIMENSIONS
from ordertrail.boards.metric import Unit, metrics
from ordertrail.hub.tests.world import make_company, say
from ordertrail.parties.models import Person
from ordertrail.records.models import Source
from ordertrail.records.shapes import OrderLineRecord, OrderRecord

pytestmark = [pytest.mark.slow, pytest.mark.store]


def browser(person: Person) -> Client:
    client = Client(SERVER_NAME="localhost")
    client.force_login(person)
    return client


def test_each_member_keeps_its_promise() -> None:
    for name, metric in metrics().items():
        assert str(metric.title), name
        assert len(str(metric.meaning)) > 60, f"{name}: a clerk does not understand it"
        assert set(metric.by) <= set(DIMENSIONS), name
        assert metric.needs, name
        assert metric.columns, name
        assert (metric.unit is Unit.SHARE) == bool(metric.of), name
    for name, board in boards().items():
        assert len({tile.key for tile in board.tiles}) == len(board.tiles), f"{name}: two tiles have one address"
        for tile in board.tiles:
            assert set(tile.names) <= set(metrics()), name
    for name in charts():
        get_template(f"boards/charts/{name}.html")


def test_managers_begin_with_their_board_and_others_with_orders(people: dict[str, Person]) -> None:
    assert browser(people["dora"]).get("/")["Location"] == "/boards/manager/"
    assert browser(people["anna"]).get("/")["Location"] == "/orders/"
    assert browser(people["gus"]).get("/boards/manager/").status_code == 403


def test_before_the_hub_is_there_the_board_says_so_and_looks_again(people: dict[str, Person]) -> None:
    answer = browser(people["dora"]).get("/boards/manager/")
    assert answer.status_code == 503
    assert b"being made ready" in answer.content
    assert b"every 3s" in answer.content


def test_a_company_without_orders_sees_what_is_not_there(
    people: dict[str, Person], bring_up: Callable[..., Any]
) -> None:
    bring_up()
    dora = browser(people["dora"])
    page = dora.get("/boards/manager/").content.decode()
    assert "Nothing was delivered in these days" in page
    assert "Nothing is wrong" in page
    assert '<span class="muted">unknown</span>' in page  # a share of nothing is not 0
    for name in boards():
        assert dora.get(f"/boards/{name}/").status_code == 200
    for name in metrics():
        assert dora.get(f"/boards/metrics/{name}/").status_code == 200
        assert dora.get(f"/boards/rows/{name}/").status_code == 200


def order(number: str) -> OrderRecord:
    return OrderRecord(number, number, currency="CNY", lines=(OrderLineRecord("1", "LAMP", 1),))  # type: ignore[arg-type]


def test_a_board_older_than_one_s_own_write_says_so_and_asks_for_its_tiles_again(
    people: dict[str, Person], bring_up: Callable[..., Any]
) -> None:
    by = make_company()
    say(by["oms"], order("SO-1"))
    bring_up()
    dora, anna = browser(people["dora"]), browser(people["anna"])
    assert b"older than" not in dora.get("/boards/manager/").content
    say(by["oms"], order("SO-2"))
    dora.post("/me/theme/", {"theme": "dark"})  # any write of hers: from now on she expects what is there now
    page = dora.get("/boards/manager/").content.decode()
    assert "older than what you have just written" in page
    assert "every 1s" in page
    assert "older than" not in anna.get("/boards/manager/").content.decode()
    seen = "/boards/fresh/?seen=hub-000001.duckdb"
    assert "HX-Trigger" not in dora.get(seen)
    bring_up()
    assert dora.get(seen)["HX-Trigger"] == "newer"
    assert "older than" not in dora.get("/boards/manager/").content.decode()
    fragment = dora.get("/boards/manager/", headers={"HX-Request": "true"}).content.decode()
    assert fragment.lstrip().startswith('<div id="tiles"')


def test_the_badge_tells_the_oldest_source_that_a_figure_needs(company: dict[str, Person], dora: Client) -> None:
    from datetime import timedelta

    from ordertrail.lib import clock
    from ordertrail.sync.models import SyncRun

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
