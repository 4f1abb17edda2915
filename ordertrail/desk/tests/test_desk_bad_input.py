"""A01–A21 of reliability.md §8.B against the calls that write: bodies, fields, ids and keys. No answer is a 5xx, nothing half done."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from ordertrail.desk.tests.driving import D, Desk, No, by, opened, rows
from ordertrail.desk.tests.shop import whole

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture
def desk(db: None) -> Iterator[Desk]:
    """An order that can be shipped, billed and paid."""
    made = opened()
    made.product("LAMP")
    made.receive(("LAMP", 100, 60))
    made.order("SO-1", ("LAMP", 10, 100))
    yield made
    whole()


LINE = {"order": "SO-1", "line": 1, "qty": "1"}
GOOD: dict[str, dict[str, Any]] = {
    "/products": {"sku": "NEW", "name": "New", "price": "1", "cost_method": "fifo"},
    "/customers": {"code": "NEW", "name": "New", "addresses": [{"code": "a", "text": "A street"}]},
    "/receipts": {"date": "2026-09-16", "lines": [{"sku": "LAMP", "qty": "1", "unit_cost": "1"}]},
    "/adjustments": {"reason": "loss", "lines": [{"sku": "LAMP", "qty": "-1"}]},
    "/orders": {"customer": "C1", "lines": [{"sku": "LAMP", "qty": "1", "price": "1"}]},
    "/orders/SO-1/quote": {},
    "/orders/SO-1/confirm": {},
    "/orders/SO-1/cancel": {},
    "/orders/SO-1/close": {},
    "/orders/SO-1/reopen": {},
    "/orders/SO-1/amend": {"lines": [{"line": 1, "qty": "9"}], "reason": "less"},
    "/reservations": LINE,
    "/shipments": {"lines": [LINE]},
    "/returns": {"lines": [LINE], "credit": True},
    "/invoices": {"lines": [LINE]},
    "/payments": {"customer": "C1", "date": "2026-09-16", "amount": "1", "allocations": []},
}
"""A body for each call that is right in form (whether a rule refuses it is another matter)."""
CALLS = sorted(GOOD)


def sent(desk: Desk, path: str, raw: bytes, **headers: str) -> tuple[int, str]:
    """Status and code of a call with this body; nothing may have changed."""
    before = rows()
    answer = desk.by.call("POST", path, raw, headers=headers)
    assert answer.status < 500
    assert "Traceback" not in answer.raw.decode()
    assert rows() == before
    return answer.status, answer.body["code"]


@pytest.mark.parametrize("path", CALLS)
def test_a01_a04_a05_a_body_that_cannot_be_read(desk: Desk, path: str) -> None:
    good = json.dumps(GOOD[path])
    doubled = good.replace("{", '{"x": 1, "x": 2' + (", " if good != "{}" else ""), 1)
    nothing = [b""] if GOOD[path] else []  # a verb that needs no word takes an empty body as none
    for raw in (*nothing, b"{", b"\xff\xfe", b"null", b"7", doubled.encode(), b"[" * 10_000 + b"]" * 10_000):
        assert sent(desk, path, raw)[0] in (400, 422), raw[:30]


AMOUNTS = [
    (path, where)
    for path, where in (
        ("/products", ("price",)),
        ("/customers", ("credit_limit",)),
        ("/receipts", ("lines", 0, "qty")),
        ("/receipts", ("lines", 0, "unit_cost")),
        ("/orders", ("lines", 0, "qty")),
        ("/orders", ("lines", 0, "price")),
        ("/orders", ("discount",)),
        ("/orders/SO-1/amend", ("lines", 0, "qty")),
        ("/reservations", ("qty",)),
        ("/shipments", ("lines", 0, "qty")),
        ("/returns", ("lines", 0, "qty")),
        ("/invoices", ("lines", 0, "qty")),
        ("/payments", ("amount",)),
    )
]


def with_value(path: str, where: tuple[Any, ...], raw: str) -> bytes:
    """The good body of a call with one value written as this JSON text."""
    body = json.loads(json.dumps(GOOD[path]))
    inner = body
    for step in where[:-1]:
        inner = inner[step]
    inner[where[-1]] = "@@"
    return json.dumps(body).replace('"@@"', raw).encode()


@pytest.mark.parametrize(("path", "where"), AMOUNTS, ids=lambda value: str(value))
def test_a02_a03_numbers_that_are_no_decimals(desk: Desk, path: str, where: tuple[Any, ...]) -> None:
    for raw in ("1e400", "NaN", "Infinity", "0.30000000000000004", "1.5"):
        assert sent(desk, path, with_value(path, where, raw))[0] == 400, raw


@pytest.mark.parametrize(("path", "where"), AMOUNTS, ids=lambda value: str(value))
def test_a08_amounts_that_nothing_has(desk: Desk, path: str, where: tuple[Any, ...]) -> None:
    wrong = ['"-1"', '"1000000000000000000"', '"0.3333333333333"', '"NaN"', '"一百"', '"1,000"', '""', "true", "[]"]
    for raw in (*wrong, '"0"') if where[-1] in ("qty", "amount") else wrong:
        status, code = sent(desk, path, with_value(path, where, raw))
        assert status == 422, (raw, code)


def test_a08_an_amount_with_more_decimals_than_its_currency(desk: Desk) -> None:
    desk.refuses("", desk.pay, "1.005", on=(), status=422)
    desk.refuses("", desk.pay, "1.5", on=(), currency="JPY", rate="0.05", status=422)
    desk.refuses("", desk.bill_amount, "SO-1", "1.005", status=422)


@pytest.mark.parametrize("currency", ["RMB", "cny", "XYZ", "", "¥"])
def test_a09_currencies_that_are_none(desk: Desk, currency: str) -> None:
    problem = desk.refuses("", desk.post, "/orders", GOOD["/orders"] | {"currency": currency}, status=422)
    assert problem["errors"][0]["path"]
    desk.refuses("", desk.post, "/payments", GOOD["/payments"] | {"currency": currency}, status=422)


@pytest.mark.parametrize("path", CALLS)
def test_a10_a11_fields_that_are_unknown_or_counted(desk: Desk, path: str) -> None:
    for name in ("total", "status", "cost", "created_by", "_extra", "id", "version"):
        status, code = sent(desk, path, json.dumps(GOOD[path] | {name: "1"}).encode())
        assert (status, code) == (422, "unknown_field"), name


def test_a10_an_unknown_field_within_a_line_is_named(desk: Desk) -> None:
    body = {"customer": "C1", "lines": [{"sku": "LAMP", "qty": "1", "net": "5"}]}
    problem = desk.refuses("unknown_field", desk.post, "/orders", body, status=422)
    assert "net" in problem["errors"][0]["path"]


@pytest.mark.parametrize("path", ["/orders", "/receipts", "/payments", "/shipments", "/invoices", "/products"])
def test_a12_one_key_has_one_effect(desk: Desk, path: str) -> None:
    if path == "/invoices":
        desk.send(("SO-1", 1, 2))
    key = {"Idempotency-Key": "k-1"}
    raw = json.dumps(GOOD[path]).encode()
    first = desk.by.call("POST", path, raw, headers=key)
    assert first.status == 201, first.body
    after = desk.snapshot()
    again = desk.by.call("POST", path, raw, headers=key)
    assert (again.status, again.raw) == (201, first.raw)
    assert desk.snapshot() == after
    other = desk.by.call("POST", path, raw + b" ", headers=key)
    assert other.status == 422
    assert desk.snapshot() == after


def test_a12_a_refusal_is_not_kept(desk: Desk) -> None:
    (draft,) = desk.propose("SO-1")
    path, key = f"/shipments/{draft['id']}/ship", {"Idempotency-Key": "k-2"}
    desk.order("SO-2", ("LAMP", 90, 1))
    raw = json.dumps({"lines": [LINE | {"qty": "11"}]}).encode()
    assert desk.by.call("POST", path, raw, headers=key).status == 409
    assert (
        desk.by.call("POST", path, json.dumps({"lines": [LINE]}).encode(), headers={"Idempotency-Key": "k-3"}).status
        == 200
    )


@pytest.mark.parametrize("key", ["k" * 300, "😀", "", "a\tb"])
def test_a13_keys_that_are_none(desk: Desk, key: str) -> None:
    assert sent(desk, "/orders", json.dumps(GOOD["/orders"]).encode(), **{"Idempotency-Key": key})[0] == 400


def test_a15_a_stale_version_is_refused_with_the_current_one(desk: Desk) -> None:
    told = desk.by.get("/orders/SO-1")
    etag = told.headers["ETag"]
    assert etag == f'"{told.body["version"]}"'
    desk.amend("SO-1", {"line": 1, "qty": "9"})
    before = desk.snapshot()
    stale = desk.by.post("/orders/SO-1/close", {}, {"If-Match": etag})
    assert stale.problem() == (409, "stale")
    assert desk.snapshot() == before
    now = desk.by.get("/orders/SO-1").headers["ETag"]
    assert (now != etag and now in json.dumps(stale.body) + json.dumps(stale.headers)) or now.strip('"') in json.dumps(
        stale.body
    )
    assert desk.by.post("/orders/SO-1/close", {}, {"If-Match": now}).status == 200


@pytest.mark.parametrize(
    "path",
    [
        "/orders/NONE/confirm",
        "/orders/999999/close",
        "/shipments/999999/ship",
        "/shipments/NONE/cancel",
        "/invoices/NONE/post",
        "/invoices/999999/credit",
        "/payments/NONE/allocate",
        "/payments/999999/refund",
        "/receipts/NONE/receive",
        "/orders/SO-1/exceptions/999999",
        "/orders/%2e%2e%2fSO-1/confirm",
        "/orders/%00/confirm",
        "/orders/%252e/confirm",
    ],
)
def test_a16_a17_what_is_not_there(desk: Desk, path: str) -> None:
    body: Any = {}
    if path.endswith("credit"):
        body = {"lines": [{"line": 1, "qty": "1"}]}
    elif path.endswith("allocate"):
        body = [{"invoice": "INV-1", "amount": "1"}]
    elif path.endswith("refund"):
        body = {"amount": "1"}
    elif "exceptions" in path:
        body = {"choice": "ignore"}
    assert sent(desk, path, json.dumps(body).encode())[0] in (400, 404)


@pytest.mark.parametrize(
    ("path", "change"),
    [
        ("/orders", {"customer": "NOBODY"}),
        ("/orders", {"lines": [{"sku": "NOTHING", "qty": "1", "price": "1"}]}),
        ("/orders", {"ship_to": "nowhere"}),
        ("/orders", {"lines": []}),
        ("/orders", {"invoice_policy": "perhaps"}),
        ("/orders", {"date": "2026-02-31"}),
        ("/orders", {"date": "0000-00-00"}),
        ("/orders", {"discount": "1.0001"}),
        ("/orders", {"number": "a b"}),
        ("/orders", {"number": "x" * 41}),
        ("/receipts", {"lines": [{"sku": "NOTHING", "qty": "1", "unit_cost": "1"}]}),
        ("/receipts", {"lines": []}),
        ("/shipments", {"orders": ["NONE"]}),
        ("/shipments", {"lines": [{"order": "NONE", "line": 1, "qty": "1"}]}),
        ("/shipments", {"lines": [{"order": "SO-1", "line": 2, "qty": "1"}]}),
        ("/invoices", {"lines": [{"order": "SO-1", "line": 9, "qty": "1"}]}),
        ("/returns", {"lines": [{"order": "SO-1", "line": 9, "qty": "1"}]}),
        ("/payments", {"customer": "NOBODY"}),
        ("/payments", {"deposit_for": "NONE"}),
        ("/payments", {"allocations": [{"invoice": "NONE", "amount": "1"}]}),
        ("/reservations", {"line": 2}),
    ],
    ids=lambda value: json.dumps(value) if isinstance(value, dict) else value,
)
def test_unknown_things_in_a_body_are_named(desk: Desk, path: str, change: dict[str, Any]) -> None:
    body = {
        name: value for name, value in GOOD[path].items() if not ({"orders", "lines"} & set(change) and name == "lines")
    }
    problem = desk.refuses("", desk.post, path, body | change, status=422)
    assert problem["errors"][0]["path"]


def test_doubled_things_are_refused(desk: Desk) -> None:
    desk.refuses("number_taken", desk.product, "LAMP")
    desk.refuses("", desk.customer)
    desk.receive(("LAMP", 1, 1), number="R-1")
    desk.refuses("number_taken", desk.receive, ("LAMP", 1, 1), number="R-1")


def test_a21_five_thousand_ids_in_one_call(desk: Desk) -> None:
    for path in ("/shipments", "/invoices"):
        raw = json.dumps({"orders": [str(n) for n in range(10**6, 10**6 + 5_000)]}).encode()
        assert sent(desk, path, raw)[0] == 422


@pytest.mark.parametrize(
    ("person", "path"),
    [
        ("bo", "/orders"),
        ("bo", "/invoices"),
        ("bo", "/payments"),
        ("anna", "/shipments"),
        ("anna", "/receipts"),
        ("anna", "/payments"),
        ("chen", "/orders"),
        ("chen", "/shipments"),
        ("chen", "/receipts"),
        ("gus", "/orders"),
        ("gus", "/products"),
    ],
)
def test_who_has_no_right_is_refused(desk: Desk, person: str, path: str) -> None:
    other = by(person, desk)
    before = desk.snapshot()
    with pytest.raises(No) as no:
        other.post(path, GOOD[path])
    assert no.value.status == 403
    assert desk.snapshot() == before


def test_who_may_not_see_cost_gets_no_field_of_it(desk: Desk) -> None:
    desk.send(("SO-1", 1, 2))
    bo = by("bo", desk)
    told = json.dumps([bo.see("SO-1"), bo.get("/products/LAMP"), bo.get("/shipments")])
    for name in ("unit_cost", "realised", "planned", "margin", "standard_cost", '"value"', '"cost"'):
        assert f'"{name.strip(chr(34))}"' not in told, name
    told = bo.get("/stats/profit", by="product", **{"from": "2026-09-01", "to": "2026-09-16"})
    assert not {"cost", "profit", "margin"} & (set(told["total"]) | set(told["rows"][0]))


def test_an_order_is_reached_by_id_and_by_number(desk: Desk) -> None:
    told = desk.see("SO-1")
    assert desk.see(told["id"]) == told
    (draft,) = desk.propose(told["id"])
    done = desk.ship(draft["id"])
    assert done["number"]
    assert done["id"] == draft["id"]
    assert desk.get(f"/shipments/{done['number']}") == desk.get(f"/shipments/{done['id']}")
    assert D(done["lines"][0]["qty"]) == 10
