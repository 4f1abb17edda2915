"""Fixtures for all tests: the store in a file, throw-away servers, a browser. Each says what it costs."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from django.conf import settings

from dev import chromium, servers

if TYPE_CHECKING:
    from django.test import Client
    from playwright.sync_api import Browser, Page
    from pytest_django.live_server_helper import LiveServer

ROOT = Path(__file__).resolve().parent
DESKTOP = {"width": 1440, "height": 900}
numbers = count(1)


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> None:
    """The tests' SQLite store is the file in the data folder, as in real life: with WAL, locks, and other processes."""
    from django.db import connection

    if connection.vendor == "sqlite":
        connection.settings_dict["TEST"]["NAME"] = str(Path(os.environ["ORDERTRAIL_HOME"]) / "db.sqlite3")


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[servers.Server]:
    """A PostgreSQL server of this test run (0.7 s); fails where PostgreSQL is not installed."""
    yield from served(servers.start_postgresql)


@pytest.fixture(scope="session")
def mariadb_server() -> Iterator[servers.Server]:
    """A MariaDB server of this test run (0.7 s); fails where MariaDB is not installed."""
    yield from served(servers.start_mariadb)


def served(start: Callable[[], servers.Server]) -> Iterator[servers.Server]:
    """Start a server, hand it over, stop it."""
    try:
        server = start()
    except RuntimeError as problem:
        pytest.fail(str(problem), pytrace=False)
    yield server
    server.stop()


@pytest.fixture
def postgres_url(postgres_server: servers.Server) -> str:
    """The address of a new, empty PostgreSQL database (0.1 s), for psycopg, ADBC and, with a driver, SQLAlchemy."""
    import psycopg

    name = f"source_{next(numbers)}"
    with psycopg.connect(postgres_server.url("postgres"), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}".encode())
    return postgres_server.url(name)


@pytest.fixture
def mariadb_url(mariadb_server: servers.Server) -> str:
    """The address of a new, empty MariaDB database (0.01 s), as SQLAlchemy takes it: ``mysql+pymysql://…``."""
    import pymysql

    name = f"source_{next(numbers)}"
    connection = pymysql.connect(host=mariadb_server.host, port=mariadb_server.port, user=mariadb_server.user)
    with connection, connection.cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {name}")
    return mariadb_server.url(name, scheme="mysql+pymysql")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A real Chromium, started once (about 1 s); fails where none is installed."""
    from playwright.sync_api import sync_playwright

    program = chromium.program()
    if not program:
        pytest.fail("Chromium is not installed. Debian: apt-get install chromium", pytrace=False)
    # Playwright runs an event loop in this thread; Django would refuse every query of the test itself because of it.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=program, args=list(chromium.FLAGS))
        yield started
        started.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page of its own, 1440 wide (0.1 s). After the test: no script may have failed, nothing broken the CSP."""
    yield from watched(browser)


def watched(browser: Browser) -> Iterator[Page]:
    """A new page whose complaints are read when it is done with; AssertionError when there were any."""
    context = browser.new_context(viewport=DESKTOP, locale="en-GB", timezone_id="Asia/Shanghai")  # type: ignore[arg-type]
    context.set_default_timeout(10_000)
    fresh = context.new_page()
    complaints: list[str] = []
    fresh.on("pageerror", lambda error: complaints.append(str(error)))
    fresh.on("console", lambda said: complaints.append(said.text) if "Content Security Policy" in said.text else None)
    yield fresh
    context.close()
    assert complaints == []


@pytest.fixture
def live(live_server: LiveServer) -> str:
    """The address of this Django, served by a thread on the tests' own store; no slash at the end.

    The store is a file, so the thread has its own connections and sees only what is committed: the test runs without a
    transaction around it, and all tables are emptied after it (0.1–0.5 s).
    """
    return str(live_server.url)


@pytest.fixture
def sign_in(live: str, client: Client) -> Callable[[Page, Any], None]:
    """A function that signs a person in on a page, by a session cookie; the log-in page has tests of its own."""

    def with_cookie(page: Page, person: Any) -> None:
        client.force_login(person)
        cookie = client.cookies[settings.SESSION_COOKIE_NAME]
        page.context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": live}])

    return with_cookie


@pytest.fixture
def shot(request: pytest.FixtureRequest) -> Callable[[Page, str], Path]:
    """A function that saves a picture of the whole page as ``shots/tests/<test>-<name>.png`` and returns its path."""
    test = re.sub(r"\W+", "-", request.node.name).strip("-")

    def save(page: Page, name: str) -> Path:
        path = ROOT / "shots" / "tests" / f"{test}-{name}.png"
        page.screenshot(path=path, full_page=True)
        return path

    return save
