"""The OpenAPI document: whole, valid in itself, and what it promises is what comes (each answer of each test is held against it)."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from ordertrail.api.openapi import operations
from ordertrail.api.tests.schema import document, wrong
from ordertrail.config.api import api

pytestmark = pytest.mark.django_db


def test_it_is_served_to_anyone_and_speaks_english(db: None) -> None:
    response = Client().get("/api/v1/openapi.json", headers={"Accept-Language": "zh-hans"})
    assert (response.status_code, response.headers["Content-Type"]) == (200, "application/json")
    told = response.json()
    assert (told["openapi"], told["info"]["title"]) == ("3.1.0", "Ordertrail")
    assert "Customer" in {one["description"] for one in told["paths"]["/api/v1/orders"]["get"]["parameters"]}


def test_every_call_of_this_issue_is_there() -> None:
    assert {
        "/adjustments", "/customers", "/customers/{n}", "/findings", "/findings/{id}", "/findings/{id}/{remedy}", "/health",
        "/invoices", "/invoices/{n}", "/invoices/{n}/post", "/invoices/{n}/cancel", "/invoices/{n}/credit", "/jobs/{id}", "/orders",
        "/orders/{n}", "/orders/{n}/sources", "/orders/{n}/timeline", "/payments", "/payments/{n}/allocate",
        "/payments/{n}/unallocate", "/payments/{n}/refund",
        "/payments/{n}", "/products", "/products/{n}", "/products/{n}/atp", "/products/{n}/daily", "/receipts", "/receipts/{n}",
        "/receipts/{n}/receive", "/reservations", "/reservations/{n}", "/shipments", "/shipments/{n}", "/stats/delivery",
        "/stats/profit", "/orders/{n}/quote", "/orders/{n}/confirm", "/orders/{n}/cancel", "/orders/{n}/close", "/orders/{n}/reopen",
        "/orders/{n}/amend", "/orders/{n}/exceptions/{id}", "/returns", "/returns/{n}", "/shipments/{n}/ship", "/shipments/{n}/cancel",
        "/shipments/{n}/packages", "/shipments/{n}/pick", "/shipments/{n}/pick/complete",
    } <= {path.removeprefix("/api/v1") for path in document()["paths"]}  # fmt: skip


def test_every_call_says_what_it_is_what_it_needs_and_how_it_refuses() -> None:
    names = [one.view_func.__name__ for one in operations(api)]
    assert len(set(names)) == len(names)
    for path, verbs in document()["paths"].items():
        for told in verbs.values():
            assert told["description"], path
            if path != "/api/v1/health":
                assert "Needs the right `" in told["description"]
                assert told["security"] == [{"Token": []}]
                refusals = {status: answer["content"] for status, answer in told["responses"].items() if status >= 400}
                assert {401, 403, 422, 429} <= set(refusals)
                assert {media for content in refusals.values() for media in content} == {"application/problem+json"}
            names = [one["name"] for one in told["parameters"]]
            assert len(names) == len(set(names)), path
    assert document()["components"]["securitySchemes"] == {"Token": {"type": "http", "scheme": "bearer"}}


def references(told: Any) -> set[str]:
    if isinstance(told, dict):
        own = {str(told["$ref"])} if "$ref" in told else set()
        return own.union(*(references(inner) for inner in told.values()))
    return set().union(*(references(inner) for inner in told)) if isinstance(told, list) else set()


def test_nothing_is_pointed_at_that_is_not_there() -> None:
    schemas = {f"#/components/schemas/{name}" for name in document()["components"]["schemas"]}
    assert references(document()) <= schemas


@pytest.mark.parametrize(
    ("got", "broken"),
    [
        ({"status": "ok", "version": "1"}, []),
        ({"status": "ok"}, ["answer lacks version"]),
        ({"status": 1, "version": "1"}, ["answer.status is 1, not string"]),
        ({"status": "ok", "version": "1", "more": 1}, ["answer has more, which is not promised"]),
    ],
)
def test_the_validator_sees_what_is_wrong(got: dict[str, Any], broken: list[str]) -> None:
    assert list(wrong(got, {"$ref": "#/components/schemas/Health"}, "answer")) == broken
