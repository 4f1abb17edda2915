"""The flow of an order through the API: E1 as systems tell it, balanced at every inner node (domain.md §2, E1)."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from typing import Any

import pytest

from ordertrail.api.tests.calling import program
from ordertrail.api.tests.company import e1

pytestmark = pytest.mark.django_db
D = Decimal


def amounts(flow: dict[str, Any]) -> list[tuple[str, str, str, str]]:
    """Each edge by the kinds and numbers of its ends, its quantity and amount."""
    names = {node["id"]: f"{node['kind']} {node['number'] or ''}".strip() for node in flow["nodes"]}
    return sorted((names[one["from"]], names[one["to"]], one["qty"], one["amount"]) for one in flow["edges"])


def unbalanced(flow: dict[str, Any]) -> list[str]:
    """The inner nodes that take in another amount than they give away."""
    sums: dict[str, list[Decimal]] = defaultdict(lambda: [D(0), D(0)])
    for edge in flow["edges"]:
        sums[edge["to"]][0] += D(edge["amount"])
        sums[edge["from"]][1] += D(edge["amount"])
    kinds = {node["id"]: node["kind"] for node in flow["nodes"]}
    inner = ("shipment_line", "invoice_line", "receipt", "work_order")
    return [name for name, (came, went) in sums.items() if kinds[name] in inner and came != went]


def test_order_a_of_e1_flows_to_the_cent() -> None:
    e1()
    answer = program("dana").get("/orders/SO-A/flow")
    assert answer.status == 200
    assert amounts(answer.body) == [
        ("invoice_line INV-1", "payment BANK-1", "0", "452.00"),
        ("invoice_line INV-2", "open", "0", "130.00"),
        ("invoice_line INV-2", "payment BANK-1", "0", "96.00"),
        ("order_line SO-A/1", "open", "4", "452.00"),
        ("order_line SO-A/1", "shipment_line SH-1", "6", "678.00"),
        ("shipment_line SH-1", "invoice_line INV-1", "4", "452.00"),
        ("shipment_line SH-1", "invoice_line INV-2", "2", "226.00"),
    ]
    assert unbalanced(answer.body) == []
    assert answer.body == program("dana").get("/orders/SO-A/flow", {"whole": "0"}).body


def test_the_whole_of_the_documents_holds_the_other_order_too() -> None:
    e1()
    flow = program("dana").get("/orders/SO-A/flow", {"whole": "1"}).body
    assert ("shipment_line SH-1", "invoice_line INV-1", "5", "452.00") in amounts(flow)
    assert unbalanced(flow) == []
    paid = [
        D(one["amount"]) for one in flow["edges"] if one["to"].startswith("payment:") and not one["to"].endswith("open")
    ]
    assert sum(paid) == 1000


def test_who_sees_their_own_orders_only_is_not_shown_the_others_on_a_paper() -> None:
    e1()
    anna = program("anna", own_customers_only=True)
    assert anna.get("/orders/SO-A/flow").status == 200
    assert anna.get("/orders/SO-A/flow", {"whole": "1"}).problem() == (403, "not_allowed")
    assert anna.get("/orders/SO-B/flow").status == 404
    assert anna.get("/orders/SO-A/flow", {"whole": "2"}).problem() == (422, "wrong_value")
