"""The frame in a real Chromium: nothing breaks WCAG or the policy, no page scrolls sideways, keys and dialogs work."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from django.core.cache import cache

from ordertrail.parties.people import Person
from ordertrail.web import nav
from ordertrail.web.tests.axe import LOOKS, violations, wider_than_window
from ordertrail.web.tests.people import PASSWORD, person

if TYPE_CHECKING:
    from playwright.sync_api import Page

SignIn = Callable[["Page", Any], None]
WIDTHS = {1440: 900, 390: 844}


@pytest.fixture
def root(live: str, monkeypatch: pytest.MonkeyPatch) -> Person:
    """Root administers, and has two ways to go."""
    cache.clear()
    monkeypatch.setattr(nav, "_entries", [])
    nav.add(nav.Entry("web:parts", "Orders", "list-details", "see_orders", key="o", tab=True))
    nav.add(nav.Entry("web:profile", "Board", "layout-dashboard", "see_boards", section="boards", key="b", tab=True))
    return person("root")


@pytest.mark.parametrize(("language", "theme", "width"), LOOKS)
def test_every_part_is_usable_by_everybody(
    page: Page, live: str, root: Person, sign_in: SignIn, language: str, theme: str, width: int
) -> None:
    root.language, root.theme = language, theme
    root.save()
    sign_in(page, root)
    page.set_viewport_size({"width": width, "height": WIDTHS[width]})
    for path in ("/dev/parts/", "/me/", "/nowhere/"):
        page.goto(live + path)
        assert (path, violations(page), wider_than_window(page)) == (path, [], 0)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_log_in_page_is_usable_by_everybody(page: Page, live: str, theme: Any) -> None:
    page.emulate_media(color_scheme=theme)
    for width, height in WIDTHS.items():
        page.set_viewport_size({"width": width, "height": height})
        page.goto(f"{live}/account/login/")
        assert page.evaluate("document.documentElement.dataset.bsTheme") == theme
        assert (width, violations(page), wider_than_window(page)) == (width, [], 0)


def test_anna_logs_in_by_keyboard_alone(page: Page, live: str) -> None:
    cache.clear()
    person("anna", password=PASSWORD)
    page.goto(f"{live}/me/")
    page.keyboard.type("anna")
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(f"{live}/me/")
    assert page.locator("h1").inner_text() == "My settings"


def test_keys_find_move_select_and_go(page: Page, live: str, root: Person, sign_in: SignIn) -> None:
    sign_in(page, root)
    page.goto(f"{live}/dev/parts/")
    page.keyboard.press("Control+k")
    assert page.locator("#find").is_visible()
    page.keyboard.press("ArrowDown")
    assert page.evaluate("document.activeElement.tagName") == "A"
    page.keyboard.press("Escape")
    assert not page.locator("#find").is_visible()
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("x")
    assert page.locator("tr.cur.sel a.code").inner_text() == "SO-2609-0013"
    assert page.locator("[data-selected]").inner_text() == "1"
    page.keyboard.press("Escape")
    assert page.locator("tr.sel").count() == 0
    page.keyboard.press("?")
    assert page.locator("#keys").is_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("/")
    page.keyboard.type("jx?")
    assert page.locator("[data-list-search]").input_value() == "jx?"
    page.keyboard.press("Escape")
    page.keyboard.press("g")
    page.keyboard.press("b")
    page.wait_for_url(f"{live}/me/")


def test_keys_can_be_switched_off(page: Page, live: str, root: Person, sign_in: SignIn) -> None:
    root.keys_on = False
    root.save()
    sign_in(page, root)
    page.goto(f"{live}/dev/parts/")
    page.keyboard.press("?")
    page.keyboard.press("j")
    assert not page.locator("#keys").is_visible()
    assert page.locator("tr.cur").count() == 0
    page.keyboard.press("Control+k")
    assert page.locator("#find").is_visible()


def test_the_theme_changes_at_once_and_is_remembered(page: Page, live: str, root: Person, sign_in: SignIn) -> None:
    sign_in(page, root)
    page.goto(f"{live}/me/")
    with page.expect_response("**/me/theme/"):
        page.get_by_role("button", name="Light or dark").click()
    assert page.evaluate("document.documentElement.dataset.bsTheme") == "dark"
    page.reload()
    assert page.evaluate("document.documentElement.dataset.bsTheme") == "dark"
    root.refresh_from_db()
    assert root.theme == "dark"


def test_steps_of_an_order_s_life_open_one_at_a_time(page: Page, live: str, root: Person, sign_in: SignIn) -> None:
    sign_in(page, root)
    page.goto(f"{live}/dev/parts/")
    page.locator(".step").nth(3).click()
    assert page.locator(".steppanel:visible").count() == 1
    assert page.locator(".steppanel:visible h3").first.inner_text() == "Production"


def test_what_was_typed_stays_when_the_session_has_ended(page: Page, live: str, root: Person, sign_in: SignIn) -> None:
    sign_in(page, root)
    page.goto(f"{live}/dev/parts/")
    page.locator("#say").fill("half a thought")
    page.context.clear_cookies()
    page.evaluate("htmx.ajax('GET', '/me/', '#found')")
    page.locator("#logged-out").wait_for(state="visible")
    assert page.locator("#say").input_value() == "half a thought"


def test_the_more_button_of_a_phone_opens_all_ways(page: Page, live: str, root: Person, sign_in: SignIn) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    sign_in(page, root)
    page.goto(f"{live}/me/")
    page.get_by_role("button", name="More").click()
    assert page.locator("#more").is_visible()
    assert page.locator("#more a").all_inner_texts() == ["Board", "Orders", "My settings"]
