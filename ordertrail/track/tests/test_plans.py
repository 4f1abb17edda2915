"""How SQLite walks through a million orders: the plan of every declared sort in every queue, kept as golden files.

A changed plan is a changed page: ``python -m pytest ordertrail/track/tests/test_plans.py --update-golden`` writes them anew.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext

from ordertrail.lib import bulk
from ordertrail.orders.listing import Listing, Place
from ordertrail.orders.models import OrderStatus
from ordertrail.parties.people import Person
from ordertrail.track.orders_filter import QUEUE_WORDS, SORTS, selection
from ordertrail.track.search import by_number
from ordertrail.track.tests.lists_company import LATE, company
from ordertrail.web.tests.people import person

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]
GOLDEN = Path(__file__).parent / "golden"
Golden = Callable[[str, str], None]


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Golden:
    """A function that compares a text with the golden file of that name, or writes it with ``--update-golden``."""

    def compare(name: str, text: str) -> None:
        path = GOLDEN / name
        if request.config.getoption("--update-golden"):
            path.parent.mkdir(exist_ok=True)
            path.write_text(text, "utf-8")
        assert path.read_text("utf-8") == text

    return compare


@pytest.fixture
def dana() -> Person:
    """Dana leads; the company is there."""
    company()
    return person("dana")


def plans(do: Callable[[], Any]) -> list[str]:
    """The plan of every statement over the status table that ``do`` runs, each in one line."""
    with CaptureQueriesContext(connection) as captured:
        do()
    wanted = [query["sql"] for query in captured if bulk.table(OrderStatus) in query["sql"]]
    return [" / ".join(step(row[3]) for row in bulk.select(f"EXPLAIN QUERY PLAN {sql}")) for sql in wanted]


def step(text: str) -> str:
    """A step of a plan, shorter."""
    return text.replace("orders_orderstatus", "status").replace("USE TEMP B-TREE FOR", "SORT FOR")


def paged(listing: Listing, column: str, descending: bool, place: Place | None = None) -> Callable[[], Any]:
    """One page, as something to be done."""
    return lambda: listing.page(column, descending=descending, size=51, beyond=place)


def test_every_declared_sort_of_every_queue_has_its_plan(dana: Person, golden: Golden) -> None:
    row = OrderStatus.objects.get(number=LATE)
    lines = []
    for queue in QUEUE_WORDS:
        listing = selection(QueryDict(f"queue={queue}"), dana).listing
        for sort in SORTS:
            for descending in (False, True):
                place = Place(getattr(row, sort.column), row.pk)
                lines.append(f"{queue} by {'-' if descending else ''}{sort.name}")
                lines += [f"    first  {plan}" for plan in plans(paged(listing, sort.column, descending))]
                lines += [f"    after  {plan}" for plan in plans(paged(listing, sort.column, descending, place))]
    golden("orders_pages.txt", "\n".join(lines) + "\n")


FILTERS = (
    "payment=overpaid", "state=draft", "production=waiting&currency=USD", "salesperson=Anna", "source=oms", "from=2020-01-01",
    "from=2026-09-01&to=2026-09-16", "promised_from=today&promised_to=today%2B7", "amount_min=1000&amount_max=1130",
    "customer=启明", "sku=LAMP", "q=SO-26", "finding=any", "owner=me", "late=1", "queue=open&payment=unpaid&source=oms",
)  # fmt: skip


def test_every_filter_has_its_plan(dana: Person, golden: Golden) -> None:
    lines = []
    for query in FILTERS:
        listing = selection(QueryDict(query), dana).listing
        lines.append(query)
        lines += [f"    rows   {plan}" for plan in plans(paged(listing, "promised_date", False))]
        lines += [f"    count  {plan}" for plan in plans(listing.count)]
        lines += [f"    sums   {plan}" for plan in plans(listing.sums)]
    golden("orders_filters.txt", "\n".join(lines) + "\n")


def test_every_queue_is_counted_by_its_own_index(dana: Person, golden: Golden) -> None:
    lines = [
        f"{queue}: {plan}"
        for queue in QUEUE_WORDS
        for plan in plans(selection(QueryDict(f"queue={queue}"), dana).listing.count)
    ]
    golden("orders_counts.txt", "\n".join(lines) + "\n")


def test_search_looks_up_each_kind_by_its_numbers(golden: Golden) -> None:
    with CaptureQueriesContext(connection) as captured:
        by_number("SO26")
    plan = bulk.select(f"EXPLAIN QUERY PLAN {captured[0]['sql']}")
    assert {row[3] for row in plan if "records_number" in row[3]} == {
        "SEARCH records_number USING COVERING INDEX number_by_key (kind=? AND key>? AND key<?)"
    }
