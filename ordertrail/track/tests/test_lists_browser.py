"""Lists in a real Chromium: keys, chips, the find box, fragments that follow, phones, and nothing that breaks WCAG or the policy."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from django.core.cache import cache
from playwright.sync_api import expect

from ordertrail.findings.models import Finding
from ordertrail.lib import clock
from ordertrail.parties.models import Person
from ordertrail.records.models import Source
from ordertrail.sync.models import Reject, SyncRun
from ordertrail.track import queues
from ordertrail.track.tests.lists_company import DOLLARS, LATE, SAILFAR, TO_COLLECT, TO_INVOICE, company
from ordertrail.web.tests.axe import LOOKS, violations, wider_than_window
from ordertrail.web.tests.people import person

if TYPE_CHECKING:
    from playwright.sync_api import Page

SignIn = Callable[["Page", Any], None]
WIDTHS = {1440: 900, 390: 844}


@pytest.fixture
def root(live: str, page: Page, sign_in: SignIn) -> Person:
    """Root administers; the company has its orders, a finding, a run and a rejected item."""
    cache.clear()
    company().check()
    oms = Source.objects.get(code="oms")
    now = clock.now()
    SyncRun.objects.create(
        source=oms, trigger="schedule", state="done", started_at=now, ended_at=now, as_of=now, read=7, new=7
    )
    Reject.objects.create(
        source=oms, stream="order", ref="9", place="row 9", column="qty", code="not_a_number", detail="“x” is no number.", raw="x",
        at=now,
    )  # fmt: skip
    one = person("root")
    sign_in(page, one)
    return one


def listed(page: Page) -> list[str]:
    """The numbers in the list."""
    return page.locator("table.orders tbody a.code").all_inner_texts()


def test_rows_are_moved_through_selected_and_opened_by_keys(page: Page, live: str, root: Person) -> None:
    page.goto(f"{live}/orders/")
    assert listed(page) == [LATE, TO_COLLECT, TO_INVOICE, DOLLARS]
    for key in "jjx":
        page.keyboard.press(key)
    assert page.locator("tr.cur a.code").inner_text() == TO_COLLECT
    assert page.locator("[data-bulk]").is_visible()
    assert page.locator("[data-selected]").inner_text() == "1"
    assert page.locator("[data-selected-words]").inner_text() == SAILFAR
    page.keyboard.press("Escape")
    assert not page.locator("[data-bulk]").is_visible()
    for _ in range(9):
        page.keyboard.press("j")
    assert page.locator("tr.cur a.code").inner_text() == DOLLARS  # the sums are no rows
    page.keyboard.press("k")
    page.keyboard.press("Enter")
    page.wait_for_url(f"{live}/orders/{TO_INVOICE}/")


def test_the_findings_of_a_row_are_one_key_away(page: Page, live: str, root: Person) -> None:
    page.goto(f"{live}/orders/?queue=late")
    page.keyboard.press("j")
    page.keyboard.press("e")
    page.wait_for_url(f"{live}/orders/{LATE}/#findings")


def test_chips_are_added_and_taken_away(page: Page, live: str, root: Person) -> None:
    page.goto(f"{live}/orders/?queue=open&salesperson=Mei")
    assert listed(page) == [TO_COLLECT, DOLLARS]
    page.get_by_role("link", name="Remove Salesperson").click()
    page.wait_for_url(f"{live}/orders/?queue=open")
    assert len(listed(page)) == 4
    page.locator(".filters summary").click()
    page.locator(".filters .pop").get_by_label("Currency", exact=True).fill("usd")
    page.locator(".filters .pop").get_by_role("button", name="Filter").click()
    page.wait_for_url(re.compile("currency=usd"))
    assert listed(page) == [DOLLARS]
    page.keyboard.press("/")
    page.keyboard.type("SO-2609-1001")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("q=SO-2609-1001"))
    assert page.get_by_text("No order matches these filters").is_visible()
    page.get_by_role("link", name="Show all").click()
    assert len(listed(page)) == 7


def test_heads_sort_and_tabs_lead_on(page: Page, live: str, root: Person) -> None:
    page.goto(f"{live}/orders/")
    page.get_by_role("link", name="Total incl. tax").click()
    assert listed(page)[0] == DOLLARS
    assert page.locator("th[aria-sort=descending]").inner_text().startswith("Total incl. tax")
    page.locator("nav.queues").get_by_role("link", name="Late 1").click()
    assert listed(page) == [LATE]
    assert page.locator("nav.queues a[aria-current]").inner_text().startswith("Late")


def test_selected_orders_are_handed_over(page: Page, live: str, root: Person) -> None:
    person("bo")
    page.goto(f"{live}/orders/?queue=ship")
    page.locator("[data-select-all]").check()
    page.locator("select#to").select_option("bo")
    page.get_by_role("button", name="Hand over").click()
    page.get_by_text("Orders handed over to Bo: 2.").wait_for()
    assert page.url == f"{live}/orders/?queue=ship"


def test_any_number_is_found_from_anywhere(page: Page, live: str, root: Person) -> None:
    page.goto(f"{live}/sources/")
    page.keyboard.press("Control+k")
    page.keyboard.type("sf10s3")
    expect(page.locator("#found a[href]")).to_have_count(1)  # each sign is answered: "sf10s" finds more
    assert page.locator("#found a[href]").inner_text().startswith("SH-2609-2003")
    page.keyboard.press("Enter")
    page.wait_for_url(f"{live}/shipments/SH-2609-2003/")
    page.keyboard.press("Control+k")
    page.locator("#find input[type=search]").fill("so2609 1001")
    page.keyboard.press("Enter")  # before the answer has come: the server opens the one that is meant
    page.wait_for_url(f"{live}/orders/{LATE}/")


def test_with_many_orders_totals_and_counts_follow_the_rows(
    page: Page, live: str, root: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queues, "LARGE", 3)
    page.goto(f"{live}/orders/")
    page.get_by_text("All that match · 3 orders").wait_for()
    assert page.locator("table.orders tfoot tr").count() == 4
    page.locator("nav.queues .ct").first.wait_for()
    assert page.locator("nav.queues .ct").all_inner_texts() == ["4", "2", "1", "1", "1", "1", "7"]
    assert page.locator("nav.queues a[aria-current]").inner_text().startswith("All open")


def test_a_view_is_saved_under_a_name(page: Page, live: str, root: Person) -> None:
    page.goto(f"{live}/orders/?queue=ship&salesperson=Mei")
    page.locator(".save-view summary").click()
    page.get_by_label("Name of the view").fill("Mei must ship")
    page.locator(".save-view").get_by_role("button", name="Save", exact=True).click()
    page.locator("nav.queues").get_by_role("link", name="Mei must ship").wait_for()
    page.locator("nav.queues").get_by_role("link", name="All orders").click()
    page.locator("nav.queues").get_by_role("link", name="Mei must ship").click()
    page.wait_for_url(f"{live}/orders/?queue=ship&salesperson=Mei")


def test_a_running_sync_moves_by_itself(page: Page, live: str, root: Person) -> None:
    erp = Source.objects.get(code="erp")
    run = SyncRun.objects.create(
        source=erp, trigger="person", state="running", started_at=clock.now(), read=10, new=10, expected=100
    )
    page.goto(f"{live}/sources/")
    card = page.locator("#source-erp")
    assert "10 / 100" in card.inner_text()
    SyncRun.objects.filter(pk=run.pk).update(read=100, new=100, state="done", ended_at=clock.now(), as_of=clock.now())
    card.get_by_text("Fresh").wait_for()
    assert "10 / 100" not in card.inner_text()


@pytest.mark.parametrize(("language", "theme", "width"), LOOKS)
def test_every_list_is_usable_by_everybody(
    page: Page, live: str, root: Person, language: str, theme: str, width: int
) -> None:
    root.language, root.theme = language, theme
    root.save()
    page.set_viewport_size({"width": width, "height": WIDTHS[width]})
    paths = [
        "/orders/", "/orders/?queue=all&state=lost&customer=x", "/order-totals/", "/findings/", "/desk/", "/sources/", "/runs/",
        f"/findings/{Finding.objects.get().pk}/", "/sources/oms/", f"/runs/{SyncRun.objects.get().pk}/", "/sources/new/",
        f"/rejects/{Reject.objects.get().pk}/", "/sources/new/rest/", "/sources/oms/mapping/", "/search/?q=SO-26", "/search/",
    ]  # fmt: skip
    for path in paths:
        page.goto(live + path)
        assert (path, violations(page), wider_than_window(page)) == (path, [], 0)
