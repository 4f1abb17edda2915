"""The fixtures of browser tests: a page sees what is served, somebody is signed in, a breach of the CSP is noticed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from conftest import watched

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

    from ordertrail.parties.models import Person


@pytest.fixture
def anna(live: str) -> Person:
    """Anna sells."""
    from ordertrail.parties.models import Person

    return Person.objects.create_person("anna", "", "sales", display_name="Anna", language="en")


def test_a_stranger_is_asked_to_log_in(page: Page, live: str) -> None:
    page.goto(live)
    assert page.locator("input[type=password]").count() == 1


def test_somebody_signed_in_sees_their_own_page(
    page: Page, live: str, anna: Person, sign_in: Callable[[Page, Person], None], shot: Callable[[Page, str], Path]
) -> None:
    sign_in(page, anna)
    page.goto(f"{live}/me/")
    assert page.locator("input[type=password]").count() == 0
    assert page.get_by_text("Anna").count() > 0
    assert shot(page, "me").stat().st_size > 10_000


def test_a_breach_of_the_csp_is_noticed(browser: Browser) -> None:
    pages = watched(browser)
    page = next(pages)
    page.set_content("<meta http-equiv=Content-Security-Policy content=\"script-src 'none'\"><script>1</script>")
    page.wait_for_timeout(50)
    with pytest.raises(AssertionError, match="Content Security Policy"):
        next(pages)
