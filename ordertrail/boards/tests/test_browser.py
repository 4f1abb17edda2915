"""Boards in a real browser: charts, the keys of a tile, figures that follow by themselves, usable by everybody."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page

from ordertrail.boards.board import boards
from ordertrail.boards.tests.conftest import grown
from ordertrail.parties.models import Person
from ordertrail.web.tests.axe import violations, wider_than_window

SignIn = Callable[[Page, Any], None]


@pytest.fixture
def company(people: dict[str, Person], bring_up: Callable[..., Any]) -> dict[str, Person]:
    """One of its own for each test: a served company is emptied after it."""
    grown()
    bring_up()
    return people


@pytest.fixture
def board(page: Page, live: str, company: dict[str, Person], sign_in: SignIn) -> Page:
    """Dora's board, drawn."""
    sign_in(page, company["dora"])
    page.goto(f"{live}/boards/manager/")
    page.wait_for_selector(".chart svg")
    return page


def test_the_chart_has_its_colours_from_the_sheet_and_its_table_beside_it(board: Page) -> None:
    def line() -> str:
        return str(board.eval_on_selector(".chart svg path[stroke-width='2']", "path => path.getAttribute('stroke')"))

    light = line()
    board.click("[data-theme-form] button")
    board.wait_for_function(
        "light => document.querySelector(\".chart svg path[stroke-width='2']\").getAttribute('stroke') !== light",
        arg=light,
    )
    assert line() != light
    board.click("section:has(.chart) .astable summary")
    assert board.locator("section:has(.chart) .astable tbody tr").count() == 12
    label = board.get_attribute(".chart", "aria-label")
    assert label is not None
    assert label.startswith("On-time delivery: last ")


def test_a_tile_s_keys_lead_where_its_menu_leads(board: Page) -> None:
    board.focus("#t-shipped .big a")
    board.keyboard.press("d")
    board.wait_for_url("**/boards/metrics/shipped/**")
    board.go_back()
    board.wait_for_selector(".chart svg")
    board.focus("#t-shipped .big a")
    board.keyboard.press("f")
    board.wait_for_url("**only=shipped")
    assert board.locator("#tiles .card").count() == 1


def test_the_figures_follow_by_themselves(board: Page, bring_up: Callable[..., Any]) -> None:
    from ordertrail.hub.tests.test_read import order
    from ordertrail.hub.tests.world import say
    from ordertrail.records.models import Source

    before = int(board.inner_text("#t-open_orders .big").strip())
    say(Source.objects.get(code="oms"), order("SO-NEW-1", "anna", 100), order("SO-NEW-2", "ben", 100))
    bring_up()
    board.wait_for_function(
        "wanted => document.querySelector('#t-open_orders .big').innerText.trim() === wanted", arg=str(before + 2)
    )
    board.wait_for_selector(".chart svg")  # drawn again with the new tiles


@pytest.mark.parametrize("name", list(boards()))
@pytest.mark.parametrize("theme", ["dark", pytest.param("light", marks=pytest.mark.full("pages"))])
def test_boards_are_usable_by_everybody(
    name: str, theme: str, page: Page, live: str, company: dict[str, Person], sign_in: SignIn
) -> None:
    Person.objects.filter(username="dora").update(theme=theme)
    sign_in(page, Person.objects.get(username="dora"))
    for width in (1440, 390):
        page.set_viewport_size({"width": width, "height": 900})
        page.goto(f"{live}/boards/{name}/")
        page.wait_for_selector(".chart svg, .empty")
        assert violations(page) == []
        assert wider_than_window(page) == 0
