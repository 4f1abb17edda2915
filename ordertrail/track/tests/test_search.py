"""Ctrl+K: any document by any number of any source, customers and products by name, and nothing that is not one's to see."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest
from django.test import Client

from ordertrail.orders.models import Order
from ordertrail.parties.models import Person
from ordertrail.track.search import found
from ordertrail.track.tests.lists_company import DONE, LATE, QIMING, SAILFAR, TO_COLLECT, company
from ordertrail.web.tests.people import person

pytestmark = pytest.mark.django_db
Queries = Callable[[int], AbstractContextManager[Any]]


@pytest.fixture
def anna(client: Client) -> Person:
    """Anna sells; she is logged in."""
    company()
    one = person("anna")
    client.force_login(one)
    return one


def titles(text: str, who: object) -> dict[str, list[str]]:
    """What a text finds, by kind."""
    return {group.hits[0].kind: [hit.title for hit in group.hits] for group in found(text, who)}


def test_a_number_in_any_spelling_finds_its_document(anna: Person) -> None:
    expected = {"order": [LATE]}
    for text in (LATE, "so26091001", "ＳＯ-2609-1001", "so 2609/1001", "PO 77A"):
        assert titles(text, anna) == expected, text
    assert titles("SH-2609-2003", anna) == {"shipment": ["SH-2609-2003"]}
    assert titles("sf10s3", anna) == {"shipment": ["SH-2609-2003"]}  # by the carrier's number
    assert titles("INV-2609", anna) == {"invoice": ["INV-2609-3003"]}
    assert titles("bank-4", anna) == {"payment": ["BANK-4"]}


def test_the_number_that_led_there_is_said(anna: Person) -> None:
    (group,) = found("po77", anna)
    assert [(hit.title, hit.by, hit.exact) for hit in group.hits] == [(LATE, "PO77A", False)]


def test_a_part_of_a_number_finds_some_and_says_that_there_are_more(anna: Person) -> None:
    (group,) = found("SO-26", anna)
    assert (len(group.hits), group.more) == (6, True)


def test_customers_and_products_are_found_by_a_part_of_their_name(anna: Person) -> None:
    assert titles("船", anna) == {"customer": [QIMING, SAILFAR]}
    assert titles("led", anna) == {"product": ["LAMP"]}
    assert titles("nordlys", anna)["customer"] == ["Nordlys Marine AS"]


def test_one_exact_hit_is_opened_at_once(anna: Person, client: Client) -> None:
    answer = client.get("/search/", {"q": "so2609 1001"})
    assert (answer.status_code, answer.headers["Location"]) == (302, f"/orders/{LATE}/")
    assert client.get("/search/", {"q": "SO-26"}).status_code == 200


def test_the_fragment_says_what_it_answers(anna: Person, client: Client) -> None:
    answer = client.get("/search/", {"q": " SO-2609-1001 "}, headers={"HX-Request": "true"})
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "<html" not in page
    assert 'data-found-for="SO-2609-1001"' in page
    assert re.findall(r'<a href="([^"]*)"', page) == [f"/orders/{LATE}/"]


def test_pages_are_found_too_and_nothing_is_said_kindly(anna: Person, client: Client) -> None:
    assert 'href="/sources/"' in client.get("/search/", {"q": "sourc"}).content.decode().split('id="main"')[1]
    page = client.get("/search/", {"q": "zzz"}).content.decode()
    assert "Nothing bears “zzz”" in page
    assert "Any number of any system" in client.get("/search/").content.decode()


def test_odd_texts_are_shown_as_text(anna: Person, client: Client) -> None:
    for text in ("<script>alert(1)</script>", "%", "'", "\x00", "🙂", "(((", "a" * 5000):
        answer = client.get("/search/", {"q": text}, headers={"HX-Request": "true"})
        assert answer.status_code == 200
        assert "<script>" not in answer.content.decode()


def test_who_is_limited_finds_nothing_of_others(anna: Person) -> None:
    anna.own_customers_only = True
    anna.save()
    assert titles("SO-2609-1003", anna) == {}
    assert titles("SH-2609-2003", anna) == {}
    assert titles("INV-2609-3003", anna) == {}
    assert titles("BANK-4", anna) == {"payment": ["BANK-4"]}  # of an order of hers
    assert titles("nordlys", anna) == {"customer": ["Nordlys Marine AS"]}  # a draft and a cancelled order are hers
    Order.objects.filter(customer_name="Nordlys Marine AS").update(salesperson="Mei")
    assert titles("nordlys", anna) == {}


def test_a_document_that_its_source_lost_is_not_found(anna: Person) -> None:
    from ordertrail.lib import clock
    from ordertrail.records.models import SourceDocument

    assert titles(TO_COLLECT, anna) == {"order": [TO_COLLECT]}
    SourceDocument.objects.filter(number=TO_COLLECT).update(gone_at=clock.now())
    assert titles(TO_COLLECT, anna) == {}


def test_search_takes_a_fixed_number_of_queries(anna: Person, django_assert_max_num_queries: Queries) -> None:
    for text in ("S", "SO-26", DONE, "船", "zzz", "1"):
        with django_assert_max_num_queries(13):
            found(text, anna)
