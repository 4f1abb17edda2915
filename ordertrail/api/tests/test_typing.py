"""Orders, shipments and returns through the API, as outside programs type and move them (api.md §3, §4)."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from ordertrail.api.tests.calling import Program, program
from ordertrail.catalog.models import Barcode, Product
from ordertrail.desk.tests.shop import Shop, whole
from ordertrail.orders.models import Order

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
ONE = {"customer": "C1", "number": "SO-1", "lines": [{"sku": "LAMP", "qty": "10", "price": "100"}]}


@pytest.fixture
def shop(db: None) -> Shop:
    made = Shop()
    made.product()
    made.receive(20)
    return made


@pytest.fixture
def dana(shop: Shop) -> Program:
    return program("dana")


def make(who: Program, path: str, body: Any, status: int = 201) -> dict[str, Any]:
    answer = who.post(path, body)
    assert answer.status == status, answer.body
    return dict(answer.body)


def do(who: Program, path: str, body: Any = None) -> dict[str, Any]:
    return make(who, path, body, 200)


def test_an_order_is_typed_confirmed_shipped_and_returned(dana: Program) -> None:
    made = make(dana, "/orders", {**ONE, "promised_date": "2026-09-21", "ship_to": "south", "remark": "by crane"})
    assert (made["number"], made["customer"], made["home"], made["ship_to"], made["remark"], made["revision"]) == (
        "SO-1", "C1", "desk", "south", "by crane", 0,
    )  # fmt: skip
    assert made["status"] == {
        "order": "draft", "delivery": "waiting", "invoicing": "nothing", "payment": "unpaid", "production": "not_required",
    }  # fmt: skip
    told = do(dana, "/orders/SO-1/confirm")
    assert told["planned"] == {"cost": "600.00", "profit": "400.00", "margin": "0.4000"}
    assert told["duration"]["planned_days"] == 3
    [line] = told["lines"]
    names = (
        "line",
        "sku",
        "qty",
        "unit",
        "price",
        "unit_cost",
        "sellable",
        "net",
        "tax",
        "gross",
        "reserved_qty",
        "to_ship",
    )
    assert [line[name] for name in names] == [
        1, "LAMP", "10", "pcs", "100.00", "60.0000", "10", "1000.00", "130.00", "1130.00", "10", "10",
    ]  # fmt: skip
    proposed = make(dana, "/shipments", {"orders": ["SO-1"]})
    [draft] = proposed["items"]
    assert (draft["state"], draft["number"], draft["ship_to"], draft["orders"], proposed["apart"]) == (
        "draft", None, "south", [told["id"]], [],
    )  # fmt: skip
    gone = do(
        dana,
        f"/shipments/{draft['id']}/ship",
        {"lines": [{"order": "SO-1", "line": 1, "qty": "6"}], "date": "2026-09-15"},
    )
    assert (gone["number"], gone["date"], gone["state"]) == ("SH-2026-00001", "2026-09-15", "done")
    assert [(one["qty"], one["cost"], one["unit_cost"]) for one in gone["lines"]] == [("6", "360.00", "60.0000")]
    assert dana.get(f"/shipments/{gone['remainder']}").body["lines"][0]["qty"] == "4"
    back = make(dana, "/returns", {"lines": [{"order": told["id"], "line": 1, "qty": "2", "shipment": gone["number"]}]})
    assert (back["number"], back["credit_note"]) == ("RT-2026-00001", None)
    assert back["lines"] == [{"order": told["id"], "line": 1, "sku": "LAMP", "qty": "2", "cost": "120.00"}]
    assert dana.get("/returns/RT-2026-00001").body == back
    assert [one["number"] for one in dana.get("/returns").body["items"]] == ["RT-2026-00001"]
    assert dana.get(f"/returns/{gone['id']}").status == 404
    told = dana.get("/orders/SO-1").body
    assert told["realised"] == {"revenue": "400.00", "cost": "240.00", "profit": "160.00", "margin": "0.4000"}
    amounts = ("ordered", "closed", "returned", "effective", "shipped", "invoiced", "not_invoiced")
    assert [told["amounts"][name] for name in amounts] == [
        "1130.00", "0.00", "226.00", "904.00", "452.00", "0.00", "904.00",
    ]  # fmt: skip
    [line] = told["lines"]
    assert [line[name] for name in ("shipped_qty", "returned_qty", "to_ship", "to_invoice", "progress")] == [
        "6", "2", "4", "4", "0.6000",
    ]  # fmt: skip
    assert [one["kind"] for one in told["shipments"]] == ["shipment", "shipment", "return"]
    whole()


def test_an_exception_is_chosen_once(dana: Program) -> None:
    order = make(dana, "/orders", ONE)
    do(dana, "/orders/SO-1/confirm", {})
    [draft] = make(dana, "/shipments", {"orders": ["SO-1"]})["items"]
    assert do(dana, f"/shipments/{draft['id']}/cancel")["state"] == "cancelled"
    [waiting] = dana.get("/orders/SO-1").body["exceptions"]
    assert waiting == {
        "id": waiting["id"], "kind": "shipment_cancelled", "document": draft["id"], "lines": [{"line": 1, "qty": "10"}],
        "choices": ["recreate", "ignore"], "open": True,
    }  # fmt: skip
    path = f"/orders/SO-1/exceptions/{waiting['id']}"
    assert dana.post(path, {"choice": "later"}).status == 422
    assert dana.post(f"/orders/SO-1/exceptions/{int(waiting['id']) + 1}", {"choice": "ignore"}).status == 404
    told = do(dana, path, {"choice": "recreate"})
    assert told["created"]["kind"] == "shipment"
    assert dana.get(f"/shipments/{told['created']['id']}").body["orders"] == [order["id"]]
    assert (told["exceptions"][0]["open"], told["exceptions"][0]["choices"]) == (False, [])
    assert dana.post(path, {"choice": "ignore"}).problem() == (409, "already_chosen")
    do(dana, "/orders/SO-1/close")
    assert dana.get(f"/shipments/{told['created']['id']}").status == 404
    whole()


def test_e20_scanning_packs_and_completing(dana: Program) -> None:
    lamp = Product.objects.get(sku="LAMP")
    Barcode.objects.create(product=lamp, code="6901", qty=1)
    Barcode.objects.create(product=lamp, code="6906", qty=6)
    make(dana, "/orders", ONE)
    do(dana, "/orders/SO-1/confirm")
    [draft] = make(dana, "/shipments", {"orders": ["SO-1"]})["items"]
    path = f"/shipments/{draft['id']}"
    assert do(dana, f"{path}/pick", {"code": "6906"}) == {"picked": "6", "to_pick": "4"}
    assert dana.post(f"{path}/pick", {"code": "6906"}).problem() == (409, "over_pick")
    assert do(dana, f"{path}/pick", {"code": "6901", "qty": "2"}) == {"picked": "8", "to_pick": "2"}
    assert dana.post(f"{path}/pick", {"code": "nothing"}).problem() == (422, "unknown_product")
    assert do(dana, f"{path}/pick/complete") == {"picked": "10", "to_pick": "0"}
    assert do(dana, f"{path}/pick/complete") == {"picked": "10", "to_pick": "0"}
    assert dana.post(f"{path}/pick", {"code": "LAMP"}).problem() == (409, "over_pick")
    boxes = [make(dana, f"{path}/packages", {"lines": [{"order": "SO-1", "line": 1, "qty": "5"}]}) for _ in range(2)]
    assert len({box["code"] for box in boxes}) == 2
    assert dana.post(f"{path}/packages", {"lines": [{"order": "SO-1", "line": 1, "qty": "1"}]}).problem() == (
        409,
        "over_pick",
    )
    assert do(dana, f"{path}/ship", {"lines": [{"order": "SO-1", "line": 1, "qty": "7"}]})["remainder"]


@pytest.mark.parametrize(
    ("change", "code", "path"),
    [
        ({"customer": "C9"}, "unknown_customer", "customer"),
        ({"currency": "RMB"}, "wrong_value", "currency"),
        ({"currency": "cny"}, "wrong_value", "currency"),
        ({"number": "SO 1"}, "wrong_value", "number"),
        ({"number": "--"}, "wrong_value", "number"),
        ({"discount": "1.01"}, "wrong_value", "discount"),
        ({"discount": "-0.05"}, "wrong_value", "discount"),
        ({"date": "2026-09-17"}, "in_the_future", "date"),
        ({"date": "2026-02-31"}, "wrong_value", "date"),
        ({"ship_to": "west"}, "unknown_address", "ship_to"),
        ({"lines": []}, "wrong_value", "lines"),
        ({"invoice_policy": "prepaid"}, "wrong_value", "invoice_policy"),
        ({"status": "confirmed"}, "unknown_field", "status"),
        ({"lines": [{"sku": "LAMP", "qty": "0"}]}, "wrong_value", "lines.0.qty"),
        ({"lines": [{"sku": "LAMP", "qty": "0.3333333"}]}, "wrong_value", "lines.0.qty"),
        ({"lines": [{"sku": "LAMP", "qty": "1000000000000000000"}]}, "wrong_value", "lines.0.qty"),
        ({"lines": [{"sku": "GONE", "qty": "1"}]}, "unknown_product", "lines.0.sku"),
        ({"lines": [{"sku": "LAMP", "qty": "1", "net": "5"}]}, "unknown_field", "lines.0.net"),
        ({"lines": [{"sku": "LAMP", "qty": "1", "price": "0.0000001"}]}, "wrong_value", "lines.0.price"),
    ],
)
def test_a_wrong_field_is_named_and_nothing_is_typed(
    dana: Program, change: dict[str, Any], code: str, path: str
) -> None:
    answer = dana.post("/orders", {**ONE, **change})
    assert (answer.problem(), answer.body["errors"][0]["path"]) == ((422, code), path)
    assert Order.objects.count() == 0


def test_what_the_body_names_must_be_there(dana: Program) -> None:
    make(dana, "/orders", ONE)
    do(dana, "/orders/SO-1/confirm")
    for body, path in (
        ({"orders": ["SO-1", "SO-9"]}, "orders.1"),
        ({"lines": [{"order": "SO-9", "line": 1, "qty": "1"}]}, "lines.0.order"),
        (
            {"lines": [{"order": "SO-1", "line": 1, "qty": "1"}, {"order": "SO-1", "line": 2, "qty": "1"}]},
            "lines.1.line",
        ),
        ({}, "orders"),
    ):
        answer = dana.post("/shipments", body)
        assert (answer.status, answer.body["errors"][0]["path"]) == (422, path)
    assert dana.post("/orders/SO-9/confirm").status == 404
    assert dana.post("/shipments/SH-9/ship").status == 404
    answer = dana.post("/orders/SO-1/amend", {"lines": [{"line": 1, "sku": "GONE"}], "reason": "x"})
    assert (answer.problem(), answer.body["errors"][0]["path"]) == ((422, "unknown_product"), "lines.0.sku")
    assert dana.post("/orders/SO-1/amend", {"lines": [{"line": 1, "qty": "5"}]}).problem() == (422, "missing_field")


def test_the_same_key_has_one_effect_and_a_stale_version_none(dana: Program) -> None:
    first = dana.post("/orders", {**ONE, "number": None}, {"Idempotency-Key": "k"})
    again = dana.post("/orders", {**ONE, "number": None}, {"Idempotency-Key": "k"})
    assert (first.raw, first.status, Order.objects.count()) == (again.raw, 201, 1)
    path = f"/orders/{first.body['id']}/confirm"
    assert dana.post(path, None, {"If-Match": '"1"'}).problem() == (409, "stale")
    assert dana.post(path, None, {"If-Match": f'"{first.body["version"]}"'}).body["number"] == "SO-2026-00001"
    assert dana.post("/orders", {**ONE, "number": "SO-2026-00001"}).problem() == (409, "number_taken")


def test_each_does_only_their_own_work(dana: Program) -> None:
    anna, bo, chen = program("anna"), program("bo"), program("chen")
    assert bo.post("/orders", ONE).problem() == chen.post("/orders", ONE).problem() == (403, "not_allowed")
    make(anna, "/orders", ONE)
    assert bo.post("/orders/SO-1/confirm").problem() == (403, "not_allowed")
    told = do(anna, "/orders/SO-1/confirm")
    assert not {"planned", "realised"} & set(told)
    assert anna.post("/shipments", {"orders": ["SO-1"]}).problem() == (403, "not_allowed")
    [draft] = make(bo, "/shipments", {"orders": ["SO-1"]})["items"]
    assert "cost" not in draft["lines"][0]
    do(bo, f"/shipments/{draft['id']}/cancel")
    [waiting] = bo.get("/orders/SO-1").body["exceptions"]
    path = f"/orders/SO-1/exceptions/{waiting['id']}"
    assert chen.post(path, {"choice": "ignore"}).problem() == (403, "not_allowed")
    do(bo, path, {"choice": "recreate"})


def test_a_mirrored_order_is_changed_where_it_lives(dana: Program) -> None:
    from ordertrail.api.tests.company import e1

    e1()
    for verb in ("confirm", "cancel", "close"):
        assert dana.post(f"/orders/SO-A/{verb}").problem() == (409, "lives_elsewhere")
    assert dana.post("/shipments/SH-1/cancel").problem() == (409, "lives_elsewhere")


def test_the_number_of_queries_does_not_grow_with_the_lines(dana: Program, shop: Shop) -> None:
    def counted(order: str, lines: int) -> list[int]:
        body = {**ONE, "number": order, "lines": [{"sku": "LAMP", "qty": "1"} for _ in range(lines)]}
        counts = []
        for path, sent in (
            ("/orders", body), (f"/orders/{order}/confirm", None), ("/shipments", {"orders": [order]}),
        ):  # fmt: skip
            with CaptureQueriesContext(connection) as captured:
                answer = dana.post(path, sent)
            assert answer.status < 300
            counts.append(len(captured))
        [draft] = answer.body["items"]
        with CaptureQueriesContext(connection) as captured:
            assert dana.post(f"/shipments/{draft['id']}/ship").status == 200
        counts.append(len(captured))
        with CaptureQueriesContext(connection) as captured:
            assert dana.get(f"/orders/{order}").status == 200
        return [*counts, len(captured)]

    few, many = counted("SO-2", 1), counted("SO-3", 8)
    assert all(more <= less for less, more in zip(few, many, strict=True)), (few, many)
    assert all(count <= most for count, most in zip(few, (60, 60, 40, 90, 25), strict=True)), few
