"""The ways to the papers in a real Chromium: the menu on a shipment's page and the page of a statement, narrow and wide."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from ordertrail.desk.tests.shop import Shop
from ordertrail.papers.tests.test_delivery_note import sold
from ordertrail.till.tests.sending import Sender
from ordertrail.web.tests.axe import LOOKS, violations, wider_than_window

if TYPE_CHECKING:
    from playwright.sync_api import Page

SignIn = Callable[["Page", Any], None]
pytestmark = pytest.mark.browser


@pytest.fixture
def shop(live: str, page: Page, sign_in: SignIn) -> Shop:
    """E1 has gone out, its invoice is posted; Anna is logged in."""
    made = Shop()
    made.product()
    made.receive(20)
    made.number = sold(made).number  # type: ignore[attr-defined]
    chen = Sender("chen")
    bill = chen.send("/invoices/new/?orders=A&orders=B")
    chen.send(f"{bill}post/", due_date="2026-10-01")
    sign_in(page, made.anna)
    return made


@pytest.mark.parametrize(("language", "theme", "width"), LOOKS)
def test_the_ways_are_within_reach(
    page: Page, live: str, shop: Any, shot: Any, language: str, theme: str, width: int
) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    page.context.add_cookies([{"name": "theme", "value": theme, "url": live}])
    type(shop.anna).objects.filter(pk=shop.anna.pk).update(language=language)
    page.goto(f"{live}/shipments/{shop.number}/")
    way = page.locator(".pop a[href$='paper=continuous']")
    page.locator("details.menu", has=way).locator("summary").click()
    way.wait_for()
    assert wider_than_window(page) == 0
    shot(page, "menu")
    page.goto(f"{live}/customers/C1/statement/")
    assert page.locator("tfoot .n").inner_text() == "1,130.00"
    assert (violations(page), wider_than_window(page)) == ([], 0)
    shot(page, "statement")
