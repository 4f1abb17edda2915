"""The page of a product's days: E9 as domain.md has it, cost for those who may see it, and odd addresses."""

from __future__ import annotations

import csv
import io
from datetime import date
from decimal import Decimal

import pytest
from django.test import Client

from ordertrail.desk.tests.driving import Desk
from ordertrail.parties.models import Person
from ordertrail.track.daily import DailyPage
from ordertrail.web.tests.people import person

D = Decimal
OLD, TODAY = "2026-09-15", "2026-09-16"
SPAN = f"from={OLD}&to={TODAY}"


@pytest.fixture
def e9(desk: Desk) -> Desk:
    """E9: LAMP cost 20; yesterday 2 sold at 40, today 4 at 30, of which one came back."""
    desk.product("LAMP")
    desk.receive(("LAMP", 50, 20), date="2026-09-14")
    desk.order("SO-1", ("LAMP", 2, 40), date=OLD)
    desk.send(("SO-1", 1, 2), date=OLD)
    desk.order("SO-2", ("LAMP", 4, 30))
    desk.send(("SO-2", 1, 4))
    desk.take_back(("SO-2", 1, 1))
    return desk


def somebody(name: str) -> Person:
    """Who bears this name and reads English; the desk knows some already."""
    Person.objects.filter(username=name).update(language="en")
    return Person.objects.filter(username=name).first() or person(name)


def shown(name: str, query: str = SPAN) -> tuple[Client, DailyPage, str]:
    """The page as ``name`` sees it."""
    client = Client()
    client.force_login(somebody(name))
    answer = client.get(f"/products/LAMP/daily/?{query}")
    assert answer.status_code == 200
    page = answer.context["page"]
    assert isinstance(page, DailyPage)
    return client, page, answer.content.decode()


def test_dana_sees_e9_day_by_day(e9: Desk) -> None:
    _client, page, text = shown("dana")
    assert [
        (row.date, row.ordered, row.shipped, row.returned, row.sold, row.revenue, row.cost, row.profit)
        for row in page.rows
    ] == [
        (date(2026, 9, 15), *map(D, (2, 2, 0, 2, 80, 40, 40))),
        (date(2026, 9, 16), *map(D, (4, 4, 1, 3, 90, 60, 30))),
    ]
    assert [round(row.margin or D(0), 4) for row in (*page.rows, page.total)] == [D("0.5"), D("0.3333"), D("0.4118")]
    assert (page.total.sold, page.total.revenue, page.total.cost, page.total.profit) == (D(5), D(170), D(100), D(70))
    assert [(row.pending, row.sellable) for row in page.rows] == [(D(0), D(48)), (D(0), D(45))]
    assert text.index("2026-09-16</th>") < text.index("2026-09-15</th>")  # the newest first


def test_bo_ships_and_sees_no_cost(e9: Desk) -> None:
    client, page, text = shown("bo")
    assert page.total.sold == 5
    assert all(word not in text for word in ("Profit", "Margin", ">100.00<", ">70.00<", ">40.00<", ">60.00<"))
    file = client.get(f"/products/LAMP/daily/?{SPAN}&format=csv")
    if file.status_code == 200:
        assert "Cost" not in b"".join(file).decode()


def test_the_file_holds_the_same_days(e9: Desk) -> None:
    client, _page, _text = shown("dana")
    lines = list(
        csv.reader(io.StringIO(client.get(f"/products/LAMP/daily/?{SPAN}&format=csv").getvalue().decode("utf-8-sig")))
    )
    assert lines == [
        ["Day", "Ordered", "Shipped", "Returned", "Sold", "Pending", "Sellable", "Revenue", "Cost", "Profit", "Margin"],
        ["2026-09-15", "2", "2", "0", "2", "0", "48", "80.00", "40.00", "40.00", "0.5000"],
        ["2026-09-16", "4", "4", "1", "3", "0", "45", "90.00", "60.00", "30.00", "0.3333"],
    ]


def test_by_what_was_ordered_the_return_counts_for_nothing(e9: Desk) -> None:
    _client, page, text = shown("dana", f"{SPAN}&basis=ordered")
    assert (page.basis, page.total.revenue) == ("ordered", D(200))
    assert "by what was ordered, at planned cost" in text


@pytest.mark.parametrize(
    ("query", "days", "first"),
    [
        ("", 30, date(2026, 8, 18)),
        (f"from={TODAY}&to={OLD}", 2, date(2026, 9, 15)),  # the wrong way round
        ("from=2020-01-01&to=2026-09-16", 366, date(2025, 9, 16)),  # more than a page holds
        ("from=0001-01-01&to=9999-12-31&basis=<b>", 30, date(2026, 8, 18)),  # no days of ours, no basis of ours
        ("from=2026-02-31", 30, date(2026, 8, 18)),
        ("from=2026-09-20", 1, date(2026, 9, 20)),
    ],
)
def test_odd_addresses_show_days_that_there_are(e9: Desk, query: str, days: int, first: date) -> None:
    _client, page, text = shown("dana", query)
    assert (len(page.rows), page.rows[0].date) == (days, first)
    assert page.cut == (days == 366)
    assert "<b>" not in text.replace("&lt;b&gt;", "")


def test_who_sees_only_own_customers_sees_their_days_alone(e9: Desk) -> None:
    anna = somebody("anna")
    anna.own_customers_only = True
    anna.save()
    _client, page, _text = shown("anna")
    assert (page.total.ordered, page.total.shipped, page.total.revenue) == (D(0), D(0), D(0))


def test_without_a_movement_nobody_knows_what_was_sellable(desk: Desk) -> None:
    desk.product("LAMP")
    desk.order("SO-1", ("LAMP", 2, 40))
    _client, page, text = shown("dana")
    assert [(row.pending, row.sellable) for row in page.rows] == [(D(0), None), (D(2), None)]
    assert "No movement of this product is kept here" in text
