"""What was earned, by product and by day (domain.md §2, E9), on each basis; availability by date (E7)."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from ordertrail.api.tests.calling import Program, program
from ordertrail.desk.laws import verify
from ordertrail.desk.tests.shop import D, Shop
from ordertrail.findings.tests.company import OMS_X, WMS_SHIPS_6, WMS_X, company, say
from ordertrail.records.shapes import ProductRecord

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
YESTERDAY, TODAY = date(2026, 9, 15), date(2026, 9, 16)


@pytest.fixture
def dana() -> Program:
    return program("dana")


@pytest.fixture
def e9() -> Shop:
    """Cost 20; yesterday 2 sold at 40, today 4 at 30 and 1 back; of another product 2 at 50 cost 20 each."""
    shop = Shop()
    shop.product("P1", category="light", cost_method="average")
    shop.product("P2", category="sound", cost_method="average")
    shop.receive(20, 20, "P1")
    shop.receive(5, 20, "P2")
    first = shop.order("SO-1", ("P1", 2, 40), day=YESTERDAY)
    shop.send((first, 1, 2), day=YESTERDAY)
    second = shop.order("SO-2", ("P1", 4, 30), ("P2", 2, 50))
    shop.send((second, 1, 4), (second, 2, 2))
    shop.back((second, 1, 1))
    return shop


def figures(row: dict[str, Any]) -> tuple[Any, ...]:
    return tuple(row[name] for name in ("qty", "cost", "revenue", "profit", "margin"))


def profit(who: Program, by: str, **query: str) -> tuple[dict[str, tuple[Any, ...]], tuple[Any, ...]]:
    told = who.get("/stats/profit", {"by": by, **query}).body
    return {row["key"]: figures(row) for row in told["rows"]}, figures(told["total"])


def test_e9_profit_by_product_day_and_category(dana: Program, e9: Shop) -> None:
    by_product, total = profit(dana, "product")
    assert by_product["P1"] == ("5", "100.00", "170.00", "70.00", "0.4118")
    assert by_product["P2"] == ("2", "40.00", "100.00", "60.00", "0.6000")
    assert total == ("7", "140.00", "270.00", "130.00", "0.4815")
    assert profit(dana, "category")[1] == total
    by_day, _total = profit(dana, "day", sku="P1")
    assert by_day == {
        "2026-09-15": ("2", "40.00", "80.00", "40.00", "0.5000"), "2026-09-16": ("3", "60.00", "90.00", "30.00", "0.3333"),
    }  # fmt: skip
    by_order, _total = profit(dana, "order", **{"from": "2026-09-16", "customer": "C1"})
    assert by_order == {"SO-2": ("5", "100.00", "190.00", "90.00", "0.4737")}
    assert set(profit(dana, "customer")[0]) == {"C1"}
    dana.post("/adjustments", {"reason": "loss", "lines": [{"sku": "P1", "qty": "-1"}]})
    assert profit(dana, "product", sku="P1")[1] == ("6", "120.00", "170.00", "50.00", "0.2941")
    assert profit(dana, "order", sku="P1")[1] == ("5", "100.00", "170.00", "70.00", "0.4118")
    assert list(verify()) == []


def test_e9_day_by_day(dana: Program, e9: Shop) -> None:
    told = dana.get("/products/P1/daily", {"from": "2026-09-14", "to": "2026-09-16"}).body["rows"]
    names = (
        "ordered_qty",
        "shipped_qty",
        "returned_qty",
        "sold_qty",
        "pending_qty",
        "sellable_qty",
        "revenue",
        "cost",
        "profit",
    )
    assert [tuple(row[name] for name in names) for row in told] == [
        ("0", "0", "0", "0", "0", "20", "0.00", "0.00", "0.00"),
        ("2", "2", "0", "2", "0", "18", "80.00", "40.00", "40.00"),
        ("4", "4", "1", "3", "0", "15", "90.00", "60.00", "30.00"),
    ]
    assert [row["margin"] for row in told] == [None, "0.5000", "0.3333"]
    ordered = dana.get("/products/P1/daily", {"from": "2026-09-15", "to": "2026-09-15", "basis": "ordered"}).body[
        "rows"
    ]
    assert (ordered[0]["revenue"], ordered[0]["cost"]) == ("80.00", "40.00")


def test_what_is_pending_goes_down_with_what_goes_out(dana: Program) -> None:
    shop = Shop()
    shop.product()
    shop.receive(20, 10)
    order = shop.order("SO-1", ("LAMP", 10), day=date(2026, 9, 14))
    sent = shop.send((order, 1, 6), day=YESTERDAY)
    query = {"from": "2026-09-13", "to": "2026-09-16"}

    def told() -> list[tuple[str, str, str]]:
        rows = dana.get("/products/LAMP/daily", query).body["rows"]
        return [(row["pending_qty"], row["sellable_qty"], row["sold_qty"]) for row in rows]

    assert told() == [("0", "0", "0"), ("10", "10", "0"), ("4", "10", "6"), ("4", "10", "0")]
    shop.unship(sent)
    assert told() == [("0", "0", "0"), ("10", "10", "0"), ("4", "10", "6"), ("10", "10", "-6")]


def test_a_back_dated_receipt_stands_on_the_day_it_was_learned(dana: Program) -> None:
    shop = Shop()
    shop.product()
    shop.receive(10, 10, day=date(2026, 9, 5))
    order = shop.order("SO-1", ("LAMP", 5, 30))
    shop.send((order, 1, 5), day=date(2026, 9, 6))
    before = profit(dana, "day", to="2026-09-15")
    shop.receive(10, 8, day=date(2026, 9, 4))
    assert profit(dana, "day", to="2026-09-15") == before
    assert profit(dana, "day")[0]["2026-09-16"] == ("0", "-10.00", "0.00", "10.00", None)
    assert profit(dana, "order")[0]["SO-1"] == ("5", "40.00", "150.00", "110.00", "0.7333")


def test_who_sees_no_cost_gets_revenue_alone(e9: Shop) -> None:
    anna = program("anna")
    assert set(anna.get("/stats/profit", {"by": "product"}).body["total"]) == {"key", "qty", "revenue"}
    row = anna.get("/products/P1/daily", {"from": "2026-09-16"}).body["rows"][0]
    assert not {"cost", "profit", "margin"} & set(row)


@pytest.mark.parametrize(
    ("path", "query", "code"),
    [
        ("/stats/profit", {}, "missing_field"),
        ("/stats/profit", {"by": "moon"}, "wrong_value"),
        ("/stats/profit", {"by": "day", "basis": "paid"}, "wrong_value"),
        ("/stats/profit", {"by": "day", "sku": "NONE"}, "unknown_product"),
        ("/stats/profit", {"by": "day", "customer": "NONE"}, "unknown_customer"),
        ("/stats/profit", {"by": "day", "from": "2026-09-16", "to": "2026-09-01"}, "wrong_value"),
        ("/stats/profit", {"by": "day", "from": "soon"}, "wrong_value"),
        ("/stats/profit", {"by": "day", "sort": "margin"}, "unknown_parameter"),
        ("/products/P1/daily", {"basis": "moon"}, "wrong_value"),
        ("/products/P1/daily", {"from": "2000-01-01"}, "too_many"),
        ("/products/P1/atp", {"qty": "0"}, "wrong_value"),
        ("/products/P1/atp", {"date": "2026-02-30"}, "wrong_value"),
        ("/products/P1", {"date": "tomorrow"}, "wrong_value"),
    ],
)
def test_what_cannot_be_read_is_refused(dana: Program, e9: Shop, path: str, query: dict[str, str], code: str) -> None:
    assert dana.get(path, query).problem() == (422, code)


def test_e7_quotations_hold_what_they_were_promised(dana: Program) -> None:
    from ordertrail.desk.quote import quote

    shop = Shop()
    shop.product(lead_time_days=3)
    shop.receive(5)
    for number, qty in (("Q-1", 3), ("Q-2", 1)):
        quote(by=shop.anna, order=shop.draft(number, ("LAMP", qty)))
    told = dana.get("/products/LAMP/atp", {"qty": "2"}).body
    assert (told["available"], told["earliest_date"]) == ("1", None)
    assert [(one["kind"], one["number"], one["qty"]) for one in told["limiting"]] == [
        ("quotation", "Q-1", "3"), ("quotation", "Q-2", "1"),
    ]  # fmt: skip


def test_e7_a_planned_drop_within_the_lead_time_limits_what_is_promised_today(dana: Program) -> None:
    shop = Shop()
    shop.product(lead_time_days=3)
    shop.receive(5)
    shop.order("SO-1", ("LAMP", 2), promised_date=date(2026, 9, 18))
    told = dana.get("/products/LAMP/atp", {"qty": "4"}).body
    assert (told["available"], told["earliest_date"]) == ("3", None)
    assert dana.get("/products/LAMP/atp", {"qty": "2"}).body["earliest_date"] == "2026-09-16"
    line = {"sku": "LAMP", "qty": "4", "unit_cost": "1"}
    dana.post("/receipts", {"date": "2026-09-30", "planned": True, "lines": [line]})
    assert dana.get("/products/LAMP/atp", {"qty": "4"}).body["earliest_date"] == "2026-09-30"
    assert dana.get("/products/LAMP/atp", {"date": "2026-09-30"}).body["available"] == "7"
    assert D(dana.get("/products/LAMP", {"date": "2026-09-17"}).body["stock"]["forecast"]) == 5


def test_what_is_invoiced_takes_the_cost_of_its_shipments_in_their_order(dana: Program) -> None:
    shop = Shop()
    shop.product(cost_method="fifo")
    shop.receive(6, 60)
    shop.receive(6, 70)
    order = shop.order("SO-1", ("LAMP", 10, 100))
    shop.send((order, 1, 6), day=YESTERDAY)
    shop.send((order, 1, 4))

    def bill(qty: str) -> None:
        made = dana.post("/invoices", {"lines": [{"order": "SO-1", "line": 1, "qty": qty}]}).body
        assert dana.post(f"/invoices/{made['id']}/post").status == 200

    bill("4")
    assert profit(dana, "order", basis="invoiced")[0] == {"SO-1": ("4", "240.00", "400.00", "160.00", "0.4000")}
    bill("6")
    assert profit(dana, "product", basis="invoiced")[1] == ("10", "640.00", "1000.00", "360.00", "0.3600")
    assert profit(dana, "product")[1] == ("10", "640.00", "1000.00", "360.00", "0.3600")
    shop.back((order, 1, 2))
    assert profit(dana, "product", basis="invoiced")[1] == profit(dana, "product")[1]
    paid = {"customer": "C1", "date": "2026-09-16", "amount": "452.00"}
    assert dana.post("/payments", paid).status == 201
    rows = dana.get("/products/LAMP/daily", {"from": "2026-09-16", "basis": "paid"}).body["rows"]
    assert (rows[0]["revenue"], rows[0]["cost"]) == ("400.00", "240.00")
    assert list(verify()) == []


def test_what_is_billed_ahead_has_an_estimated_cost_until_it_goes_out(dana: Program) -> None:
    shop = Shop()
    shop.product(cost_method="average")
    shop.receive(10, 15)
    order = shop.order("SO-1", ("LAMP", 10, 100), invoice_policy="ordered")
    made = dana.post("/invoices", {"orders": ["SO-1"]}).body["items"][0]
    dana.post(f"/invoices/{made['id']}/post")
    assert profit(dana, "order", basis="invoiced")[0]["SO-1"][1] == "150.00"
    shop.receive(10, 5)
    assert profit(dana, "order", basis="invoiced")[0]["SO-1"][1] == "100.00"
    shop.send((order, 1, 10))
    assert profit(dana, "order", basis="invoiced")[0]["SO-1"][1] == "100.00"
    shop.receive(10, 25)
    assert profit(dana, "order", basis="invoiced")[0]["SO-1"][1] == "100.00"


def test_goods_of_other_systems_are_counted_and_their_cost_is_not_known(dana: Program) -> None:
    by = company()
    say(by["erp"], ProductRecord("p", "HL-BL24", "Lamp"))
    say(by["oms"], OMS_X)
    say(by["wms"], WMS_X)
    say(by["wms"], WMS_SHIPS_6)
    assert profit(dana, "product") == (
        {"HL-BL24": ("6", None, "720.00", None, None)},
        ("6", None, "720.00", None, None),
    )
    [row] = dana.get("/products/HL-BL24/daily", {"from": "2026-09-14", "to": "2026-09-14"}).body["rows"]
    names = ("shipped_qty", "returned_qty", "sold_qty", "revenue", "cost", "profit")
    assert tuple(row[name] for name in names) == ("6", "0", "6", "720.00", None, None)
