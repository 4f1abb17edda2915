"""The order's page in a real Chromium: E19 is seen and explained, works by keyboard and on a phone, breaks neither policy nor
WCAG, prints."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from ordertrail.parties.models import Person
from ordertrail.track.tests.order_company import SHIPS_FOUR, A, Company, X, at, e1, e19
from ordertrail.web.tests.axe import LOOKS, violations, wider_than_window
from ordertrail.web.tests.people import person

if TYPE_CHECKING:
    from playwright.sync_api import Page

SignIn = Callable[["Page", Any], None]
pytestmark = pytest.mark.browser


@pytest.fixture
def company(live: str) -> Company:
    """E1 and E19, checked."""
    company = Company()
    e19(company)
    e1(company)
    company.check()
    return company


@pytest.fixture
def chen(company: Company, page: Page, sign_in: SignIn) -> Person:
    """Chen invoices, and is logged in."""
    who = person("chen")
    sign_in(page, who)
    return who


def test_e19_is_seen_explained_and_closes_by_itself(page: Page, live: str, company: Company, chen: Person) -> None:
    page.goto(f"{live}/orders/{X}/")
    assert page.locator("#findings .find .what strong").all_inner_texts() == [
        "OMS shipped 10 ≠ WMS sent 6",
        "Invoiced 10 > shipped 6: 4 pcs × 120.00",
        "Finished 8 < ordered 10, 2 pcs short",
    ]
    order = page.locator("main > section").evaluate_all("all => all.map(one => one.id)")
    assert order.index("says") == order.index("findings") + 1
    says = page.locator("#says tbody tr", has=page.get_by_role("rowheader", name="Shipped"))
    assert says.locator(".dis").inner_text().split("\n")[:2] == ["10", "its word, no paper"]
    assert says.locator(".home").inner_text().split("\n")[:2] == ["6", "SH-2609-0029"]
    assert says.locator(".agreed").inner_text() == "6 pcs"
    company.say("wms", at(16, 9, 12), SHIPS_FOUR)
    company.check()
    page.reload()
    assert page.locator("#findings > .find .what strong").all_inner_texts() == ["Finished 8 < ordered 10, 2 pcs short"]
    page.get_by_text("Settled: 2").click()
    assert page.locator("#findings .find.past").count() == 2
    assert page.locator("#says .dis").count() == 1  # the legend alone


@pytest.mark.parametrize(("language", "theme", "width"), LOOKS)
def test_every_page_is_usable_by_everybody(
    page: Page, live: str, chen: Person, language: str, theme: str, width: int
) -> None:
    Person.objects.filter(pk=chen.pk).update(language=language, theme=theme)
    page.set_viewport_size({"width": width, "height": 900})
    paths = [
        f"/orders/{X}/",
        f"/orders/{A}/",
        f"/orders/{A}/activity/",
        "/invoices/INV-2609-0018/",
        "/payments/PAY-2609-0007/",
    ]
    paths += ["/shipments/SH-2609-0021/", "/customers/C-007/", "/products/HL-NL02/", "/documents/1/"]
    for path in paths:
        page.goto(live + path)
        assert (path, page.locator("h1").count(), violations(page), wider_than_window(page)) == (path, 1, [], 0)


def test_a_step_opens_in_place_by_keyboard_and_alone_by_its_address(page: Page, live: str, chen: Person) -> None:
    page.goto(f"{live}/orders/{A}/")
    step = page.locator(".step", has_text="Invoicing")
    assert page.locator(".steppanel:visible h3").first.inner_text() == "Shipping · 6 / 10"
    step.focus()
    page.keyboard.press("Enter")
    assert page.locator(".steppanel:visible .code").all_inner_texts() == ["INV-2609-0018", "INV-2609-0019"]
    assert page.url == f"{live}/orders/{A}/"
    page.goto(live + "/orders/" + A + "/" + str(step.get_attribute("href")))
    assert page.locator(".steppanel:visible .code").all_inner_texts() == ["INV-2609-0018", "INV-2609-0019"]


def test_a_comment_appears_at_once_and_a_refused_one_is_kept(page: Page, live: str, chen: Person) -> None:
    page.goto(f"{live}/orders/{A}/")
    box = page.get_by_label("Comment", exact=True)
    box.fill("Waiting for re-inspection.")
    page.get_by_role("button", name="Send").click()
    page.locator("#activity .say", has_text="Waiting for re-inspection.").wait_for()
    assert box.input_value() == ""
    box.fill("By keys too.")
    box.press("Control+Enter")
    page.locator("#activity .say", has_text="By keys too.").wait_for()
    box.fill("   ")
    page.get_by_role("button", name="Send").click()
    page.get_by_role("alert").filter(has_text="The comment is empty").wait_for()
    assert box.input_value() == "   "


def test_chen_takes_the_order_from_its_menu(page: Page, live: str, chen: Person) -> None:
    page.goto(f"{live}/orders/{A}/")
    page.get_by_label("Who has it").click()
    page.get_by_role("button", name="I take it").click()
    page.locator(".note", has_text="You have it now.").wait_for()
    assert page.locator(".orderhead summary").inner_text().strip().endswith("Chen")


def test_on_a_phone_the_axes_stand_two_by_two_and_the_steps_are_a_list(page: Page, live: str, chen: Person) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{live}/orders/{X}/")
    tops = page.locator(".axis").evaluate_all("all => all.map(one => Math.round(one.getBoundingClientRect().top))")
    assert tops[0] == tops[1] < tops[2] == tops[3] < tops[4]
    lefts = page.locator(".step").evaluate_all("all => [...new Set(all.map(one => one.getBoundingClientRect().left))]")
    assert len(lefts) == 1
    page.locator("#says .twrap").evaluate("one => { one.scrollLeft = 200; }")
    head = page.locator("#says tbody th").first.bounding_box()
    assert head is not None
    assert 0 <= head["x"] < 40


def test_the_page_prints_without_the_ways_around_it(page: Page, live: str, chen: Person) -> None:
    page.goto(f"{live}/orders/{A}/")
    page.emulate_media(media="print")
    hidden = (".side", ".top", ".orderhead .acts", "#activity form", "#findings .btns")
    assert [page.locator(place).first.is_visible() for place in hidden] == [False] * len(hidden)
    assert page.locator("#lines table").is_visible()
    assert page.locator("#says table").is_visible()
