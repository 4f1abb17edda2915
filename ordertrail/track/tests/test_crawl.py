"""Every page with every role (T-39, T-40): no byte of cost for who may not see it, nothing of Eve's for who sees Anna's alone.

The crawl begins at the start page and at every address of the product, filled in with what there is, hers or not, and follows the
links that it finds. A page takes some 30 ms, so each role opens one page of each view, one with a query and one file; Anna, who is
limited, opens whatever there is, hers or not.
"""

from __future__ import annotations

import re
from collections import Counter, deque
from collections.abc import Callable, Iterator
from html import unescape
from typing import Any
from urllib.parse import unquote, urljoin, urlsplit

import pytest
from django.db.models import Case, When
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, resolve, reverse
from django.utils.translation import override

from ordertrail.billing.models import BankLine, BankStatement
from ordertrail.boards.board import boards
from ordertrail.boards.metric import metrics
from ordertrail.findings.models import Finding
from ordertrail.parties.models import Customer, Person
from ordertrail.records.models import Source, SourceDocument
from ordertrail.sync import connectors
from ordertrail.sync.models import Reject, SyncRun
from ordertrail.track.addresses import PAGES
from ordertrail.track.models import SavedView
from ordertrail.track.tests.crawl_company import COSTS, EVES, crawl_company
from ordertrail.web.rights import ROLES, may
from ordertrail.web.tests.people import person

pytestmark = pytest.mark.slow

LINK = re.compile(r'\b(?:href|src|hx-get|data-href)="([^"]+)"')
WRITES = frozenset(
    {
        "web:language", "web:theme", "track:order_owners", "track:save_view", "track:delete_view", "track:take_finding",
        "track:give_finding", "track:drop_finding", "track:comment_finding", "track:sync_all", "track:sync_source",
        "track:test_source", "track:credentials", "track:trust", "track:schedule", "track:replay", "track:order_comment",
        "track:order_owner", "track:document_link", "track:document_unlink", "counter:order_told", "counter:amend_told",
        "counter:choose",
    }
)  # fmt: skip
"""Addresses that only write: opened, they answer 405 and tell nothing; what each writes and for whom has tests of its own."""
ELSEWHERE = {
    "api:": "asks for a token; every call with every role: api/tests/test_rights.py",
    "account_": "the log-in library's own pages, which know of no order: web/tests/test_log_in.py",
}
"""Addresses that are not crawled, and why."""


def routes(patterns: list[URLPattern | URLResolver], space: str = "") -> Iterator[tuple[str, str]]:
    """Every address that is crawled: its name, and how it is written."""
    for one in patterns:
        if isinstance(one, URLResolver):
            yield from routes(one.url_patterns, f"{space}{one.namespace}:" if one.namespace else space)
        elif not elsewhere(name := f"{space}{one.name}" if one.name else str(one.pattern)):
            yield name, f"/{one.pattern}"


def elsewhere(name: str) -> bool:
    return any(name.startswith(prefix) for prefix in ELSEWHERE)


def filled() -> Iterator[str]:
    """Every address with everything that it may name, by what stands before the name."""
    documents = SourceDocument.objects.order_by(Case(When(kind="product", then=0), default=1), "pk")
    known: dict[str, list[Any]] = {
        **{
            reverse(page, args=["x"]).removesuffix("x/"): sorted(set(documents.filter(kind=kind).values_list("number", flat=True)))
            for kind, page in PAGES.items()
        },
        "/receipts/": [f"~{pk}" for pk in documents.filter(kind="receipt").values_list("pk", flat=True)],
        "/bank/statements/": list(BankStatement.objects.values_list("pk", flat=True)),
        "/bank/lines/": list(BankLine.objects.values_list("pk", flat=True)),
        "/customers/": [f"~{pk}" for pk in Customer.objects.values_list("pk", flat=True)],
        "/documents/": list(documents.values_list("pk", flat=True)),
        "/findings/": list(Finding.objects.values_list("pk", flat=True)),
        "/rejects/": list(Reject.objects.values_list("pk", flat=True)),
        "/runs/": list(SyncRun.objects.values_list("pk", flat=True)),
        "/saved-views/": list(SavedView.objects.values_list("pk", flat=True)),
        "/sources/": sorted(Source.objects.values_list("code", flat=True), key="erp".__ne__),
        "/sources/new/": list(connectors.names()),
        "/boards/": list(boards()),
        "/boards/metrics/": list(metrics()),
        "/boards/rows/": list(metrics()),
    }  # fmt: skip
    for name, route in routes(get_resolver().url_patterns):
        if "<" not in route:
            yield route
            continue
        values = known[route.partition("<")[0]]
        for value in values[:1] if name in WRITES else values:
            yield re.sub(r"<[^>]+>", str(value), route)


class Crawl:
    """One person's way through the product: every answer, by address; of each view at most ``pages``, and ``queries`` with a query."""

    def __init__(self, who: Person, pages: int = 1, queries: int = 1) -> None:
        self.client = Client(SERVER_NAME="localhost")
        self.client.force_login(who)
        self.told: dict[str, bytes] = {}
        self.right: set[str] = set()
        self.met: dict[str, set[int]] = {}
        self.most = {"page": pages, "query": queries, "file": queries}
        self.seen: Counter[tuple[str, str]] = Counter()

    def go(self, starts: list[str]) -> None:
        """Open these and everything that they lead to."""
        waiting = deque(starts)
        while waiting:
            address = waiting.popleft()
            if address not in self.told and self.wanted(address):
                waiting += self.open(address)

    def wanted(self, address: str) -> bool:
        """Whether it is a page of ours, and not one more of many of the same view."""
        parts = urlsplit(address)
        if parts.netloc or parts.path.startswith("/static/"):
            return False
        name = resolve(parts.path).view_name
        if elsewhere(name):
            return False
        what = "file" if "format=" in parts.query else "query" if parts.query else "page"
        self.seen[name, what] += 1
        return self.seen[name, what] <= self.most[what]

    def open(self, address: str) -> list[str]:
        """Where a page leads."""
        answer = self.client.get(address)
        body = b"".join(answer.streaming_content) if answer.streaming else answer.content  # type: ignore[attr-defined]
        assert answer.status_code < 500, (address, answer.status_code)
        self.told[address] = body + answer.headers.get("Location", "").encode()
        self.met.setdefault(resolve(urlsplit(address).path).view_name, set()).add(answer.status_code)
        if answer.status_code == 200:
            self.right.add(address)
        if answer.status_code in (301, 302):
            return [urljoin(address, answer["Location"])]
        if not answer["Content-Type"].startswith("text/html"):
            return []
        return [urljoin(address, unescape(link)).partition("#")[0] for link in LINK.findall(body.decode())]

    def holding(self, words: tuple[bytes, ...]) -> dict[str, list[bytes]]:
        """The pages that hold any of these words, and which."""
        return {at: hits for at, body in self.told.items() if (hits := [word for word in words if word in body])}


@pytest.fixture
def starts(bring_up: Callable[..., Any]) -> list[str]:
    """The start page and every address, filled in; the company stands and its hub is up."""
    with override("en"):
        crawl_company(person("root"))
        bring_up()
    return list(filled())


def test_every_page_with_every_role(starts: list[str]) -> None:
    met: dict[str, set[int]] = {}
    control: dict[str, list[bytes]] = {}
    for role in ROLES:
        who = Person.objects.create_person(f"the-{role}", "", role, language="en")
        crawl = Crawl(
            who, 1, 0 if role in ("manager", "finance") else 1
        )  # they may see all that the administrator is shown
        crawl.go(starts)
        found = crawl.holding(COSTS)
        if may(who, "see_cost"):
            control |= found
        else:
            assert found == {}, role
        for name, statuses in crawl.met.items():
            met.setdefault(name, set()).update(statuses)
    assert {urlsplit(at).path.split("/")[1] for at in control} >= {"sources", "runs", "rejects", "documents"}
    everything = {name for name, _route in routes(get_resolver().url_patterns)}
    assert everything - met.keys() == set()
    assert {name for name in everything if not met[name] - {403, 405}} == WRITES


def test_who_sees_annas_customers_alone_meets_nothing_of_eves(starts: list[str]) -> None:
    anna = Crawl(Person.objects.create_person("anna", "", "sales", language="en", own_customers_only=True), 40, 2)
    anna.go(starts)
    asked = {at: [word for word in EVES if word in unquote(at).encode()] for at in anna.told}
    assert {at: hits for at, hits in anna.holding(EVES).items() if set(hits) - set(asked[at])} == {}
    assert {"/orders/SO-A/", "/shipments/SH-1/", "/invoices/INV-1/", "/payments/PAY-1/"} <= anna.right
