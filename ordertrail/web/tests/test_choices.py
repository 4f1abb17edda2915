"""Language, theme and keys: what was chosen, where it is kept, and what holds when nothing was chosen."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from ordertrail.web import context, nav
from ordertrail.web.tests.people import person

pytestmark = pytest.mark.django_db
LOG_IN = "/account/login/"


def language_of(client: Client, path: str = LOG_IN, **headers: str) -> str:
    return client.get(path, headers=headers)["Content-Language"]


@pytest.mark.parametrize(
    ("asked", "got"),
    [("zh-TW,zh;q=0.9", "zh-hant"), ("zh-HK", "zh-hant"), ("zh-CN", "zh-hans"), ("en-GB", "en"), ("fr", "zh-hans")],
)
def test_a_stranger_reads_what_the_browser_asks_for_else_the_company_s(client: Client, asked: str, got: str) -> None:
    assert language_of(client, **{"Accept-Language": asked}) == got


def test_a_stranger_s_choice_is_kept_in_the_browser(client: Client) -> None:
    answer = client.post("/me/language/", {"language": "zh-hant", "next": LOG_IN})
    assert answer["Location"] == LOG_IN
    assert language_of(client, **{"Accept-Language": "en"}) == "zh-hant"


def test_a_person_s_choice_goes_with_them(client: Client) -> None:
    anna = person("anna")
    client.force_login(anna)
    client.post("/me/language/", {"language": "zh-hant"})
    other = Client()
    other.force_login(anna)
    assert language_of(other, "/me/", **{"Accept-Language": "en"}) == "zh-hant"


def test_pages_say_their_language_so_that_han_forms_are_right(client: Client) -> None:
    client.force_login(person("anna", "zh-hant"))
    page = client.get("/me/").content.decode()
    assert '<html lang="zh-Hant"' in page
    assert "我的設定" in page


def test_a_language_that_does_not_exist_changes_nothing(client: Client) -> None:
    anna = person("anna")
    client.force_login(anna)
    client.post("/me/language/", {"language": "xx"})
    anna.refresh_from_db()
    assert anna.language == "en"


def test_a_theme_is_kept_for_the_person_and_in_the_browser(client: Client) -> None:
    anna = person("anna")
    client.force_login(anna)
    assert 'data-theme="auto"' in client.get("/me/").content.decode()
    assert client.post("/me/theme/", {"theme": "dark"}, headers={"HX-Request": "true"}).status_code == 204
    anna.refresh_from_db()
    assert anna.theme == "dark"
    assert 'data-theme="dark" data-bs-theme="dark"' in client.get("/me/").content.decode()
    client.post("/account/logout/")
    assert 'data-bs-theme="dark"' in client.get(LOG_IN).content.decode()


def test_a_form_leads_back_only_to_our_own_pages(client: Client) -> None:
    answer = client.post("/me/language/", {"language": "en", "next": "https://elsewhere.example/"})
    assert answer["Location"] == "/"


def test_anna_changes_name_language_and_keys(client: Client) -> None:
    anna = person("anna")
    client.force_login(anna)
    wanted = {"display_name": "Anna Lin", "language": "zh-hans", "theme": "light"}
    answer = client.post("/me/", wanted, follow=True)
    assert "设置已保存。" in answer.content.decode()
    anna.refresh_from_db()
    assert (anna.display_name, anna.language, anna.theme, anna.keys_on) == ("Anna Lin", "zh-hans", "light", False)
    assert 'data-keys="off"' in client.get("/me/").content.decode()


def test_a_role_cannot_be_changed_by_a_hidden_field(client: Client) -> None:
    anna = person("anna")
    client.force_login(anna)
    client.post("/me/", {"display_name": "A", "language": "en", "theme": "auto", "role": "admin", "is_active": ""})
    anna.refresh_from_db()
    assert (anna.role, anna.is_active) == ("sales", True)


def test_an_empty_name_is_refused_and_what_was_typed_stays(client: Client) -> None:
    client.force_login(person("anna"))
    answer = client.post("/me/", {"display_name": "", "language": "zh-hant", "theme": "dark"})
    assert answer.status_code == 422
    page = answer.content.decode()
    assert re.search(r'value="zh-hant"[^>]* checked', page)
    assert '<html lang="en" data-theme="auto"' in page


def test_the_start_is_the_first_page_that_one_may_see(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(nav, "_entries", [])
    nav.add(nav.Entry("web:profile", "Orders", "list-details", "see_orders"))
    nav.add(nav.Entry("web:parts", "Board", "layout-dashboard", "see_cost", section="boards"))
    client.force_login(person("anna"))
    assert client.get("/")["Location"] == "/me/"
    client.force_login(person("dana"))
    assert client.get("/")["Location"] == "/dev/parts/"
    client.force_login(person("gus"))
    assert client.get("/").status_code == 403


def test_a_way_is_shown_with_its_count_and_marked_where_one_is(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(nav, "_entries", [])
    nav.add(nav.Entry("web:profile", "Orders", "list-details", "see_orders", count=lambda _: nav.Count("142")))
    client.force_login(person("anna"))
    page = client.get("/me/").content.decode()
    assert '<span class="count">142</span>' in page
    assert 'href="/me/" aria-current="page"' in page
    with pytest.raises(ValueError, match="no section"):
        nav.add(nav.Entry("web:profile", "x", "x", "see_orders", section="nowhere"))


@pytest.mark.parametrize(
    ("name", "first"), [("bo", "/orders/?queue=ship"), ("chen", "/orders/?queue=invoice"), ("anna", "/orders/")]
)
def test_everybody_begins_where_their_work_waits(client: Client, name: str, first: str) -> None:
    client.force_login(person(name))
    assert client.get("/").headers["Location"] == first


def test_the_frame_of_a_page_costs_six_queries(client: Client, django_assert_num_queries: object) -> None:
    client.force_login(person("anna"))
    client.get("/me/")
    # session, person; open orders, open findings; sources with their last runs, read once for pill and side bar
    with django_assert_num_queries(6):  # type: ignore[operator]
        client.get("/me/")
    assert context.SEARCH_PATH == "/search/"
