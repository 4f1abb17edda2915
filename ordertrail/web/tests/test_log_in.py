"""Logging in and out, what is counted, what is closed, and what every answer carries."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from django.conf import settings
from django.core.cache import cache
from django.test import Client

from ordertrail.web.middleware import SessionAgeMiddleware
from ordertrail.web.tests.people import PASSWORD, person

pytestmark = [pytest.mark.django_db, pytest.mark.slow, pytest.mark.store]
LOG_IN = "/account/login/"


@pytest.fixture(autouse=True)
def _nothing_counted() -> None:
    cache.clear()


@pytest.fixture
def english() -> Client:
    """A stranger's browser that asks for English."""
    return Client(headers={"Accept-Language": "en"})


def test_anna_logs_in_and_comes_to_the_page_that_she_asked_for(client: Client) -> None:
    person("anna", password=PASSWORD)
    answer = client.post(LOG_IN, {"login": "anna", "password": PASSWORD, "next": "/me/"})
    assert (answer.status_code, answer["Location"]) == (302, "/me/")
    assert client.get("/me/").status_code == 200


def test_a_page_elsewhere_is_not_gone_to(client: Client) -> None:
    person("anna", password=PASSWORD)
    answer = client.post(LOG_IN, {"login": "anna", "password": PASSWORD, "next": "https://elsewhere.example/"})
    assert answer["Location"] == "/"


@pytest.mark.parametrize(("name", "password"), [("anna", "wrong"), ("nobody", PASSWORD)])
def test_a_wrong_word_does_not_say_which(english: Client, name: str, password: str) -> None:
    person("anna", password=PASSWORD)
    answer = english.post(LOG_IN, {"login": name, "password": password})
    assert "User name and password do not match." in answer.content.decode()


def test_the_sixth_wrong_password_has_to_wait(english: Client) -> None:
    person("anna", password=PASSWORD)
    for _ in range(5):
        english.post(LOG_IN, {"login": "anna", "password": "wrong"})
    answer = english.post(LOG_IN, {"login": "anna", "password": PASSWORD})
    assert "Too many tries." in answer.content.decode()


def test_somebody_who_has_left_does_not_come_in(client: Client) -> None:
    anna = person("anna", password=PASSWORD)
    anna.is_active = False
    anna.save()
    client.post(LOG_IN, {"login": "anna", "password": PASSWORD})
    assert client.get("/me/").status_code == 302


def test_passwords_are_kept_as_argon2() -> None:
    assert person("anna", password=PASSWORD).password.startswith("argon2$argon2id$")


def test_nobody_signs_up(client: Client) -> None:
    for address in ("/account/signup/", "/account/password/reset/", "/account/email/"):
        assert client.get(address)["Location"].startswith(LOG_IN)
    client.force_login(person("root"))
    assert client.get("/account/email/").status_code == 403


def test_a_password_is_long(client: Client) -> None:
    client.force_login(person("anna", password=PASSWORD))
    words = {"oldpassword": PASSWORD, "password1": "short-one", "password2": "short-one"}
    assert "12" in client.post("/account/password/change/", words).content.decode()
    words |= {"password1": "lantern-by-the-quay", "password2": "lantern-by-the-quay"}
    assert client.post("/account/password/change/", words).status_code == 302


def test_anna_logs_out(client: Client) -> None:
    client.force_login(person("anna"))
    assert client.post("/account/logout/").status_code == 302
    assert client.get("/me/").status_code == 302


def test_a_form_without_its_token_changes_nothing() -> None:
    anna = person("anna")
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(anna)
    for address in ("/me/", "/me/language/", "/me/theme/", "/account/logout/", LOG_IN):
        answer = strict.post(address, {"language": "zh-hant", "theme": "dark"})
        assert answer.status_code == 403
        assert "Nothing was changed" in answer.content.decode() or "Please send it again" in answer.content.decode()
    anna.refresh_from_db()
    assert (anna.language, anna.theme) == ("en", "")


def test_a_session_ends_seven_days_after_its_log_in(client: Client) -> None:
    client.force_login(person("anna"))
    client.get("/me/")
    session = client.session
    session["began_at"] -= settings.SESSION_ABSOLUTE_AGE + 1
    session.save()
    assert client.get("/me/").status_code == 302


def test_a_page_in_use_rarely_writes_the_session(client: Client) -> None:
    client.force_login(person("anna"))
    client.get("/me/")
    seen = client.session["seen_at"]
    client.get("/me/")
    assert client.session["seen_at"] == seen
    assert SessionAgeMiddleware.__doc__


def test_every_answer_carries_the_strict_policy(client: Client) -> None:
    answer = client.get(LOG_IN)
    policy = answer["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert (answer["X-Frame-Options"], answer["X-Content-Type-Options"]) == ("DENY", "nosniff")
    assert answer["Referrer-Policy"] == "same-origin"


def test_cookies_cannot_be_read_by_scripts(client: Client) -> None:
    client.get(LOG_IN)
    person("anna", password=PASSWORD)
    client.post(LOG_IN, {"login": "anna", "password": PASSWORD})
    for name in (settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME):
        assert client.cookies[name]["httponly"]
        assert client.cookies[name]["samesite"] == "Lax"


def test_the_middleware_stands_in_its_order() -> None:
    names = [name.rpartition(".")[2] for name in settings.MIDDLEWARE]
    assert names == [
        "SecurityMiddleware",
        "XFrameOptionsMiddleware",
        "CSPMiddleware",
        "AssetsMiddleware",
        "SessionMiddleware",
        "CommonMiddleware",
        "CsrfViewMiddleware",
        "AuthenticationMiddleware",
        "SessionAgeMiddleware",
        "LanguageMiddleware",
        "OwnWrites",  # boards: a page older than one's own write says so
        "MessageMiddleware",
        "AccountMiddleware",
        "OpenedByHandMiddleware",
        "RightsMiddleware",
    ]


def test_an_address_that_is_not_there_says_so(client: Client) -> None:
    assert (
        "There is nothing at this address"
        in client.get("/nowhere/", headers={"Accept-Language": "en"}).content.decode()
    )


def test_behind_https_django_has_nothing_to_warn_of() -> None:
    words = [sys.executable, "-W", "error::DeprecationWarning:ordertrail", "-m", "django", "check", "--deploy"]
    done = subprocess.run(
        [*words, "--fail-level", "WARNING"],
        env={**os.environ, "ORDERTRAIL_HTTPS": "1", "DJANGO_SETTINGS_MODULE": "ordertrail.config.settings"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, "no issues" in done.stdout) == (0, True), done.stderr
