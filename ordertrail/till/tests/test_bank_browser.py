"""Chen matches a statement of E1's payments in a real Chromium, from the bank's file to the last cent."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from ordertrail.billing.models import BankLine, Payment
from ordertrail.desk.tests.shop import Shop, whole
from ordertrail.parties.models import Person
from ordertrail.till.tests.sending import Sender
from ordertrail.till.tests.test_bank import csv
from ordertrail.till.tests.test_money import billed
from ordertrail.web.tests.axe import LOOKS, violations, wider_than_window
from ordertrail.web.tests.people import person

if TYPE_CHECKING:
    from playwright.sync_api import Page

SignIn = Callable[["Page", Any], None]
Shot = Callable[["Page", str], Path]
pytestmark = pytest.mark.browser


@pytest.fixture
def story(live: str) -> tuple[Shop, int, int, str, str]:
    """E1 is billed in two: 904.00 and 226.00; the numbers of the invoices come last."""
    made = Shop()
    made.product()
    made.receive(8, 60)
    made.receive(12, 70)
    a, b, first, second = billed(made, Sender(person("root")))
    return made, a, b, first.number, second.number


def brought(page: Page, live: str, body: bytes, name: str = "流水.csv") -> None:
    page.goto(f"{live}/bank/")
    page.locator("#file").set_input_files({"name": name, "mimeType": "text/csv", "buffer": body})
    page.locator("main button.primary").first.click()
    page.wait_for_url(f"{live}/bank/statements/*/")


def test_chen_matches_a_statement_of_e1(
    page: Page, live: str, story: tuple[Shop, int, int, str, str], sign_in: SignIn
) -> None:
    shop, a, b, first, _second = story
    sign_in(page, person("chen"))
    paid = f"2026-09-15,,904.00,某某,货款 {first}"
    rest = "2026-09-16,,100.00,远帆船舶用品有限公司,尾款"
    tax = "2026-09-16,,66.00,税务局,退税"
    brought(page, live, csv(paid, rest, tax, "2026-09-16,8.80,,电网,电费"))
    told = page.get_by_role("status").first.inner_text()
    assert told == "“流水.csv”: 3 new lines to match, 1 of money out, 0 known before."
    page.get_by_role("link", name="Lines to match").click()
    assert page.locator("table.bank tbody tr").count() == 3
    page.get_by_role("button", name="Take 904.00").click()
    page.wait_for_url(f"{live}/bank/")
    assert page.locator("table.bank tbody tr").count() == 2

    row = page.locator("table.bank tbody tr", has_text="100.00")
    assert "Nothing fits; choose the customer." in row.inner_text()
    row.get_by_role("link", name="Change or put aside").click()
    page.get_by_label("Another customer: code or name").fill("C1")
    page.get_by_role("button", name="Go on").click()
    page.wait_for_url(f"{live}/payments/new/?*")
    assert page.locator("#amount").input_value() == "100"
    assert page.locator("#amount").get_attribute("readonly") == ""
    page.get_by_role("button", name="Write the payment down").click()
    page.wait_for_url(f"{live}/bank/")

    page.get_by_role("link", name="Change or put aside").click()
    page.get_by_label("Reason").fill("Tax comes back")
    page.get_by_role("button", name="Put aside").click()
    page.wait_for_url(f"{live}/bank/")
    assert "No line waits" in page.locator("main").inner_text()

    brought(page, live, csv(tax, paid, rest), "again.csv")
    told = page.get_by_role("status").first.inner_text()
    assert told == "“again.csv”: 0 new lines to match, 0 of money out, 3 known before."
    assert [f"{one.amount:.2f}" for one in Payment.objects.order_by("pk")] == ["904.00", "100.00"]
    stand: list[Any] = [shop.status(a), shop.status(b)]
    assert [(f"{one.paid:.2f}", f"{one.open_receivable:.2f}") for one in stand] == [
        ("552.00", "126.00"),
        ("452.00", "0.00"),
    ]
    whole()


@pytest.mark.parametrize(("language", "theme", "width"), LOOKS)
def test_the_bank_s_pages_are_usable_by_everybody(
    page: Page, live: str, story: tuple[Shop, int, int, str, str], sign_in: SignIn, shot: Shot, language: str, theme: str,
    width: int,
) -> None:  # fmt: skip
    first = story[3]
    dana = person("dana", language=language)
    Person.objects.filter(pk=dana.pk).update(theme=theme)
    sign_in(page, dana)
    page.set_viewport_size({"width": width, "height": 900})
    lines = ("2026-09-16,,1000.00,远帆船舶,尾款", "2026-09-16,,66.00,税务局,退税", "2026-09-16,8.80,,电网,电费")
    brought(page, live, csv(f"2026-09-15,,904.00,某某,货款 {first}", "2026-09-15,,226.00,无名,", *lines))
    line = BankLine.objects.get(amount=1000)
    pages = {
        "statement": page.url,
        "lines": f"{live}/bank/",
        "line": f"{live}/bank/lines/{line.pk}/",
        "out": f"{live}/bank/?state=out",
        "take": f"{live}/payments/new/?customer=C1&line={line.pk}",
    }
    for name, address in pages.items():
        page.goto(address)
        shot(page, name)
        assert violations(page) == [], name
        assert not wider_than_window(page), name
