"""Boards as pages: who may see them, what they say while the hub is made, and how they follow one's own writes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.template.loader import get_template

from ordertrail.boards.board import boards, charts
from ordertrail.boards.dimensions import DIMENSIONS
from ordertrail.boards.metric import Unit, metrics
from ordertrail.boards.tests.conftest import browser, order
from ordertrail.hub.tests.world import make_company, say
from ordertrail.parties.models import Person

pytestmark = [pytest.mark.slow, pytest.mark.store]


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
