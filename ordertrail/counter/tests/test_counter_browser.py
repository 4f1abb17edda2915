"""The screen on which orders are typed, in a real Chromium: by keyboard alone, from a sheet, on a phone, in both themes."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from ordertrail.desk.tests.shop import D, Shop, whole
from ordertrail.orders.models import Order, OrderLine, OrderStatus
from ordertrail.parties.models import Customer, Person
from ordertrail.web.tests.axe import LOOKS, violations, wider_than_window
from ordertrail.web.tests.people import person

if TYPE_CHECKING:
    from playwright.sync_api import Page

SignIn = Callable[["Page", Any], None]
pytestmark = pytest.mark.browser
PASTE = """text => {
    const data = new DataTransfer(); data.setData('text/plain', text);
    document.activeElement.dispatchEvent(new ClipboardEvent('paste', {clipboardData: data, bubbles: true, cancelable: true}));
}"""


@pytest.fixture
def stocked(live: str) -> Shop:
    """Twenty lamps at 60, and rope that has none."""
    shop = Shop()
    shop.product("LAMP", unit="pcs")
    shop.product("ROPE", lead_time_days=3)
    shop.receive(20)
    return shop


@pytest.fixture
def anna(stocked: Shop, page: Page, sign_in: SignIn) -> Person:
    """Anna sells, and is logged in."""
    sign_in(page, stocked.anna)
    return stocked.anna


def test_an_order_is_typed_by_keyboard_alone(page: Page, live: str, stocked: Shop, anna: Person, shot: Any) -> None:
    page.goto(f"{live}/orders/")
    page.keyboard.press("g")
    page.keyboard.press("n")
    page.wait_for_url("**/orders/new/")
    page.keyboard.type("远帆", delay=20)
    page.locator("#customers [role=option]").wait_for()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.locator("#customer-name", has_text="远帆船舶").wait_for()
    assert page.locator("#ship-to").input_value() == "north"
    page.locator("#sku-1").focus()
    page.keyboard.type("lam", delay=20)
    page.locator("#skus-1 [role=option]").wait_for()
    page.keyboard.press("ArrowDown")
    shot(page, "suggested")
    assert violations(page) == []
    page.keyboard.press("Enter")
    page.keyboard.type("10")
    page.keyboard.press("Enter")
    page.locator("#stock-1", has_text="20 pcs").wait_for()
    assert page.locator("#price-1").get_attribute("placeholder") == "100"
    assert page.evaluate("document.activeElement.id") == "sku-2"
    page.keyboard.type("rope")
    page.keyboard.press("Tab")
    page.keyboard.type("5")
    page.keyboard.press("Tab")
    page.keyboard.type("80")
    page.keyboard.press("Enter")
    page.locator("#stock-2", has_text="no more on its way").wait_for()
    page.locator("[data-gross]", has_text="1,582.00").wait_for()
    assert page.locator("#sku-2").input_value() == "ROPE"
    page.keyboard.press("Control+Enter")
    page.wait_for_url("**/orders/SO-2026-00001/")
    order = OrderStatus.objects.get()
    assert (order.status, order.ordered) == ("confirmed", D(1582))


def test_lines_come_from_a_sheet_and_a_new_customer_on_the_way(
    page: Page, live: str, stocked: Shop, anna: Person, shot: Any
) -> None:
    page.goto(f"{live}/orders/new/")
    page.get_by_role("link", name="New customer").last.click()
    page.locator("#c-name").fill("远帆船舶用品")
    page.locator("#likes", has_text="远帆船舶").wait_for()
    shot(page, "likes")
    assert violations(page) == []
    page.locator("#c-code").fill("C-7")
    page.locator("#c-name").fill("Nordlys")
    page.get_by_role("button", name="Write the customer down").click()
    page.locator("#customer-name", has_text="Nordlys").wait_for()
    assert Customer.objects.filter(code="C-7", name="Nordlys").count() == 1
    page.locator("#sku-1").focus()
    page.evaluate(PASTE, "SKU\tQty\tPrice\nLAMP\t10\t99.5\nROPE\t2\nLAMP\t1,000\t0.5\nNONE\t1\n")
    page.locator("#totals", has_text="3 of 4 counted").wait_for()
    page.locator("#name-4", has_text="There is no product “NONE”").wait_for()
    page.locator("[data-net]", has_text="1,695.00").wait_for()
    page.get_by_label("Remove the line 4").click()
    page.get_by_role("button", name="Save as draft").click()
    page.get_by_text("The order is kept as a draft.").wait_for()
    assert list(OrderLine.objects.order_by("line").values_list("sku", "qty", "net")) == [
        ("LAMP", D(10), D(995)), ("ROPE", D(2), D(200)), ("LAMP", D(1000), D(500)),
    ]  # fmt: skip
    assert Order.objects.get().customer_name == "Nordlys"
    whole()


@pytest.mark.parametrize(("language", "theme", "width"), LOOKS)
def test_every_page_is_usable_by_everybody(
    page: Page, live: str, stocked: Shop, sign_in: SignIn, shot: Any, language: str, theme: str, width: int
) -> None:
    dana = person("dana", language)
    Person.objects.filter(pk=dana.pk).update(theme=theme)
    sign_in(page, dana)
    order = stocked.order("SO-1", ("LAMP", 10), ("ROPE", 3, 80))
    stocked.amend(order, 1, qty=8, price=95)
    stocked.draft("SO-2", ("LAMP", 2))
    page.set_viewport_size({"width": width, "height": 900})
    pages = ("/orders/new/?copy=SO-1", "/orders/SO-1/", "/orders/SO-1/amend/", "/orders/SO-1/cancel/")
    for path in (*pages, "/orders/", "/orders/SO-2/", "/customers/new/", "/products/LAMP/edit/"):
        page.goto(live + path)
        shot(page, re.sub(r"\W+", "-", path).strip("-"))
        assert (path, page.locator("h1").count(), violations(page), wider_than_window(page)) == (path, 1, [], 0)


def test_a_line_is_added_to_an_order_by_keyboard(page: Page, live: str, stocked: Shop, anna: Person, shot: Any) -> None:
    order = stocked.order("SO-1", ("LAMP", 10), promised_date=date(2026, 9, 21))
    page.goto(f"{live}/orders/SO-1/amend/")
    page.locator("#more-1").focus()
    page.keyboard.type("rop", delay=20)
    page.locator("#skus-1 [role=option]").wait_for()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.keyboard.type("5")
    page.keyboard.press("Tab")
    page.locator("#difference", has_text="ROPE").wait_for()
    shot(page, "wide")
    page.set_viewport_size({"width": 390, "height": 844})
    assert not wider_than_window(page)
    shot(page, "narrow")
    page.locator("#promised_date").fill("2026-09-25")
    page.locator("#reason").fill("rope for them too")
    page.locator("main button.primary").click()
    page.wait_for_url("**/orders/SO-1/")
    assert OrderStatus.objects.get(pk=order).ordered == D("1695.00")
    page.locator("#promises").wait_for()
    page.set_viewport_size({"width": 1440, "height": 900})
    shot(page, "amended-light")
    page.emulate_media(color_scheme="dark")
    page.set_viewport_size({"width": 390, "height": 844})
    assert not wider_than_window(page)
    shot(page, "amended-dark")
    whole()
