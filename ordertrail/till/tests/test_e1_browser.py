"""E1 in a real Chromium, from the receipts to the last cent: goods come in, orders go out together, are billed in two, paid in one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from ordertrail.billing.models import Invoice
from ordertrail.desk.tests.shop import Shop, whole
from ordertrail.parties.models import Person
from ordertrail.shipping.models import Shipment
from ordertrail.stock.models import Move
from ordertrail.web.tests.axe import LOOKS, violations, wider_than_window
from ordertrail.web.tests.people import person

if TYPE_CHECKING:
    from playwright.sync_api import Page

SignIn = Callable[["Page", Any], None]
Shot = Callable[["Page", str], Path]
pytestmark = pytest.mark.browser


@pytest.fixture
def shop(live: str) -> Shop:
    """Nothing is on the shelf; Anna has sold A (10 at 100) and B (5 at 80)."""
    made = Shop()
    made.product()
    made.order("SO-2609-0001", ("LAMP", 10, 100))
    made.order("SO-2609-0002", ("LAMP", 5, 80))
    return made


def test_e1_from_the_receipts_to_the_last_cent(page: Page, live: str, shop: Shop, sign_in: SignIn) -> None:
    sign_in(page, shop.bo)
    for qty, cost in (("8", "60"), ("12", "70")):
        page.goto(f"{live}/receipts/new/")
        page.get_by_label("SKU 1").fill("LAMP")
        page.get_by_label("Quantity 1").fill(qty)
        page.get_by_label("Unit cost 1").fill(cost)
        page.keyboard.press("Enter")
        page.wait_for_url(f"{live}/receipts/~*/")

    page.goto(f"{live}/orders/")
    for number in ("SO-2609-0001", "SO-2609-0002"):
        page.get_by_label(f"Select {number}", exact=True).check()
    page.get_by_role("button", name="Ship together").click()
    page.wait_for_url(f"{live}/shipments/new/?orders=*")
    assert page.get_by_role("heading", level=1).inner_text() == "Ship together · 远帆船舶"
    page.get_by_role("button", name="Make the draft").click()
    page.wait_for_url(f"{live}/shipments/~*/")
    page.locator(".acts a.primary").click()
    page.get_by_label("Ships now SO-2609-0001/1").fill("6")
    page.locator("main button.primary").click()
    page.wait_for_url(f"{live}/shipments/~*/")
    out, rest = Shipment.objects.get(state="done"), Shipment.objects.get(state="draft")
    assert page.get_by_role("status").first.inner_text() == (
        f"Shipment {out.number} has gone out; the rest is on the new draft ~{rest.pk}."
    )
    costs = [f"{-move.value:.2f}" for move in Move.objects.filter(kind="shipment").order_by("pk")]
    assert costs == ["360.00", "330.00"]

    sign_in(page, person("chen"))
    page.goto(f"{live}/invoices/new/?orders=SO-2609-0001&orders=SO-2609-0002")
    assert page.locator("#result .bigtot").inner_text() == "1,130.00"
    page.get_by_label("This time SO-2609-0001/1").fill("4")
    page.locator("#result .bigtot", has_text="904.00").wait_for()
    assert page.locator("#result tbody tr").all_inner_texts() == [
        "SO-2609-0001\t400.00\t52.00\t452.00",
        "SO-2609-0002\t400.00\t52.00\t452.00",
    ]
    for total in ("904.00", "226.00"):
        if total == "226.00":
            page.goto(f"{live}/invoices/new/?orders=SO-2609-0001&orders=SO-2609-0002")
            assert page.locator("#result .bigtot").inner_text() == total
        page.get_by_role("button", name="Make the draft", exact=True).click()
        page.wait_for_url(f"{live}/invoices/~*/")
        page.locator(".acts a.primary").click()
        page.get_by_role("button", name=f"Post {total}").click()
        page.wait_for_url(f"{live}/invoices/~*/")
    first, second = Invoice.objects.order_by("pk")
    assert [f"{one.total:.2f}" for one in (first, second)] == ["904.00", "226.00"]

    page.goto(f"{live}/payments/new/")
    page.get_by_role("link", name="远帆船舶").click()
    page.get_by_label("Amount").fill("1,000.00")
    page.locator("#result tfoot").wait_for()
    assert page.locator("#result section").first.locator("tbody tr").all_inner_texts() == [
        f"{first.number}\t09-16 Wed\t904.00\t904.00\t0.00\tSO-2609-0001 452.00 · SO-2609-0002 452.00",
        f"{second.number}\t09-16 Wed\t226.00\t96.00\t130.00\tSO-2609-0001 96.00",
    ]
    page.get_by_role("button", name="Write the payment down").click()
    page.wait_for_url(f"{live}/payments/~*/")
    page.goto(f"{live}/orders/SO-2609-0001/")
    money = page.locator("main").inner_text()
    assert all(figure in money for figure in ("548.00", "130.00", "452.00"))
    a, b = (shop.status(order) for order in Shipment.objects.get(pk=out.pk).lines.values_list("order", flat=True))
    stand: list[Any] = [a, b]
    assert [(f"{one.paid:.2f}", f"{one.open_receivable:.2f}", f"{one.not_invoiced:.2f}") for one in stand] == [
        ("548.00", "130.00", "452.00"),
        ("452.00", "0.00", "0.00"),
    ]
    whole()


@pytest.mark.parametrize(("language", "theme", "width"), LOOKS)
def test_every_page_is_usable_by_everybody(
    page: Page, live: str, shop: Shop, sign_in: SignIn, shot: Shot, language: str, theme: str, width: int
) -> None:
    shop.receive(8, 60)
    shop.receive(12, 70)
    south = shop.order("SO-2609-0003", ("LAMP", 1, 100), ship_to="south")
    a = shop.order("SO-2609-0004", ("LAMP", 2, 100), ship_to="north")
    gone = shop.send((a, 1, 2))
    draft = shop.load((south, 1, 1))
    dana = person("dana", language=language)
    Person.objects.filter(pk=dana.pk).update(theme=theme)
    sign_in(page, dana)
    page.set_viewport_size({"width": width, "height": 900})
    bill = f"{live}/invoices/new/?orders=SO-2609-0004&orders=SO-2609-0001"
    pages = {
        "ship-choose": f"{live}/shipments/new/",
        "ship-new": f"{live}/shipments/new/?orders=SO-2609-0001&orders=SO-2609-0002&orders=SO-2609-0003&orders=SO-2609-0004",
        "ship-draft": f"{live}/shipments/~{draft}/",
        "ship": f"{live}/shipments/~{draft}/ship/",
        "return": f"{live}/shipments/~{gone}/return/",
        "bill-new": bill,
        "pay-choose": f"{live}/payments/new/",
        "receipts": f"{live}/receipts/",
        "receipt-new": f"{live}/receipts/new/",
        "adjust": f"{live}/adjustments/new/",
    }
    for name, address in pages.items():
        page.goto(address)
        shot(page, name)
        assert violations(page) == [], name
        assert not wider_than_window(page), name
    page.goto(bill)
    page.locator("aside button.primary").click()
    page.wait_for_url(f"{live}/invoices/~*/")
    page.locator(".acts a.primary").click()
    shot(page, "bill-post")
    page.locator("main form button.primary").click()
    page.wait_for_url(f"{live}/invoices/~*/")
    page.goto(f"{live}/payments/new/?customer=C1")
    page.locator("#amount").fill("100")
    page.locator("#result tfoot").wait_for()
    page.locator("input[name=how][value=chosen]").check()
    page.locator("#result input.num").wait_for()
    shot(page, "pay-new")
    assert violations(page) == []
    assert not wider_than_window(page)
