"""People work on findings: take, give, lay down, say; and the lists that they work from."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from ordertrail.desk.models import Act
from ordertrail.findings import actions, queries
from ordertrail.findings.follow import follow
from ordertrail.findings.models import Finding
from ordertrail.findings.queries import NOBODY, Filter
from ordertrail.findings.tests.company import OMS_X, WMS_SHIPS_4, e19, say, x_id
from ordertrail.lib.refused import Refused
from ordertrail.parties.models import Person
from ordertrail.records.models import Source
from ordertrail.records.shapes import CustomerRecord

pytestmark = pytest.mark.django_db
D = Decimal


@pytest.fixture
def by(monkeypatch: pytest.MonkeyPatch) -> dict[str, Source]:
    monkeypatch.setenv("ORDERTRAIL_TODAY", "2026-09-16")
    by = e19()
    say(by["oms"], CustomerRecord("c1", "C1", "启明船厂"))
    follow()
    return by


@pytest.fixture
def bo(db: None) -> Person:
    return Person.objects.create_person("bo", "", "store", display_name="Bo")


@pytest.fixture
def chen(db: None) -> Person:
    return Person.objects.create_person("chen", "", "finance", display_name="Chen")


def one(check: str) -> Finding:
    return Finding.objects.get(check_name=check)


def test_bo_takes_it_and_chen_is_told_whom_to_ask(by: dict[str, Source], bo: Person, chen: Person) -> None:
    row = one("shipped_differs")
    actions.take(bo, row.pk)
    assert one("shipped_differs").owner == bo
    with pytest.raises(Refused) as refused:
        actions.take(chen, row.pk)
    assert refused.value.code == "finding_taken"
    assert refused.value.detail == "Bo has “OMS shipped 10 ≠ WMS sent 6” already; Bo can give it to you."
    assert one("shipped_differs").owner == bo
    actions.take(bo, row.pk)  # twice is once
    assert [event.what for event in queries.history(row)] == ["opened", "taken"]
    assert list(Act.objects.values_list("verb", "kind", "object", "actor")) == [("taken", "finding", row.pk, bo.pk)]


def test_chen_asks_the_store_and_it_lies_on_bos_desk(by: dict[str, Source], bo: Person, chen: Person) -> None:
    row = one("shipped_differs")
    actions.give(chen, row.pk, bo, remedy="ask_store", text=" Are the four still on shelf 12? ")
    assert [found.pk for found in queries.findings(bo, Filter(owner=str(bo.pk)))] == [row.pk]
    event = queries.history(row)[-1]
    assert (event.what, event.actor, event.facts) == (
        "given", chen, {"to": bo.pk, "remedy": "ask_store", "text": "Are the four still on shelf 12?"},
    )  # fmt: skip
    actions.comment(bo, row.pk, "They are.")
    actions.drop(bo, row.pk)
    assert one("shipped_differs").owner is None
    assert [event.what for event in queries.history(row)] == ["opened", "given", "noted", "dropped"]


def test_refusals_say_what_and_the_way_out_and_change_nothing(by: dict[str, Source], bo: Person) -> None:
    row = one("shipped_differs")
    guest = Person.objects.create_person("g", "", "guest", display_name="Gast")
    before = list(Finding.objects.values())
    said = []
    for ask in (
        lambda: actions.give(bo, row.pk, guest),
        lambda: actions.give(bo, row.pk, bo, remedy="pray"),
        lambda: actions.comment(bo, row.pk, "  "),
        lambda: actions.take(bo, 999_999),
    ):
        with pytest.raises(Refused) as refused:
            ask()
        said.append((refused.value.code, refused.value.detail))
    assert said == [
        ("cannot_work", "Gast cannot work on findings; choose somebody who can."),
        ("unknown_remedy", "“OMS shipped 10 ≠ WMS sent 6” has no remedy pray; reload the page."),
        ("empty_comment", "There is nothing in the comment; write a word or two."),
        ("unknown_finding", "There is no finding 999999 that you may see."),
    ]
    assert list(Finding.objects.values()) == before
    assert not Act.objects.exists()


def test_what_is_back_to_normal_is_nobodys_work(by: dict[str, Source], bo: Person, chen: Person) -> None:
    row = one("shipped_differs")
    actions.give(chen, row.pk, bo, remedy="ask_store")
    say(by["wms"], WMS_SHIPS_4)
    follow()
    with pytest.raises(Refused) as refused:
        actions.take(bo, row.pk)
    assert (
        refused.value.detail == "“OMS shipped 10 ≠ WMS sent 6” is back to normal already; there is nothing left to do."
    )
    assert one("shipped_differs").owner == bo  # whose it was stays in the history
    (effect,) = queries.remedies_at_work(bo)
    assert (effect.remedy, effect.chosen, effect.recovered, effect.median) == ("ask_store", 1, 1, timedelta(0))
    weeks = queries.recovered_by_week(bo, weeks=2)
    assert [(week.monday, week.recovered) for week in weeks] == [(date(2026, 9, 7), 0), (date(2026, 9, 14), 2)]
    assert {found.check_name for found in queries.recovered_lately(bo)} == {"shipped_differs", "invoiced_over_shipped"}


def test_lists_counts_and_sums_count_the_order_once(by: dict[str, Source], bo: Person) -> None:
    every = queries.findings(bo)
    assert [row.check_name for row in every] == [
        "shipped_differs",
        "invoiced_over_shipped",
        "finished_below_ordered",
    ] or [row.money for row in every] == [D("542.40"), D("542.40"), D("271.20")]
    assert queries.counts_by_check(every) == {
        "finished_below_ordered": 1, "invoiced_over_shipped": 1, "shipped_differs": 1,
    }  # fmt: skip
    total = queries.sums(every)
    assert (total.findings, total.orders, total.others, total.money) == (3, 1, 0, {"CNY": D("542.40")})
    assert [row.pk for row in queries.open_of_order(x_id())] == [row.pk for row in every]
    customer = int(by["oms"].documents.get(kind="customer").pk)
    asked = {
        "store": Filter(role="store"), "risk": Filter(kind="risk"), "nobody": Filter(owner=NOBODY),
        "customer": Filter(customer=customer), "other": Filter(customer=customer + 1_000), "order": Filter(order=x_id()),
        "check": Filter(check="invoiced_over_shipped"), "closed": Filter(closed=True),
    }  # fmt: skip
    assert {name: queries.findings(bo, filter_).count() for name, filter_ in asked.items()} == {
        "store": 1, "risk": 0, "nobody": 3, "customer": 3, "other": 0, "order": 3, "check": 1, "closed": 0,
    }  # fmt: skip


def test_who_is_limited_to_their_own_customers_sees_those_orders_alone(by: dict[str, Source]) -> None:
    anna = Person.objects.create_person("anna", "", "sales", display_name="Anna", own_customers_only=True)
    assert queries.findings(anna).count() == 0
    with pytest.raises(Refused):
        actions.take(anna, one("shipped_differs").pk)
    say(by["oms"], replace(OMS_X, salesperson="Anna"))
    follow()
    assert queries.findings(anna).count() == 3


def test_work_goes_to_the_role_first(by: dict[str, Source], bo: Person, chen: Person) -> None:
    assert [person.display_name for person in queries.people_for("finance")] == ["Chen", "Bo"]
