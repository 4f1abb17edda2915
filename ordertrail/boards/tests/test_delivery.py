"""Delivery statistics over the SCMS history: exact rows by country, vendor, mode and month, on the board and for programs."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from ordertrail.boards.delivery import Delivered, delivery
from ordertrail.boards.tests.conftest import browser
from ordertrail.lib.refused import Refused
from ordertrail.parties.models import Person
from ordertrail.sync.mappings import mapping
from ordertrail.sync.tests.test_scms import REAL, SMALL

pytestmark = pytest.mark.slow


def bring(path: Path) -> None:
    mapping("scms").bring(path, lambda stream, done, expected: None)


@pytest.fixture
def dora(people: dict[str, Person], bring_up: Callable[..., Any]) -> Person:
    """Dora, with the small file's deliveries in the hub."""
    bring(SMALL)
    bring_up()
    return people["dora"]


def test_lines_count_by_what_they_say_and_late_is_after_the_scheduled_day(dora: Person) -> None:
    by_mode = delivery("mode", "scms", None, None, dora)
    assert by_mode.rows == (
        Delivered("Air", 2, 4, 3, 2),
        Delivered("Truck", 1, 2, 1, 0),
        Delivered("Air Charter", 1, 1, 1, 0),
        Delivered("N/A", 1, 1, 1, 1),
        Delivered("Ocean", 1, 1, 1, 0),
    )
    assert by_mode.total == Delivered("", 5, 9, 7, 3)  # SO-5 went by truck and otherwise: once in the total
    assert by_mode.total.late_share == Decimal(3) / 9
    by_country = delivery("country", "scms", None, None, dora)
    assert by_country.rows == (Delivered("Norway", 4, 6, 5, 2), Delivered("Côte d'Ivoire", 1, 3, 2, 1))
    assert [row.key for row in delivery("vendor", "", None, None, dora).rows] == [
        "Fyrværk AS", "SCMS from RDC", "Skagen Lamps A/S"
    ]  # fmt: skip
    assert [(row.key, row.lines) for row in delivery("month", "", None, None, dora).rows] == [
        ("2006-11", 2), ("2014-06", 3), ("2014-08", 2), ("2014-10", 1), ("2015-02", 1)
    ]  # fmt: skip


def test_days_belong_to_it_at_both_ends(dora: Person) -> None:
    found = delivery("month", "scms", date(2014, 6, 2), date(2014, 6, 14), dora)
    assert found.total == Delivered("", 1, 3, 2, 1)
    assert delivery("month", "scms", date(2014, 6, 3), date(2014, 6, 13), dora).total == Delivered("", 0, 0, 0, 0)
    assert delivery("month", "nobody", None, None, dora).rows == ()


def test_another_key_is_refused_with_those_there_are(dora: Person) -> None:
    with pytest.raises(Refused, match="country, vendor, mode, month") as refused:
        delivery("customer", person=dora)
    assert refused.value.code == "unknown_key"


def test_nobody_sees_nothing(dora: Person) -> None:
    assert delivery("mode", person=None).total == Delivered("", 0, 0, 0, 0)


def test_the_board_shows_the_same_figures_and_opens_their_lines(dora: Person) -> None:
    client = browser(dora)
    page = client.get("/boards/delivery/").content.decode()
    facts = re.findall(r"<dt>([^<]+)</dt><dd>(?:<a[^>]*>)?<span class=\"num\">([^<]+)</span>", page)
    assert dict(facts) == {
        "Orders": "5", "Shipments": "7", "Shipment lines": "9", "Late lines": "3", "Share of late lines": "33.3%"
    }  # fmt: skip
    late = client.get("/boards/rows/late_deliveries/?mode=Air").content.decode()
    assert re.search(r'data-total=""><span class="num">2</span>', late)


MODES = {
    "Air": (6113, 587), "Truck": (2830, 455), "Air Charter": (650, 75), "Ocean": (371, 65), "N/A": (360, 4)
}  # fmt: skip
YEARS = {
    "2006": 65, "2007": 671, "2008": 1108, "2009": 1192, "2010": 1176, "2011": 1049, "2012": 1253, "2013": 1240, "2014": 1573,
    "2015": 997,
}  # fmt: skip


@pytest.mark.full("scms")
def test_the_real_history_has_the_figures_that_were_counted_in_it(
    people: dict[str, Person], bring_up: Callable[..., Any]
) -> None:
    assert REAL.exists(), f"{REAL} is not there: the real data are needed for --full"
    bring(REAL)
    bring_up()
    dora = people["dora"]
    by = {key: delivery(key, "scms", None, None, dora) for key in ("country", "vendor", "mode", "month")}
    for found in by.values():
        assert found.total == Delivered("", 6233, 10324, 7030, 1186)
        assert sum(row.lines for row in found.rows) == 10324
        assert sum(row.late for row in found.rows) == 1186
        assert all(row.key for row in found.rows)
    assert round(by["mode"].total.late_share or 0, 4) == Decimal("0.1149")
    assert (len(by["country"].rows), len(by["vendor"].rows)) == (43, 73)
    assert {row.key: (row.lines, row.late) for row in by["mode"].rows} == MODES
    years: dict[str, int] = {}
    for row in by["month"].rows:
        years[row.key[:4]] = years.get(row.key[:4], 0) + row.lines
    assert years == YEARS
