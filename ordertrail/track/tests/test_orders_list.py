"""The orders list: which rows each filter gives, what they add up to, pages that follow each other, who may see what."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from decimal import Decimal
from html import unescape
from typing import Any

import pytest
from django.http import QueryDict
from django.test import Client
from django.utils.translation import activate

from ordertrail.desk.models import Owner
from ordertrail.findings.models import Finding
from ordertrail.orders.listing import QUEUES, Listing, Place
from ordertrail.orders.models import Order, OrderStatus
from ordertrail.parties.models import Customer, Person
from ordertrail.track import orders_list, queues
from ordertrail.track.models import SavedView
from ordertrail.track.orders_filter import QUEUE_WORDS, SORTS, selection
from ordertrail.track.orders_rows import rows_of
from ordertrail.track.tests.lists_company import (
    CANCELLED,
    DOLLARS,
    DONE,
    DRAFT,
    LATE,
    NORDLYS,
    QIMING,
    SAILFAR,
    TO_COLLECT,
    TO_INVOICE,
    company,
)
from ordertrail.web.tests.people import person

pytestmark = pytest.mark.django_db
D = Decimal
Queries = Callable[[int], AbstractContextManager[Any]]


@pytest.fixture
def anna(client: Client) -> Person:
    """Anna sells; she is logged in."""
    company()
    one = person("anna")
    client.force_login(one)
    return one


def numbers(query: str, who: object) -> list[str]:
    """The numbers of the orders that a query string gives, in its order."""
    chosen = selection(QueryDict(query), who)
    order = chosen.chosen.order
    assert order is not None
    return [row.number for row in chosen.read(order, None, False, 100)]


FILTERS: list[tuple[str, list[str]]] = [
    ("", [LATE, TO_COLLECT, TO_INVOICE, DOLLARS]),  # without any filter: what is open, undated last
    ("queue=open", [LATE, TO_COLLECT, TO_INVOICE, DOLLARS]),
    ("queue=ship", [LATE, DOLLARS]),
    ("queue=invoice", [TO_INVOICE]),
    ("queue=collect", [TO_COLLECT]),
    ("queue=late", [LATE]),
    ("queue=all", [DONE, LATE, TO_COLLECT, TO_INVOICE, CANCELLED, DRAFT, DOLLARS]),
    ("late=1", [LATE]),
    ("queue=collect&late=1", []),
    ("state=draft&state=cancelled", [CANCELLED, DRAFT]),
    ("state=done", [DONE]),
    ("state=confirmed", [LATE, TO_COLLECT, TO_INVOICE, DOLLARS]),
    ("delivery=done", [DONE, TO_COLLECT, TO_INVOICE]),
    ("invoicing=to_invoice", [TO_INVOICE]),
    ("payment=paid", [DONE]),
    ("queue=open&payment=unpaid", [LATE, TO_COLLECT, TO_INVOICE, DOLLARS]),
    ("from=2026-09-02&to=2026-09-05", [TO_COLLECT, TO_INVOICE, CANCELLED]),
    ("promised_from=2026-09-11&promised_to=2026-09-25", [TO_COLLECT, TO_INVOICE, CANCELLED]),
    ("promised_to=today-1", [DONE, LATE, TO_COLLECT]),
    ("amount_min=1130&amount_max=1130", [LATE, TO_INVOICE]),
    ("currency=usd", [DOLLARS]),
    ("salesperson=Mei", [TO_COLLECT, DOLLARS]),
    ("source=oms&queue=ship", [LATE, DOLLARS]),
    ("source=erp", []),
    ("sku=lamp&queue=ship", [LATE, DOLLARS]),
    ("sku=NO-SUCH", []),
    ("customer=" + QIMING, [DONE, TO_INVOICE]),
    ("customer=nordlys&queue=open", [DOLLARS]),
    ("customer=nobody", []),
    ("q=SO-2609-100", [LATE, TO_COLLECT, TO_INVOICE, CANCELLED, DRAFT, DOLLARS]),
    ("q=so２６０９１００１", [LATE]),  # in any spelling
    ("q=po77a", [LATE]),  # the customer's own number
    ("q=XYZ", []),
    ("queue=all&sort=-ordered", [DOLLARS, TO_COLLECT, TO_INVOICE, LATE, DONE, CANCELLED, DRAFT]),
    ("queue=all&sort=number", [DONE, LATE, TO_INVOICE, TO_COLLECT, DRAFT, CANCELLED, DOLLARS]),
    ("queue=all&sort=-promised_date", [DOLLARS, DRAFT, CANCELLED, TO_INVOICE, TO_COLLECT, LATE, DONE]),
    ("queue=open&sort=-open_receivable", [TO_COLLECT, DOLLARS, TO_INVOICE, LATE]),
    ("queue=all&sort=order_date", [DONE, LATE, TO_INVOICE, TO_COLLECT, CANCELLED, DOLLARS, DRAFT]),
]


def test_each_filter_gives_its_rows_and_counts_them(anna: Person) -> None:
    given = [(query, numbers(query, anna)) for query, _expected in FILTERS]
    assert given == FILTERS
    counted = [selection(QueryDict(query), anna).listing.count() for query, _expected in FILTERS]
    assert counted == [len(expected) for _query, expected in FILTERS]


def test_every_filter_may_be_sorted_by_every_declared_column(anna: Person) -> None:
    for name in QUEUE_WORDS:
        usual = set(numbers(f"queue={name}", anna))
        for sort in SORTS:
            for sign in ("", "-"):
                assert set(numbers(f"queue={name}&sort={sign}{sort.name}", anna)) == usual


def test_near_and_far_give_the_same_pages(anna: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = OrderStatus.objects.filter(customer_name__in=[NORDLYS, SAILFAR])
    for near in (1, 2, 3, 10_000):
        monkeypatch.setattr("ordertrail.orders.listing.NEAR", near)
        for sort in SORTS:
            for descending in (False, True):
                assert walked(Listing(rows), sort.column, descending) == walked(
                    Listing(rows), sort.column, descending, 100
                )
                for queue in QUEUES.values():
                    pages = walked(Listing(rows, queue), sort.column, descending)
                    assert pages == walked(Listing(rows, queue), sort.column, descending, 100)


def walked(listing: Listing, column: str, descending: bool, size: int = 2) -> list[str]:
    """All numbers of a list, page by page."""
    found: list[str] = []
    place = None
    while True:
        rows = listing.page(column, descending=descending, size=size, beyond=place)
        found += [row.number for row in rows]
        if len(rows) < size:
            return found
        place = Place(getattr(rows[-1], column), rows[-1].pk)


def test_pages_follow_each_other_and_lead_back(anna: Person, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(orders_list, "SIZE", 3)
    first = client.get("/orders/", {"queue": "all"}).content.decode()
    assert listed(first) == [DONE, LATE, TO_COLLECT]
    assert "1–3 / " in first
    second = client.get(link(first, "next")).content.decode()
    assert listed(second) == [TO_INVOICE, CANCELLED, DRAFT]
    assert "4–6 / " in second
    third = client.get(link(second, "next")).content.decode()
    assert listed(third) == [DOLLARS]
    assert 'rel="next"' not in third
    assert listed(client.get(link(third, "prev")).content.decode()) == listed(second)
    assert link(second, "prev") == "/orders/?queue=all"


def listed(page: str) -> list[str]:
    """The numbers in the list of a page."""
    return re.findall(r'<td class="p1 nowrap"><a class="code" href="[^"]*">([^<]*)</a>', page)


def link(page: str, rel: str) -> str:
    """The address of a page's next or previous one."""
    found = re.search(rf'href="([^"]*)" rel="{rel}"', page)
    assert found
    return "/orders/" + unescape(found[1])


def test_a_cursor_that_is_not_ours_begins_again_and_says_so(anna: Person, client: Client) -> None:
    page = client.get("/orders/", {"queue": "all", "after": "made-up", "at": "51"}).content.decode()
    assert listed(page)[0] == DONE
    assert "That page no longer exists" in page
    assert "1–7 / " in page


def test_rows_say_what_a_clerk_asks(anna: Person) -> None:
    by_number = {row.status.number: row for row in rows_of(list(OrderStatus.objects.all()))}
    activate("en")
    late = by_number[LATE]
    assert (late.late_days, str(late.next_step), late.share["delivery"]) == (6, "To ship", D("0.00"))
    assert [str(by_number[n].next_step) for n in (TO_INVOICE, TO_COLLECT, DONE, DRAFT)] == [
        "To invoice", "To collect", "Done", "Draft",
    ]  # fmt: skip
    assert by_number[TO_COLLECT].late_days == 0  # it has left; money is another question
    assert (by_number[DOLLARS].other_currency, late.other_currency) == ("USD", "")


def test_totals_add_up_by_currency_and_say_of_what(anna: Person, client: Client) -> None:
    page = client.get("/orders/", {"queue": "open"}).content.decode()
    sums = re.findall(
        r"(This page|All that match) · (\d+) orders? <span class=\"unit\">(\w+)</span></td>(.*?)</tr>", page
    )
    assert [(words, count, currency, re.findall(r'num">([^<]*)<', rest)) for words, count, currency, rest in sums] == [
        ("This page", "3", "CNY", ["3,616.00", "1,130.00", "2,260.00", "1,356.00"]),
        ("This page", "1", "USD", ["7,910.00", "7,910.00", "7,910.00", "0.00"]),
        ("All that match", "3", "CNY", ["3,616.00", "1,130.00", "2,260.00", "1,356.00"]),
        ("All that match", "1", "USD", ["7,910.00", "7,910.00", "7,910.00", "0.00"]),
    ]


def test_queues_have_their_counts(anna: Person) -> None:
    assert [(tab.name, tab.count, tab.bad) for tab in queues.tabs(anna, counted=True)] == [
        ("open", 4, False), ("ship", 2, False), ("invoice", 1, False), ("collect", 1, False), ("late", 1, True),
        ("findings", 0, False), ("all", 7, False),
    ]  # fmt: skip


def test_with_many_orders_counts_and_sums_come_after_the_rows(
    anna: Person, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queues, "LARGE", 3)
    page = client.get("/orders/", {"queue": "ship"}).content.decode()
    assert listed(page) == [LATE, DOLLARS]
    assert "All that match" not in page
    foot = client.get("/order-totals/?queue=ship", headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in foot
    assert foot.count("All that match · 1 order ") == 2
    alone = client.get("/order-totals/?queue=ship").content.decode()
    assert "<html" in alone
    assert "7,910.00" in alone
    assert 'hx-get="/order-queues/?queue=ship"' in page
    tabs = client.get("/order-queues/?queue=ship", headers={"HX-Request": "true"}).content.decode()
    assert re.findall(r'class="ct"><span class="num">(\d+)<', tabs) == ["4", "2", "1", "1", "1", "0", "7"]


def test_an_order_with_an_open_finding_is_marked_and_found(anna: Person, client: Client) -> None:
    order = Order.objects.get(number=TO_COLLECT)
    kept = {"check_name": "paid_differs", "object_kind": "order", "object": order.pk, "order": order.pk}
    Finding.objects.create(**kept, status="open", role="finance", since="2026-09-15T09:00Z", money=D(5), currency="CNY")
    Finding.objects.create(**kept, status="closed", key="2", role="finance", since="2026-09-15T09:00Z")
    assert numbers("queue=findings", anna) == [TO_COLLECT]
    assert numbers("finding=paid_differs", anna) == [TO_COLLECT]
    assert numbers("finding=late", anna) == []
    row = next(row for row in rows_of(list(OrderStatus.objects.all())) if row.status.number == TO_COLLECT)
    assert row.wrong is not None
    assert (row.wrong.count, row.wrong.kind) == (1, "exception")
    page = client.get("/orders/?queue=findings").content.decode()
    assert page.count("data-findings") == 1


def test_selected_orders_are_handed_over(anna: Person, client: Client) -> None:
    bo = person("bo")
    keys = [f"~{Order.objects.get(number=number).pk}" for number in (LATE, DOLLARS)]
    answer = client.post("/order-owners/", {"order": keys, "to": "bo", "query": "queue=ship"}, follow=True)
    assert "Orders handed over to Bo: 2." in answer.content.decode()
    assert answer.redirect_chain[-1][0] == "/orders/?queue=ship"
    assert {owner.person for owner in Owner.objects.all()} == {bo}
    again = client.post("/order-owners/", {"order": keys[:1], "to": "bo"}, follow=True).content.decode()
    assert "Orders handed over to Bo: 0; there already: 1." in again
    assert numbers("owner=bo", anna) == [LATE, DOLLARS]
    assert numbers("owner=me&queue=open", bo) == [LATE, DOLLARS]
    assert numbers("owner=nobody&queue=open", anna) == [TO_COLLECT, TO_INVOICE]


def test_nothing_selected_is_refused_and_changes_nothing(anna: Person, client: Client) -> None:
    person("bo")
    for data in ({"to": "bo"}, {"order": ["~999999"], "to": "bo"}, {"order": [LATE], "to": "nobody"}):
        assert "Select orders and a person" in client.post("/order-owners/", data, follow=True).content.decode()
    assert not Owner.objects.exists()


WRONG = [
    ("state=lost", "There is no “lost” here"),
    ("from=31/02", "“31/02” is not a day."),
    ("amount_min=1e9", "“1e9” is not a number."),
    ("late=yes", "“yes” is neither 1 nor 0."),
    ("source=sap", "There is no “sap” here"),
    ("queue=weird", "There is no “weird” here"),
    ("from=2026-09-30&to=2026-09-01", "holds nothing; swap the two."),
]


def test_what_cannot_be_read_is_said_and_nothing_is_exported(anna: Person, client: Client) -> None:
    for query, sentence in WRONG:
        page = client.get(f"/orders/?{query}")
        assert (query, page.status_code) == (query, 200)
        assert 'class="fchip bad"' in page.content.decode()
        assert sentence in page.content.decode()
        refused = client.get(f"/orders/?{query}&format=csv")
        assert (query, refused.status_code) == (query, 422)
        assert sentence in refused.content.decode()


ODD = ("'; DROP TABLE orders_order; --", "%", "_", "\\", "\x00", "＝cmd", "🙂" * 300, "a" * 5000)


def test_odd_texts_find_nothing_and_break_nothing(anna: Person, client: Client) -> None:
    for name in ("q", "customer", "sku", "salesperson", "owner", "currency"):
        for text in ODD:
            assert client.get("/orders/", {name: text}).status_code == 200
    assert Order.objects.count() == 7


def test_the_filter_survives_every_click(anna: Person, client: Client) -> None:
    query = "queue=open&payment=unpaid&from=2026-09-01&amount_min=10&sort=-ordered"
    chosen = selection(QueryDict(query), anna).chosen
    assert chosen.to_query() == query
    page = unescape(client.get(f"/orders/?{query}").content.decode())
    assert f'href="?{query}&format=xlsx"' in page
    assert f'name="query" value="{query}"' in page
    assert 'href="?queue=open&payment=unpaid&from=2026-09-01&amount_min=10&sort=number"' in page
    assert 'href="?queue=open&payment=unpaid&amount_min=10&sort=-ordered"' in page  # without the day


def test_a_customer_is_named_on_the_chip(anna: Person) -> None:
    pk = Customer.objects.get(name=SAILFAR).pk
    activate("en")
    chips = selection(QueryDict(f"customer=~{pk}"), anna).chosen.chips()
    assert [(chip.words, chip.text) for chip in chips] == [("Customer", SAILFAR)]
    assert numbers(f"customer=~{pk}", anna) == [LATE, TO_COLLECT]


def test_views_are_saved_shared_and_deleted(anna: Person, client: Client) -> None:
    client.post("/saved-views/", {"name": " Anna:  must  leave ", "query": "queue=ship&after=x", "shared": "on"})
    client.post("/saved-views/", {"name": "mine", "query": "queue=late"})
    assert list(SavedView.objects.values_list("name", "query", "shared").order_by("name")) == [
        ("Anna: must leave", "queue=ship", True), ("mine", "queue=late", False),
    ]  # fmt: skip
    client.post("/saved-views/", {"name": "mine", "query": "queue=invoice"})
    assert SavedView.objects.get(name="mine").query == "queue=invoice"
    refused = client.post("/saved-views/", {"name": "  ", "query": ""}, follow=True).content.decode()
    assert "The view has no name yet" in refused
    bo = Client()
    bo.force_login(person("bo"))
    page = bo.get("/orders/").content.decode()
    assert "Anna: Anna: must leave" in page
    assert "queue=invoice" not in page.split('class="view"')[1]
    shared = SavedView.objects.get(shared=True)
    assert bo.post(f"/saved-views/{shared.pk}/delete/").status_code == 404
    assert client.post(f"/saved-views/{shared.pk}/delete/").status_code == 302
    assert not SavedView.objects.filter(shared=True).exists()


@pytest.mark.parametrize("path", ["/orders/", "/order-queues/"])
def test_one_tab_is_lit_at_most(anna: Person, client: Client, path: str) -> None:
    def lit(query: str) -> list[str]:
        page = unescape(client.get(path + query).content.decode())
        return re.findall(r'<a href="[^"]*\?([^"]*)"[^>]* aria-current="page">', page)

    assert lit("") == ["queue=open"]
    assert lit("?queue=ship&salesperson=Mei") == ["queue=ship"]
    for name in ("Mei must ship", "the same again"):
        client.post("/saved-views/", {"name": name, "query": "queue=ship&salesperson=Mei", "shared": "on"})
    assert lit("?queue=ship&salesperson=Mei") == ["queue=ship&salesperson=Mei"]
    assert lit("?queue=ship") == ["queue=ship"]
    assert lit("?salesperson=Mei") == []


def test_who_is_limited_to_their_own_customers_sees_no_others(anna: Person, client: Client) -> None:
    Person.objects.filter(pk=anna.pk).update(own_customers_only=True)
    anna.refresh_from_db()
    assert numbers("queue=open", anna) == [LATE, TO_INVOICE]
    assert [tab.count for tab in queues.tabs(anna, counted=True)] == [2, 1, 1, 0, 1, 0, 5]
    page = client.get("/orders/?queue=all").content.decode()
    assert TO_COLLECT not in page
    assert "All that match · 5 orders" in page
    assert listed(client.get(f"/orders/?q={TO_COLLECT}").content.decode()) == []
    body = b"".join(client.get("/orders/?queue=all&format=csv").streaming_content)  # type: ignore[attr-defined]
    assert TO_COLLECT.encode() not in body
    key = f"~{Order.objects.get(number=TO_COLLECT).pk}"
    client.post("/order-owners/", {"order": [key], "to": "anna"})
    assert not Owner.objects.exists()


@pytest.mark.parametrize(
    "path", ["/orders/", "/order-totals/", "/order-queues/", "/orders/?format=csv", "/search/?q=SO"]
)
def test_a_guest_and_a_stranger_see_nothing(client: Client, path: str) -> None:
    company()
    assert client.get(path).status_code == 302
    client.force_login(person("gus"))
    answer = client.get(path)
    assert answer.status_code == 403
    assert LATE not in answer.content.decode()


def test_a_page_takes_the_same_few_queries_for_seven_orders_as_for_a_hundred(
    anna: Person, client: Client, django_assert_num_queries: Queries, django_assert_max_num_queries: Queries
) -> None:
    client.get("/orders/")
    with django_assert_max_num_queries(40) as few:
        client.get("/orders/?queue=all")
    more(anna, 100)
    with django_assert_num_queries(len(few.captured_queries)):
        client.get("/orders/?queue=all")


def more(anna: Person, count: int) -> None:
    """Copies of the late order, under other numbers."""
    order, status = Order.objects.get(number=LATE), OrderStatus.objects.get(number=LATE)
    for at in range(count):
        pk = 1_000_000 + at
        order.pk, order.number = pk, f"SO-2609-5{at:03}"
        order.save(force_insert=True)
        status.pk, status.number = pk, order.number
        status.save(force_insert=True)
