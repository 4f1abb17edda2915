"""Delivery statistics as programs ask for them; that the figures are right is shown where they are counted (boards)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import pytest

from ordertrail.api import beside
from ordertrail.api.tests.calling import Program, program
from ordertrail.api.tests.company import ORDER_A, ORDER_B, D
from ordertrail.findings.tests.company import company, say
from ordertrail.records.shapes import ShipmentLineRecord, ShipmentRecord

pytestmark = pytest.mark.django_db


@dataclass(frozen=True)
class Row:
    key: str
    orders: int
    lines: int
    shipments: int
    late: int


@dataclass(frozen=True)
class Told:
    rows: list[Row]
    total: Row


@pytest.fixture
def asked(db: None, monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What the boards were asked for; they tell of two countries and of nothing in a third."""
    heard: list[Any] = []

    def delivery(*words: Any) -> Told:
        heard.append(words)
        return Told([Row("CN", 2, 3, 2, 1), Row("NO", 1, 0, 1, 0)], Row("", 3, 3, 3, 1))

    monkeypatch.setattr(beside, "_known", [replace(beside.ask(), delivery=delivery)])
    company()
    return heard


@pytest.fixture
def dana(db: None) -> Program:
    return program("dana")


SHIPS = ShipmentRecord(
    "S1", "SH-1", shipped_at=date(2026, 9, 10), mode="Air",
    lines=(
        ShipmentLineRecord("1", "LAMP", D(2), "SO-A", scheduled_date=date(2026, 9, 12), delivered_date=date(2026, 9, 12)),
        ShipmentLineRecord("2", "LAMP", D(4), "SO-A", scheduled_date=date(2026, 9, 12), delivered_date=date(2026, 9, 13)),
        ShipmentLineRecord("3", "LAMP", D(5), "SO-B", scheduled_date=date(2026, 9, 12), delivered_date=date(2026, 10, 2)),
    ),
)  # fmt: skip


@pytest.mark.slow
def test_the_boards_own_figures_come_through_and_anna_sees_hers_alone(bring_up: Callable[..., Any]) -> None:
    by = company()
    say(by["oms"], replace(ORDER_A, country="CN"), replace(ORDER_B, country="NO"))
    say(by["wms"], SHIPS)
    dana, anna = program("dana"), program("anna", own_customers_only=True)
    assert dana.get("/stats/delivery", {"by": "mode"}).problem() == (409, "hub_not_ready")
    bring_up()
    told = dana.get("/stats/delivery", {"by": "country", "source": "wms"}).body
    assert [(row["key"], row["orders"], row["lines"], row["shipments"], row["late"], row["late_share"]) for row in told["rows"]] == [
        ("CN", 1, 2, 1, 1, "0.5000"), ("NO", 1, 1, 1, 1, "1.0000"),
    ]  # fmt: skip
    assert told["total"] == {"key": "", "orders": 2, "lines": 3, "shipments": 1, "late": 2, "late_share": "0.6667"}
    months = dana.get("/stats/delivery", {"by": "month", "to": "2026-09-30"}).body
    assert [(row["key"], row["lines"]) for row in months["rows"]] == [("2026-09", 2)]
    assert anna.get("/stats/delivery", {"by": "mode"}).body["total"]["lines"] == 2
    assert dana.get("/stats/delivery", {"by": "mode", "source": "erp"}).body["total"] == {
        "key": "", "orders": 0, "lines": 0, "shipments": 0, "late": 0, "late_share": None,
    }  # fmt: skip


def test_rows_and_their_total_with_the_share_of_late_lines(asked: list[Any], dana: Program) -> None:
    answer = dana.get("/stats/delivery", {"by": "country", "source": "wms", "from": "2026-09-01", "to": "today"})
    assert asked == [("country", "wms", date(2026, 9, 1), date(2026, 9, 16), dana.person)]
    assert answer.body == {
        "rows": [
            {"key": "CN", "orders": 2, "lines": 3, "shipments": 2, "late": 1, "late_share": "0.3333"},
            {"key": "NO", "orders": 1, "lines": 0, "shipments": 1, "late": 0, "late_share": None},
        ],
        "total": {"key": "", "orders": 3, "lines": 3, "shipments": 3, "late": 1, "late_share": "0.3333"},
    }
    dana.get("/stats/delivery", {"by": "month"})
    assert asked[1:] == [("month", "", None, None, dana.person)]


@pytest.mark.parametrize(
    ("query", "path"),
    [
        ({}, "by"), ({"by": "planet"}, "by"), ({"by": ["mode", "month"]}, "by"), ({"by": "mode", "source": "sap"}, "source"),
        ({"by": "mode", "from": "soon"}, "from"), ({"by": "mode", "limit": "5"}, "limit"),
        ({"by": "mode", "from": "today+2", "to": "today"}, "from"),
    ],
)  # fmt: skip
def test_what_cannot_be_asked(asked: list[Any], dana: Program, query: dict[str, Any], path: str) -> None:
    answer = dana.get("/stats/delivery", query)
    assert (answer.status, [error["path"] for error in answer.body["errors"]]) == (422, [path])
    assert asked == []
