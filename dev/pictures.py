"""Takes the pictures of ``dev.py shots``: runs in ``.venv``, with the demo company served by ``ordertrail demo``.

The pages are found as a reader finds them, by following links from the home page; of the pages that differ only in
which document they show, the first one met is taken.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urldefrag, urlsplit

from dev import chromium, environment, servers
from dev.say import Failed, step

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

HOME = environment.CACHE / "shots" / "company"
"""The demo's own folder: making the company anew empties it, so the log stands beside it."""
LANGUAGES = ("en", "zh-hans", "zh-hant")
THEMES = ("light", "dark")
WIDTHS = {1440: 900, 390: 844}
START_SECONDS = 600
ROLES = ("manager", "admin")
"""Whose pages are taken: the manager's, and those that only an administrator sees."""
LOG_IN = "log-in"
FIRST = {
    "track-order": "/orders/SO-2609-0027/",
    "track-order-merged": "/orders/SO-2609-0012/",
    "track-orders-late": "/orders/?queue=late",
    "track-orders-none": "/orders/?q=nothing-like-this",
}
"""Pages that are taken as they are, not as first met: the two orders that the stories tell of, lists that are short and empty."""
EACH = frozenset({"boards:board", "track:new_source_settings"})
"""Kinds of pages of which each differs, by the name in its address; of the others one is enough."""
NO_PAGES = ("logout", "format=", "/api/", "/static/", "export")


def main() -> int:
    """Start the demo, find its pages, take each in all its looks."""
    words = argparse.ArgumentParser(prog="python3 dev.py shots")
    words.add_argument("folder", type=Path)
    words.add_argument("--only", default="", metavar="NAME", help="only pages whose name has this in it")
    asked = words.parse_args()
    asked.folder.mkdir(parents=True, exist_ok=True)
    try:
        with demo() as address:
            take_all(address, asked.folder, asked.only)
    except Failed as problem:
        print(f"\n{problem}", file=sys.stderr)
        return 1
    return 0


@contextmanager
def demo() -> Iterator[str]:
    """The demo company, served on a free port for as long as the block runs; made at the first time, then kept."""
    port = servers.free_port()
    address = f"http://127.0.0.1:{port}"
    HOME.parent.mkdir(parents=True, exist_ok=True)
    os.environ["ORDERTRAIL_HOME"] = str(HOME)
    command = [sys.executable, "-m", "ordertrail", "demo", "--home", str(HOME), "--port", str(port)]
    log = HOME.parent / "shots.log"
    with log.open("w") as file, step("demo company") as running:
        served = subprocess.Popen(command, stdout=file, stderr=subprocess.STDOUT)
        while not answers(address):
            if served.poll() is not None or running.seconds > START_SECONDS:
                served.terminate()
                raise Failed(
                    f"`ordertrail demo` does not answer at {address}:\n{log.read_text('utf-8', 'replace')[-3000:]}"
                )
            time.sleep(0.3)
    try:
        yield address
    finally:
        served.terminate()
        served.wait(timeout=30)


def answers(address: str) -> bool:
    """Whether a server answers at ``address``, whatever it says."""
    try:
        urllib.request.urlopen(address, timeout=5).close()
    except urllib.error.HTTPError:
        return True
    except OSError:
        return False
    return True


def take_all(address: str, folder: Path, only: str) -> None:
    """Find the pages, then take each of them; the pictures' names are ``<page>-<language>-<theme>-<width>.png``."""
    import django
    from playwright.sync_api import sync_playwright

    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"  # playwright runs a loop in this thread
    django.setup()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium.program(), args=list(chromium.FLAGS))
        pages: dict[str, dict[str, str]] = {}
        with step("looking for pages"):
            for role in ROLES:
                with signed_in(browser, address, role, "en", "light") as page:
                    known = {name for found in pages.values() for name in found}
                    found = found_pages(page, address).items()
                    pages[role] = {name: path for name, path in found if only in name and name not in known}
        count = sum(map(len, pages.values()))
        with step("pictures") as running:
            looks = [(language, theme) for language in LANGUAGES for theme in THEMES]
            for number, (language, theme) in enumerate(looks):
                running.note = f"{number * count * 2} of {len(looks) * count * 2}"
                for role in ROLES:
                    with signed_in(browser, address, role, language, theme) as page:
                        for name, path in pages[role].items():
                            take(page, f"{address}{path}", folder, f"{name}-{language}-{theme}")
                with stranger(browser, address, language, theme) as page:
                    take(page, address, folder, f"{LOG_IN}-{language}-{theme}")
            running.note = f"{len(looks) * (count + 1) * 2} of {count + 1} pages in {folder}"
        browser.close()


@contextmanager
def signed_in(browser: Browser, address: str, role: str, language: str, theme: str) -> Iterator[Page]:
    """A page on which somebody of the demo with this role is logged in, who likes this language and theme."""
    from django.conf import settings
    from django.test import Client

    from ordertrail.parties.models import Person

    person = Person.objects.filter(role=role).order_by("id").first()
    if person is None:
        raise Failed(f"The demo in {HOME} has no {role} to log in as.")
    Person.objects.filter(pk=person.pk).update(language=language, theme=theme)
    person.refresh_from_db()
    client = Client()
    client.force_login(person)
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    with stranger(browser, address, language, theme) as page:
        page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": address}])
        yield page


@contextmanager
def stranger(browser: Browser, address: str, language: str, theme: str) -> Iterator[Page]:
    """A page of somebody who is not logged in, whose browser likes this language and theme."""
    from django.conf import settings

    context = browser.new_context(color_scheme="dark" if theme == "dark" else "light", locale=language)
    context.add_cookies([{"name": settings.LANGUAGE_COOKIE_NAME, "value": language, "url": address}])
    yield context.new_page()
    context.close()


def found_pages(page: Page, address: str) -> dict[str, str]:
    """A path for each kind of page that links lead to, by a name for its pictures."""
    found = dict(FIRST)
    todo, seen, tried = ["/", *FIRST.values()], {"/"}, set[str]()
    while todo:
        path = todo.pop(0)
        name = route_name(path)
        if not name or (name in tried and path not in FIRST.values()):
            continue
        tried.add(name)
        answer = page.goto(f"{address}{path}")
        if answer is None or not answer.headers.get("content-type", "").startswith("text/html"):
            continue
        name = route_name(urlsplit(page.url).path)  # where a redirect has led
        if not name:
            continue
        tried.add(name)
        found.setdefault(name, path)
        links = page.eval_on_selector_all("a[href]", "links => links.map(link => link.href)")
        for link in map(str, links):
            here = urlsplit(urldefrag(link).url)
            target = f"{here.path}?{here.query}" if here.query else here.path
            if (
                f"{here.scheme}://{here.netloc}" == address
                and target not in seen
                and not any(no in target for no in NO_PAGES)
            ):
                seen.add(target)
                todo.append(target)
    return found


def route_name(path: str) -> str:
    """A name for the kind of page at ``path``, the same for all pages of a kind; empty for what is not ours."""
    from django.urls import Resolver404, resolve

    try:
        match = resolve(urlsplit(path).path)
    except Resolver404:
        return ""
    which = map(str, match.kwargs.values()) if match.view_name in EACH else ()
    return "-".join([*(match.view_name or "page").replace(":", "-").split("/"), *which])


def take(page: Page, address: str, folder: Path, name: str) -> None:
    """The page at ``address`` at both widths, from top to bottom."""
    for width, height in WIDTHS.items():
        page.set_viewport_size({"width": width, "height": height})
        page.goto(address, wait_until="load")
        page.wait_for_timeout(150)  # charts draw after the page is there
        page.screenshot(path=folder / f"{name}-{width}.png", full_page=True)


if __name__ == "__main__":
    sys.exit(main())
