"""Products, customers, receipts, adjustments, reservations over the API: what is typed is told back, what is wrong changes nothing."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ordertrail.api.tests.calling import Answer, Program, program
from ordertrail.catalog.models import Barcode, Product
from ordertrail.desk.laws import verify
from ordertrail.desk.tests.shop import Shop
from ordertrail.parties.models import Customer
from ordertrail.stock.models import GoodsReceipt, Move, Reservation

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

LAMP = {"sku": "LAMP", "name": "Signal lamp", "price": "100", "cost_method": "fifo"}


@pytest.fixture
def dana() -> Program:
    return program("dana")


def patch(who: Program, path: str, body: Any, headers: dict[str, str] | None = None) -> Answer:
    return who.call("PATCH", path, json.dumps(body).encode(), headers=headers)


def receive(who: Program, qty: str, cost: str, sku: str = "LAMP", **more: Any) -> Answer:
    line = {"sku": sku, "qty": qty, "unit_cost": cost}
    return who.post("/receipts", {"date": "2026-09-16", "lines": [line], **more})


def stock(who: Program, sku: str = "LAMP", **query: str) -> dict[str, str]:
    found: dict[str, str] = who.get(f"/products/{sku}", query).body["stock"]
    return found


def test_a_product_is_typed_and_told_back_with_no_stock(dana: Program) -> None:
    packs = [{"code": "690001", "qty": "1"}, {"code": "690006", "qty": "6"}]
    body = {**LAMP, "category": "light", "barcodes": packs, "under_tolerance": "0.10", "lead_time_days": 3}
    made = dana.post("/products", body)
    assert made.status == 201
    assert made.headers["ETag"] == f'"{made.body["version"]}"'
    told = dana.get("/products/LAMP").body
    assert told == made.body
    assert [told[name] for name in ("sku", "unit", "kind", "price", "home")] == [
        "LAMP",
        "pcs",
        "goods",
        "100.00",
        "desk",
    ]
    assert [told[name] for name in ("barcodes", "under_tolerance", "lead_time_days")] == [packs, "0.10", 3]
    assert set(told["stock"].values()) == {"0"}
    assert (told["unit_cost"], told["value"]) == ("0.0000", "0.00")
    assert dana.get(f"/products/{told['id']}").body["sku"] == "LAMP"
    assert list(verify()) == []


def test_who_does_not_see_cost_gets_no_field_of_it(dana: Program) -> None:
    dana.post("/products", {**LAMP, "cost_method": "standard", "standard_cost": "7.5"})
    receive(dana, "2", "9")
    told = program("bo").get("/products/LAMP").body
    assert not {"unit_cost", "value", "standard_cost"} & set(told)
    assert program("bo").get("/receipts/GR-2026-00001").body["lines"] == [{"line": 1, "sku": "LAMP", "qty": "2"}]
    assert dana.get("/products/LAMP").body["value"] == "15.00"


@pytest.mark.parametrize(
    ("change", "answer", "path"),
    [
        ({"sku": "a b"}, (422, "wrong_value"), "sku"),
        ({"sku": None}, (422, "wrong_value"), "sku"),
        ({"name": " "}, (422, "wrong_value"), "name"),
        ({"price": "-1"}, (422, "wrong_value"), "price"),
        ({"price": "0.1234567"}, (422, "wrong_value"), "price"),
        ({"price": 0.1}, (400, "number_with_fraction"), ""),
        ({"kind": "thing"}, (422, "wrong_value"), "kind"),
        ({"cost_method": "lifo"}, (422, "wrong_value"), "cost_method"),
        ({"cost_method": "standard"}, (422, "missing_field"), "standard_cost"),
        ({"tax_rate": "13"}, (422, "wrong_value"), "tax_rate"),
        ({"barcodes": [{"code": "1", "qty": "0"}]}, (422, "wrong_value"), "barcodes.0.qty"),
        ({"barcodes": [{"code": "1"}, {"code": "1"}]}, (409, "number_taken"), "barcodes.1.code"),
        ({"cost": "1"}, (422, "unknown_field"), "cost"),
        ({"lead_time_days": "3"}, (422, "wrong_value"), "lead_time_days"),
        ({"allow_negative": "yes"}, (422, "wrong_value"), "allow_negative"),
    ],
)
def test_a_wrong_product_is_refused_by_its_field(
    dana: Program, change: dict[str, Any], answer: tuple[int, str], path: str
) -> None:
    found = dana.post("/products", {**LAMP, **change})
    assert found.problem() == answer
    assert [error["path"] for error in found.body["errors"]] == ([path] if path else [])
    assert not Product.objects.exists()


def test_a_sku_a_code_and_a_barcode_are_there_once(dana: Program) -> None:
    dana.post("/products", {**LAMP, "barcodes": [{"code": "690001"}]})
    assert dana.post("/products", LAMP).problem() == (409, "number_taken")
    taken = dana.post("/products", {**LAMP, "sku": "OTHER", "barcodes": [{"code": "690001"}]})
    assert taken.problem() == (409, "number_taken")
    assert "LAMP" in taken.body["detail"]
    dana.post("/customers", {"code": "C1", "name": "远帆"})
    assert dana.post("/customers", {"code": "C1", "name": "other"}).problem() == (409, "number_taken")
    assert (Product.objects.count(), Barcode.objects.count(), Customer.objects.count()) == (1, 1, 1)


def test_a_product_changes_by_fields_and_keeps_what_goods_were_counted_by(dana: Program) -> None:
    first = dana.post("/products", {**LAMP, "barcodes": [{"code": "1"}]})
    changed = patch(
        dana, "/products/LAMP", {"name": "Lamp 2", "cost_method": "average"}, {"If-Match": first.headers["ETag"]}
    )
    assert (changed.status, changed.body["name"], changed.body["cost_method"]) == (200, "Lamp 2", "average")
    assert [code["code"] for code in changed.body["barcodes"]] == ["1"]
    stale = patch(dana, "/products/LAMP", {"price": "1"}, {"If-Match": first.headers["ETag"]})
    assert stale.problem() == (409, "stale")
    assert patch(dana, "/products/LAMP", {"sku": "BULB"}).problem() == (422, "fixed_field")
    assert patch(dana, "/products/LAMP", {"price": None}).problem() == (422, "wrong_value")
    assert patch(dana, "/products/NONE", {"price": "1"}).problem() == (404, "unknown_document")
    receive(dana, "1", "1")
    assert patch(dana, "/products/LAMP", {"cost_method": "fifo"}).problem() == (409, "has_moved")
    assert patch(dana, "/products/LAMP", {"cost_method": "average", "barcodes": []}).body["barcodes"] == []
    assert patch(program("bo"), "/products/LAMP", {"price": "1"}).status == 403
    assert list(verify()) == []


def test_a_customer_is_typed_with_addresses_limit_and_currency(dana: Program) -> None:
    body = {
        "code": "C1", "name": "远帆船舶", "currency": "USD", "credit_limit": "1000.50", "invoice_address": "hq",
        "addresses": [{"code": "hq", "text": "1 Pier"}, {"code": "dock", "text": "2 Quay"}],
    }  # fmt: skip
    made = dana.post("/customers", body)
    assert made.status == 201
    assert made.body == dana.get("/customers/C1").body
    assert {name: made.body[name] for name in ("code", "addresses", "credit_limit", "invoice_address")} == {
        name: body[name] for name in ("code", "addresses", "credit_limit", "invoice_address")
    }
    assert patch(dana, "/customers/C1", {"credit_limit": None}).body["credit_limit"] is None
    assert patch(dana, "/customers/C1", {"addresses": []}).problem() == (422, "unknown_address")
    assert patch(dana, "/customers/C1", {"addresses": [], "invoice_address": None}).body["invoice_address"] is None


@pytest.mark.parametrize(
    ("change", "code", "path"),
    [
        ({"currency": "RMB"}, "wrong_currency", "currency"),
        ({"currency": "cny"}, "wrong_currency", "currency"),
        ({"credit_limit": "1.005"}, "wrong_value", "credit_limit"),
        ({"credit_limit": "-1"}, "wrong_value", "credit_limit"),
        ({"addresses": [{"code": "a"}, {"code": "a"}]}, "given_twice", "addresses.1.code"),
        ({"invoice_address": "x"}, "unknown_address", "invoice_address"),
        ({"receivable": "1"}, "unknown_field", "receivable"),
        ({"code": ""}, "wrong_value", "code"),
    ],
)
def test_a_wrong_customer_is_refused_by_its_field(dana: Program, change: dict[str, Any], code: str, path: str) -> None:
    found = dana.post("/customers", {"code": "C1", "name": "x", **change})
    assert (found.problem(), found.body["errors"][0]["path"]) == ((422, code), path)
    assert not Customer.objects.exists()


def test_goods_come_in_and_have_a_value(dana: Program) -> None:
    dana.post("/products", LAMP)
    made = receive(dana, "8", "60")
    assert (made.status, made.body["number"], made.body["state"]) == (201, "GR-2026-00001", "done")
    assert made.body["lines"] == [{"line": 1, "sku": "LAMP", "qty": "8", "unit_cost": "60.00", "cost": "480.00"}]
    receive(dana, "12", "70", number="R-2")
    told = dana.get("/products/LAMP").body
    assert (told["stock"]["on_hand"], told["unit_cost"], told["value"]) == ("20", "66.0000", "1320.00")
    assert [row["number"] for row in dana.get("/receipts").body["items"]] == ["R-2", "GR-2026-00001"]
    assert dana.get("/receipts/R-2").body["lines"][0]["qty"] == "12"
    assert list(verify()) == []


def test_what_is_planned_is_incoming_until_it_has_come(dana: Program) -> None:
    dana.post("/products", LAMP)
    line = {"sku": "LAMP", "qty": "5", "unit_cost": "1"}
    made = dana.post("/receipts", {"date": "2026-09-20", "lines": [line], "planned": True})
    assert (made.body["state"], made.body["number"]) == ("planned", None)
    assert [stock(dana)[name] for name in ("on_hand", "incoming", "forecast", "sellable")] == ["0", "5", "5", "0"]
    assert stock(dana, date="2026-09-19")["incoming"] == "0"
    assert dana.get("/products/LAMP/atp", {"qty": "3"}).body["earliest_date"] == "2026-09-20"
    done = dana.post(f"/receipts/{made.body['id']}/receive")
    assert (done.status, done.body["state"], done.body["date"]) == (200, "done", "2026-09-16")
    assert dana.post(f"/receipts/{done.body['number']}/receive").problem() == (409, "already_received")
    assert [stock(dana)[name] for name in ("on_hand", "incoming", "forecast")] == ["5", "0", "5"]
    assert list(verify()) == []


@pytest.mark.parametrize(
    ("change", "answer"),
    [
        ({"date": "2026-09-17"}, (422, "future_date")),
        ({"date": "yesterday"}, (422, "wrong_value")),
        ({"lines": []}, (422, "wrong_value")),
        ({"lines": [{"sku": "NONE", "qty": "1", "unit_cost": "1"}]}, (422, "unknown_product")),
        ({"lines": [{"sku": "WORK", "qty": "1", "unit_cost": "1"}]}, (422, "wrong_value")),
        ({"lines": [{"sku": "LAMP", "qty": "0", "unit_cost": "1"}]}, (422, "wrong_value")),
        ({"lines": [{"sku": "LAMP", "qty": "-1", "unit_cost": "1"}]}, (422, "wrong_value")),
        ({"lines": [{"sku": "LAMP", "qty": "1e18", "unit_cost": "1"}]}, (422, "wrong_value")),
        ({"lines": [{"sku": "LAMP", "qty": "1", "unit_cost": "0.1234567"}]}, (422, "wrong_value")),
        ({"lines": [{"sku": "LAMP", "qty": "99999999999", "unit_cost": "99999999999"}]}, (422, "too_large")),
        ({"lines": [{"sku": "LAMP", "qty": "1"}]}, (422, "missing_field")),
        ({"warehouse": "moon"}, (422, "unknown_warehouse")),
        ({"number": "R 1"}, (422, "wrong_value")),
        ({"number": "R-1"}, (409, "number_taken")),
    ],
)
def test_a_wrong_receipt_moves_nothing(dana: Program, change: dict[str, Any], answer: tuple[int, str]) -> None:
    dana.post("/products", LAMP)
    dana.post("/products", {**LAMP, "sku": "WORK", "kind": "service"})
    receive(dana, "1", "1", number="R-1")
    good = {"date": "2026-09-16", "lines": [{"sku": "LAMP", "qty": "1", "unit_cost": "1"}]}
    assert dana.post("/receipts", {**good, **change}).problem() == answer
    assert (GoodsReceipt.objects.count(), Move.objects.count()) == (1, 1)


def test_goods_are_lost_found_and_sent_back(dana: Program) -> None:
    dana.post("/products", LAMP)
    receive(dana, "8", "10")
    receive(dana, "4", "16")

    def adjust(reason: str, qty: str, **more: str) -> Answer:
        return dana.post("/adjustments", {"reason": reason, "lines": [{"sku": "LAMP", "qty": qty, **more}]})

    lost = adjust("loss", "-9")
    assert (lost.status, lost.body["date"], lost.body["lines"][0]["cost"]) == (201, "2026-09-16", "-96.00")
    assert adjust("supplier_return", "-1").body["lines"][0]["cost"] == "-16.00"
    assert adjust("found", "2").body["lines"][0]["cost"] == "32.00"
    assert adjust("opening", "1", unit_cost="3").body["lines"][0]["cost"] == "3.00"
    assert (stock(dana)["on_hand"], dana.get("/products/LAMP").body["value"]) == ("5", "67.00")
    for reason, qty, answer in (
        ("loss", "1", (422, "wrong_value")), ("found", "-1", (422, "wrong_value")), ("loss", "0", (422, "wrong_value")),
        ("gone", "1", (422, "wrong_value")), ("loss", "-6", (409, "short_stock")), ("supplier_return", "-6", (409, "short_stock")),
    ):  # fmt: skip
        assert adjust(reason, qty).problem() == answer
    assert stock(dana)["on_hand"] == "5"
    assert list(verify()) == []


def test_the_same_key_receives_once(dana: Program) -> None:
    dana.post("/products", LAMP)
    body = {"date": "2026-09-16", "lines": [{"sku": "LAMP", "qty": "1", "unit_cost": "1"}]}
    one, two = (dana.post("/receipts", body, {"Idempotency-Key": "k1"}) for _ in range(2))
    assert (one.status, one.body) == (two.status, two.body) == (201, one.body)
    assert Move.objects.count() == 1


def test_reserving_in_parts_by_hand(dana: Program) -> None:
    shop = Shop()
    shop.product()
    shop.receive(100)
    order = shop.order("SO-1", ("LAMP", 50), reserve="manual")
    assert shop.reserved() == 0

    def reserve(qty: str, line: int = 1) -> Answer:
        return dana.post("/reservations", {"order": "SO-1", "line": line, "qty": qty})

    first, second = reserve("30"), reserve("20")
    assert (first.status, first.body["qty"], first.body["order"]) == (201, "30", str(order))
    assert shop.reserved() == 50
    assert reserve("1").problem() == (409, "over_reserved")
    assert reserve("1", line=2).problem() == (422, "unknown_line")
    assert dana.post("/reservations", {"order": "SO-9", "line": 1, "qty": "1"}).problem() == (422, "unknown_document")
    for made, left in ((first, 20), (second, 0)):
        gone = dana.call("DELETE", f"/reservations/{made.body['id']}")
        assert (gone.status, gone.body["id"]) == (200, made.body["id"])
        assert shop.reserved() == left
    assert dana.call("DELETE", f"/reservations/{first.body['id']}").problem() == (409, "not_held")
    assert dana.call("DELETE", "/reservations/999").status == 404
    draft = shop.draft("SO-2", ("LAMP", 1))
    assert dana.post("/reservations", {"order": str(draft), "line": 1, "qty": "1"}).problem() == (409, "not_confirmed")
    assert list(verify()) == []


def test_who_waits_is_served_first_confirmed_first_and_the_last_loses_what_is_lost(dana: Program) -> None:
    shop = Shop()
    shop.product()
    a, b, c = (shop.order(f"SO-{n}", ("LAMP", 4)) for n in range(1, 4))
    receive(dana, "6", "1")
    held = [int(shop.line(order).reserved) // 1_000_000 for order in (a, b, c)]
    assert held == [4, 2, 0]
    figures = stock(dana)
    assert [figures[n] for n in ("on_hand", "reserved", "free", "open_demand", "sellable")] == [
        "6",
        "6",
        "0",
        "12",
        "-6",
    ]
    receive(dana, "5", "1")
    assert [shop.line(order).reserved // 1_000_000 for order in (a, b, c)] == [4, 4, 3]
    dana.post("/adjustments", {"reason": "loss", "lines": [{"sku": "LAMP", "qty": "-5"}]})
    assert [shop.line(order).reserved // 1_000_000 for order in (a, b, c)] == [4, 2, 0]
    assert Reservation.objects.filter(ended_by="lost").count() == 2
    assert list(verify()) == []
