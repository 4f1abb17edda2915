"""Sums of large selections come from the hub with their moment; the count beside them is of now."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest
from django.conf import settings
from django.http import QueryDict
from django.test import Client

from ordertrail.hub import read, refresh
from ordertrail.orders.models import OrderStatus
from ordertrail.parties.models import Person
from ordertrail.track import totals
from ordertrail.track.orders_filter import selection
from ordertrail.track.tests.lists_company import LATE, QIMING, company
from ordertrail.web.tests.people import person

D = Decimal
QUERIES = (
    "queue=all", "queue=open", "queue=ship", "queue=late", "late=1", "state=done&state=draft", "delivery=done", "source=oms",
    "salesperson=Mei", "currency=usd", "from=2026-09-02&to=2026-09-05", "promised_to=2026-09-12", "amount_min=1000&amount_max=1130",
    f"customer={QIMING}&queue=all", "payment=paid", "production=not_required&queue=open", "customer=nobody",
)  # fmt: skip


@pytest.fixture
def dana(transactional_db: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Person]:
    """Dana leads; the hub has read the store."""
    monkeypatch.setattr(settings, "HOME", tmp_path)
    monkeypatch.setattr(totals, "SUMMED_LIVE", 0)
    company()
    refresh.ask("rebuild", publish_now=True)
    yield person("dana")
    read.forget()


def test_the_hub_adds_up_what_the_store_adds_up(dana: Person) -> None:
    for query in QUERIES:
        chosen = selection(QueryDict(query), dana)
        told = totals.totals(chosen, dana)
        assert (query, told.sums) == (query, chosen.listing.sums())
        assert (query, told.as_of is None) == (query, query == "customer=nobody")


def test_the_count_is_of_now_and_the_sums_say_of_when(dana: Person, client: Client) -> None:
    OrderStatus.objects.filter(number=LATE).delete()
    told = totals.totals(selection(QueryDict("queue=open"), dana), dana)
    assert told.count == 3
    assert [(row.currency, row.count, row.ordered) for row in told.sums] == [("CNY", 3, D(3616)), ("USD", 1, D(7910))]
    client.force_login(dana)
    page = client.get("/order-totals/?queue=open").content.decode()
    assert "3 orders, counted now; the sums are those of the last snapshot:" in page


def test_what_only_the_store_knows_is_added_up_there(dana: Person) -> None:
    for query in ("q=SO-26", "owner=nobody", "queue=findings", "sku=LAMP&queue=all", "finding=any"):
        assert totals.totals(selection(QueryDict(query), dana), dana).as_of is None


def test_who_is_limited_gets_sums_of_their_own_orders(dana: Person) -> None:
    anna = person("anna")
    anna.own_customers_only = True
    anna.save()
    told = totals.totals(selection(QueryDict("queue=open"), anna), anna)
    assert [(row.currency, row.count) for row in told.sums] == [("CNY", 2)]
