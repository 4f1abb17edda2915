"""Who may call what, who sees which rows, and who sees cost (T-39, T-40, T-41): every call with every role."""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from typing import Any

import pytest
from django.http import HttpRequest

from ordertrail.api.door import Anyone, Closed, Token
from ordertrail.api.openapi import operations
from ordertrail.api.problems import Problem
from ordertrail.api.tests.calling import BASE, Program, program
from ordertrail.api.tests.company import COST, SHIPMENT, e1
from ordertrail.config.api import api
from ordertrail.findings.follow import follow
from ordertrail.findings.models import Finding
from ordertrail.findings.tests.company import e19, say
from ordertrail.sync.worker import ask
from ordertrail.web.rights import RIGHTS, ROLES, may

pytestmark = pytest.mark.django_db
CANARIES = (
    str(COST).encode(),
    b"unit_cost",
    b'planned"',
    b"realised",
    b"profit",
    b"margin",
    b'"cost"',
    b'"value":null}',
)


def addresses() -> dict[str, str]:
    """Every call that reads, with an address that is there."""
    orders = dict.fromkeys(("/orders/{n}", "/orders/{n}/sources", "/orders/{n}/timeline"), "SO-A")
    papers = {
        "/customers/{n}": "C7", **dict.fromkeys(("/products/{n}", "/products/{n}/atp", "/products/{n}/daily"), "LAMP"),
        "/receipts/{n}": "GR-2026-00001", "/shipments/{n}": "SH-1", "/returns/{n}": "RT-1", "/invoices/{n}": "INV-1",
        "/payments/{n}": "PAY-1",
    }  # fmt: skip
    finding = Finding.objects.order_by("pk").values_list("pk", flat=True)[0]
    rows = {"/jobs/{id}": str(ask("sync", source="oms").pk), "/findings/{id}": str(finding)}
    found = {}
    for one in operations(api):
        if one.methods == ["GET"]:
            name = {**orders, **papers, **rows}.get(one.path, "")
            found[one.path] = one.path.replace("{n}", name).replace("{id}", name)
    return found


def test_every_call_has_one_door_that_names_its_right() -> None:
    for one in operations(api):
        [door] = one.auth_callbacks
        if one.path == "/health":
            assert isinstance(door, Anyone)
        else:
            assert isinstance(door, Token), one.path
            assert door.right in RIGHTS


def test_a_call_that_declares_nothing_is_shut() -> None:
    with pytest.raises(Problem) as refused:
        Closed()(HttpRequest())
    assert (refused.value.status, refused.value.code) == (403, "not_declared")


BY = {"/stats/delivery": {"by": "month"}, "/stats/profit": {"by": "product"}}
"""What some calls must be asked."""


@pytest.fixture
def places(db: None) -> dict[str, str]:
    say(e1()["wms"], replace(SHIPMENT, ref="R1", number="RT-1", direction="in"))
    follow()
    line = {"sku": "LAMP", "qty": "1", "unit_cost": str(COST)}
    assert program().post("/receipts", {"date": "2026-09-16", "lines": [line]}).status == 201
    return addresses()


def rights() -> dict[str, str]:
    """The right that reading needs, by path."""
    return {one.path: getattr(one.auth_callbacks[0], "right", "") for one in operations(api) if one.methods == ["GET"]}


def test_each_role_gets_what_its_rights_say_and_nothing_else(places: dict[str, str]) -> None:
    needed = rights()
    assert len(places) >= 17
    for role, (call, path) in product(ROLES, places.items()):
        who = program(f"a-{role}", role)
        answer = who.get(path, BY.get(call))
        if call == "/health" or (may(who.person, "use_api") and may(who.person, needed[call])):
            assert answer.status in (200, 409 if call == "/stats/delivery" else 200), (role, path, answer.body)
        else:
            assert answer.problem() == (403, "not_allowed"), (role, path)


def test_nobody_gets_anything_without_a_token(places: dict[str, str]) -> None:
    for call, path in places.items():
        if call != "/health":
            answer = Program("").get(path)
            assert (answer.problem(), answer.headers["WWW-Authenticate"]) == (
                (401, "no_valid_token"),
                'Bearer realm="ordertrail"',
            )


def test_no_byte_of_cost_reaches_a_role_that_does_not_see_it(places: dict[str, str]) -> None:
    seen: dict[str, bool] = {}
    for role, (call, path) in product(ROLES, places.items()):
        who = program(f"a-{role}", role)
        raw = who.get(path, BY.get(call) if call == "/stats/profit" else None).raw
        hits = [canary for canary in CANARIES if canary in raw]
        if not may(who.person, "see_cost"):
            assert hits == [], (role, path)
        seen[call] = seen.get(call, False) or bool(hits)
    assert {call for call, hit in seen.items() if hit} == {
        "/orders/{n}", "/products/{n}", "/products/{n}/daily", "/receipts/{n}", "/returns/{n}", "/shipments/{n}",
        "/stats/profit",
    }  # fmt: skip


@pytest.mark.parametrize("path", ["/orders", "/products", "/invoices", "/findings"])
@pytest.mark.parametrize("query", [{"sort": "margin"}, {"sort": "-unit_cost"}, {"margin": "0.2"}, {"profit": "1"}])
def test_nobody_finds_cost_by_sorting_or_filtering(db: None, path: str, query: dict[str, str]) -> None:
    assert program("bo").get(path, query).problem() == (403, "not_allowed")
    code = "unknown_sort" if "sort" in query else "unknown_parameter"
    assert program("dana").get(path, query).problem() == (
        422,
        code,
    )  # who sees cost is told that the list has no such order


def test_anna_who_sees_her_own_customers_only_sees_nothing_of_eves(db: None) -> None:
    e1()
    anna = program("anna", own_customers_only=True)
    assert [one["number"] for one in anna.get("/orders").body["items"]] == ["SO-A"]
    assert anna.get("/orders").body["total"] == 1
    dana = program("dana")
    eves = dana.get("/orders/SO-B").body["id"]
    for path in (
        "/orders/SO-B",
        f"/orders/{eves}",
        f"/orders/~{eves}",
        f"/orders/{eves}/sources",
        "/orders/SO-B/timeline",
    ):
        assert anna.get(path).problem() == (404, "unknown_document")
    hidden = dana.get("/orders/SO-B").raw
    shipment, invoice, payment = (anna.get(path) for path in ("/shipments/SH-1", "/invoices/INV-1", "/payments/PAY-1"))
    assert [line["qty"] for line in shipment.body["lines"]] == ["6"]
    assert [share["gross"] for share in invoice.body["shares"]] == ["452.00"]
    assert [len(one["shares"]) for one in payment.body["allocations"]] == [1, 1]
    for answer in (shipment, invoice, payment, anna.get("/findings"), anna.get("/customers/C7")):
        assert f'"order":"{eves}"'.encode() not in answer.raw
        assert b"SO-B" not in answer.raw
    assert b"SO-B" in hidden
    assert anna.get("/customers/C7").body["exposure"] == "582.00"


def test_what_is_not_there_and_what_is_not_hers_look_alike(db: None) -> None:
    e1()
    anna = program("anna", own_customers_only=True)
    eves, none = anna.get("/orders/SO-B").body, anna.get("/orders/SO-Z").body
    assert {**eves, "detail": ""} == {**none, "detail": ""}
    assert eves["detail"].replace("SO-B", "SO-Z") == none["detail"]


def test_a_finding_of_somebody_elses_order_cannot_be_taken(db: None) -> None:
    e19()
    follow()
    anna = program("anna", own_customers_only=True)
    pk = Finding.objects.order_by("pk").values_list("pk", flat=True)[0]
    assert anna.get("/findings").body["items"] == []
    assert anna.get(f"/findings/{pk}").problem() == (404, "unknown_document")
    assert anna.post(f"/findings/{pk}/take").problem() == (404, "unknown_document")


def change(who: Program, **fields: Any) -> None:
    assert who.person is not None
    for name, value in fields.items():
        setattr(who.person, name, value)
    who.person.save()


def test_a_role_that_is_taken_away_is_gone_with_the_next_call(db: None) -> None:
    e1()
    dana = program("dana")
    assert "planned" in dana.get("/orders/SO-A").body
    change(dana, role="sales")
    assert "planned" not in dana.get("/orders/SO-A").body
    change(dana, role="guest")
    assert dana.get("/orders/SO-A").problem() == (403, "not_allowed")
    change(dana, role="manager", is_active=False)
    assert dana.get("/orders/SO-A").problem() == (401, "no_valid_token")


def test_a_browser_session_opens_no_call(db: None, client: Any) -> None:
    dana = program("dana")
    client.force_login(dana.person)
    assert client.get(f"{BASE}/orders").status_code == 401
