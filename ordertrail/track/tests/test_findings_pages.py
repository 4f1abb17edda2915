"""The findings list and my desk: what is wrong, for how much, whose it is; taken, handed over, back to normal."""

from __future__ import annotations

import re
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from ordertrail.findings.checks import all_checks
from ordertrail.findings.models import Finding, FindingEvent
from ordertrail.lib import clock
from ordertrail.orders.models import Order
from ordertrail.parties.models import Person
from ordertrail.track.tests.lists_company import LATE, TO_COLLECT, TO_INVOICE, company
from ordertrail.web.tests.people import person

pytestmark = pytest.mark.django_db
D = Decimal


@pytest.fixture
def bo(client: Client) -> Person:
    """Bo is the store; he is logged in, and the checks have run."""
    told = company()
    told.check()
    one = person("bo")
    client.force_login(one)
    return one


def add(order: str, check: str, money: str | None, **more: Any) -> Finding:
    """A finding on an order, open since two days."""
    pk = Order.objects.get(number=order).pk
    kept = {"status": "open", "role": "finance", "since": clock.now() - timedelta(days=2), "currency": "CNY", **more}
    known = all_checks().get(check)
    facts = {**(known.example if known else {}), "number": order}
    return Finding.objects.create(
        check_name=check, object_kind="order", object=pk, order=pk, money=money and D(money), facts=facts, **kept
    )


def ids(page: str) -> list[int]:
    """The findings in the list of a page."""
    return [int(pk) for pk in re.findall(r'<tr id="finding-(\d+)"', page)]


def test_the_late_order_is_there_with_its_money_and_age(bo: Person, client: Client) -> None:
    page = client.get("/findings/").content.decode()
    (row,) = re.findall(r'<tr id="finding-.*?</tr>', page, re.DOTALL)
    assert "Late: 10 pcs to ship, promised 09-10" in row
    assert f'href="/orders/{LATE}/#findings"' in row
    assert ">1,130.00<" in row
    assert "5 d" in row
    assert "1 finding · 1 order · CNY" in re.sub(r"\s+", " ", page)


def test_the_largest_money_comes_first_and_unknown_last(bo: Person, client: Client) -> None:
    late = Finding.objects.get()
    none = add(TO_INVOICE, "gone_from_source", None)
    small, large = add(TO_COLLECT, "gone_from_source", "5.00"), add(TO_COLLECT, "unknown_check", "5000.00")
    page = client.get("/findings/").content.decode()
    assert ids(page) == [large.pk, late.pk, small.pk, none.pk]
    assert ids(client.get("/findings/?sort=since").content.decode())[0] == late.pk
    # the order that has two counts once, with its largest
    assert "4 findings · 3 orders" in page
    assert '<span class="num">6,130.00</span>' in page


def test_tabs_and_chips_narrow_the_list(bo: Person, client: Client) -> None:
    late = Finding.objects.get()
    risk = add(TO_INVOICE, "late", "7.00", kind="risk")
    mine = add(TO_COLLECT, "paid_differs", "9.00", owner=bo)
    closed = add(LATE, "paid_differs", "3.00", status="closed", closed_at=clock.now())
    add(LATE, "total_differs", "3.00", status="closed", closed_at=clock.now() - timedelta(days=9))
    expected = {
        "": {late.pk, risk.pk, mine.pk}, "tab=mine": {mine.pk}, "tab=exception": {late.pk, mine.pk}, "tab=risk": {risk.pk},
        "tab=closed": {closed.pk}, "check=late": {late.pk, risk.pk}, "owner=me": {mine.pk}, "owner=nobody": {late.pk, risk.pk},
        "owner=bo&check=late": set(), f"q={LATE}": {late.pk}, "q=SO-2609-100": {late.pk, risk.pk, mine.pk},
        "customer=启明": {risk.pk}, "role=store": {late.pk}, "amount_min=8&amount_max=10": {mine.pk},
        "since_from=2026-09-12": {risk.pk, mine.pk},
    }  # fmt: skip
    assert {query: set(ids(client.get(f"/findings/?{query}").content.decode())) for query in expected} == expected
    page = client.get("/findings/").content.decode()
    assert re.findall(r'href="\?tab=(\w+)"[^>]*>[^<]*<span class="ct"><span class="num">(\d+)<', page) == [
        ("open", "3"), ("mine", "1"), ("exception", "2"), ("risk", "1"), ("closed", "1"),
    ]  # fmt: skip


def test_bo_takes_one_and_lays_it_down(bo: Person, client: Client) -> None:
    late = Finding.objects.get()
    answer = client.post(f"/findings/{late.pk}/take/", {"next": "/findings/?tab=mine"}, follow=True)
    assert answer.redirect_chain[-1][0] == "/findings/?tab=mine"
    assert "It is on your desk now." in answer.content.decode()
    late.refresh_from_db()
    assert late.owner == bo
    client.post(f"/findings/{late.pk}/drop/")
    assert not Finding.objects.filter(pk=late.pk, owner=bo).exists()
    assert list(FindingEvent.objects.filter(finding=late).order_by("pk").values_list("what", flat=True)) == [
        "opened", "taken", "dropped",
    ]  # fmt: skip


def test_what_somebody_has_is_not_taken_from_them(bo: Person, client: Client) -> None:
    chen = person("chen")
    one = add(TO_COLLECT, "paid_differs", "9.00", owner=chen)
    answer = client.post(f"/findings/{one.pk}/take/", follow=True).content.decode()
    assert "Chen has" in answer
    assert "can give it to you." in answer
    one.refresh_from_db()
    assert one.owner == chen


def test_a_remedy_goes_to_who_of_its_role_has_the_fewest(bo: Person, client: Client) -> None:
    late = Finding.objects.get()
    busy = bo
    free = Person.objects.create_person("bea", "", "store", display_name="Bea")
    add(TO_COLLECT, "paid_differs", "9.00", owner=busy)
    answer = client.post(f"/findings/{late.pk}/give/", {"remedy": "ask_store"}, follow=True).content.decode()
    assert "Bea has it now." in answer
    late.refresh_from_db()
    assert late.owner == free
    event = FindingEvent.objects.get(finding=late, what="given")
    assert (event.actor, event.facts["remedy"]) == (bo, "ask_store")
    page = client.get(f"/findings/{late.pk}/").content.decode()
    assert "handed it over" in page
    assert "Ask the store" in page


def test_it_is_handed_to_a_person_with_a_word(bo: Person, client: Client) -> None:
    late = Finding.objects.get()
    person("chen")
    client.post(f"/findings/{late.pk}/give/", {"to": "chen", "text": "look at the carrier"})
    client.post(f"/findings/{late.pk}/comments/", {"text": "asked them <b>"})
    page = client.get(f"/findings/{late.pk}/").content.decode()
    assert "look at the carrier" in page
    assert "asked them &lt;b&gt;" in page
    refused = client.post(f"/findings/{late.pk}/give/", {"to": "nobody-here"}, follow=True).content.decode()
    assert "Nobody here can take it; choose a person." in refused


def test_what_came_back_to_normal_stands_beside(bo: Person, client: Client) -> None:
    add(TO_COLLECT, "paid_differs", "9.00", status="closed", closed_at=clock.now(), owner=bo)
    page = client.get("/findings/").content.decode()
    aside = page.split("<aside")[1]
    assert 'class="big"><span class="num">1<' in aside
    assert "took 2 d" in aside
    assert f'href="/orders/{TO_COLLECT}/"' in aside


def test_my_desk_has_mine_and_what_nobody_of_my_role_has(bo: Person, client: Client) -> None:
    late = Finding.objects.get()
    mine = add(TO_COLLECT, "paid_differs", "9.00", owner=bo)
    add(TO_INVOICE, "paid_differs", "7.00")  # finance's
    key = f"~{Order.objects.get(number=TO_INVOICE).pk}"
    client.post("/order-owners/", {"order": [key], "to": "bo"})
    page = client.get("/desk/").content.decode()
    mine_part, free_part, orders = (page.split(f'id="h-{name}"')[1] for name in ("mine", "free", "orders"))
    assert ids(mine_part.split("</section>")[0]) == [mine.pk]
    assert ids(free_part.split("</section>")[0]) == [late.pk]
    assert TO_INVOICE in orders
    assert "Mine: 1 finding · 1 order · 1 of my role nobody has" in page


def test_who_is_limited_sees_the_findings_of_their_orders_alone(bo: Person, client: Client) -> None:
    anna = person("anna")
    anna.own_customers_only = True
    anna.save()
    client.force_login(anna)
    other = add(TO_COLLECT, "paid_differs", "9.00")  # Mei's order
    assert ids(client.get("/findings/").content.decode()) == [Finding.objects.get(check_name="late").pk]
    assert client.get(f"/findings/{other.pk}/").status_code == 404
    assert "There is no finding" in client.post(f"/findings/{other.pk}/take/", follow=True).content.decode()


def test_the_export_has_the_same_findings(bo: Person, client: Client) -> None:
    client.force_login(person("chen"))
    add(TO_COLLECT, "gone_from_source", None)
    text = b"".join(client.get("/findings/?format=csv").streaming_content).decode()  # type: ignore[attr-defined]
    head, first, second = text.splitlines()
    assert head.startswith("\ufeffWhat is wrong,Check,Order,Customer,Since,Closed,At stake,Currency,Owner,Whose work,")
    assert first.startswith(
        '"Late: 10 pcs to ship, promised 09-10",Late,SO-2609-1001,远帆船舶用品,2026-09-11,,1130.00,CNY,,store,'
    )
    assert TO_COLLECT in second


def test_a_guest_gets_nothing(bo: Person, client: Client) -> None:
    client.force_login(person("gus"))
    pk = Finding.objects.get().pk
    for path in ("/findings/", f"/findings/{pk}/", "/desk/"):
        assert client.get(path).status_code == 403
    assert client.post(f"/findings/{pk}/take/").status_code == 403
