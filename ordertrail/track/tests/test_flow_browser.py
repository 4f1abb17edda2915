"""The flow page in a real Chromium: E1 as a picture that one can show to a customer, walked by keyboard, on a phone, on paper."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from ordertrail.parties.models import Person
from ordertrail.track.tests.order_company import A, Company, X, e1, e19
from ordertrail.web.tests.axe import LOOKS, violations, wider_than_window
from ordertrail.web.tests.people import person

if TYPE_CHECKING:
    from playwright.sync_api import Page

SignIn = Callable[["Page", Any], None]
Shot = Callable[["Page", str], Path]
pytestmark = pytest.mark.browser


@pytest.fixture
def chen(live: str, page: Page, sign_in: SignIn) -> Person:
    """E1 and E19 stand; Chen bills, and is logged in."""
    company = Company()
    e19(company)
    e1(company)
    company.check()
    who = person("chen")
    sign_in(page, who)
    return who


def test_chen_follows_e1_from_the_order_to_the_cent(page: Page, live: str, chen: Person) -> None:
    page.goto(f"{live}/orders/{A}/")
    card = page.locator("#flow")
    card.locator("svg a.strand").first.wait_for()
    assert card.locator("[data-check]").inner_text() == (
        "1,000.00 paid = 904.00 + 96.00; open 130.00; not invoiced 452.00; to ship 4 pcs"
    )
    card.get_by_role("link", name="Quantity", exact=True).click()
    card.get_by_text("A payment has no quantity").wait_for()
    assert "4" in card.locator(".bl").all_text_contents()
    card.get_by_role("link", name="Table, shares and export").click()
    page.wait_for_url("**/flow/**")
    band = page.locator("svg a.strand").nth(7)
    spoken = str(band.get_attribute("aria-label"))
    assert spoken.startswith(f"{A}/1: from INV-2609-0019 to BANK-102 96.00 CNY; this order's share")
    band.focus()
    page.keyboard.press("Enter")
    row = page.locator("tr:target")
    row.wait_for()
    assert row.locator("td").all_inner_texts()[3:5] == ["–", "96.00"]
    page.locator("svg a.box", has_text="INV-2609-0018").click()
    page.wait_for_url("**/invoices/**")
    page.get_by_role("link", name="Flow").click()
    page.locator("svg a.strand").first.wait_for()
    assert page.locator(".nd.me").count() == 1


@pytest.mark.parametrize(("language", "theme", "width"), LOOKS)
def test_the_flow_is_usable_by_everybody(
    page: Page, live: str, chen: Person, shot: Shot, language: str, theme: str, width: int
) -> None:
    Person.objects.filter(pk=chen.pk).update(language=language, theme=theme)
    page.set_viewport_size({"width": width, "height": 900})
    for path in (f"/orders/{A}/flow/", f"/orders/{X}/flow/", "/payments/BANK-102/flow/?by=qty", f"/orders/{A}/"):
        page.goto(live + path)
        page.locator("#flow svg a.strand").first.wait_for()
        shot(page, f"{path.split('/')[2]}-{path.count('/')}-{language}-{theme}-{width}")
        assert (path, page.locator("h1").count(), violations(page), wider_than_window(page)) == (path, 1, [], 0)


def test_the_picture_prints_whole(page: Page, live: str, chen: Person) -> None:
    page.goto(f"{live}/orders/{A}/flow/")
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 720, "height": 1000})
    wide = page.locator("#flow .flow").evaluate("one => [one.scrollWidth, one.clientWidth]")
    assert wide[0] <= wide[1]
    assert not page.locator("#flow .seg").first.is_visible()
