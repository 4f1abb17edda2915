"""Lists: filters, sorts, pages and totals, as on the pages."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client

from ordertrail.api.tests.calling import Program, program
from ordertrail.api.tests.company import ORDER_A, e1
from ordertrail.findings.tests.company import e19, say
from ordertrail.orders.models import OrderStatus

pytestmark = pytest.mark.django_db


@pytest.fixture
def dana(db: None) -> Program:
    return program("dana")


def numbers(who: Program, path: str = "/orders", **query: Any) -> list[str]:
    answer = who.get(path, query)
    assert answer.status == 200, answer.body
    return [one["number"] for one in answer.body["items"]]


def test_orders_are_narrowed_as_on_their_page(dana: Program) -> None:
    e1()
    assert numbers(dana) == ["SO-A", "SO-B"]
    assert numbers(dana, customer="C7") == numbers(dana, customer="远帆") == ["SO-A", "SO-B"]
    assert numbers(dana, customer="C8") == []
    assert numbers(dana, state="done") == ["SO-B"]
    assert numbers(dana, state=["done", "confirmed"]) == ["SO-A", "SO-B"]
    assert numbers(dana, source="oms") == ["SO-A", "SO-B"]
    assert numbers(dana, source="erp") == []
    assert numbers(dana, **{"from": "2026-09-02"}) == ["SO-B"]
    assert numbers(dana, to="2026-09-01") == ["SO-A"]
    assert numbers(dana, late="1") == ["SO-A"]
    assert numbers(dana, payment="partially") == ["SO-A"]
    assert numbers(dana, sort="-ordered") == ["SO-A", "SO-B"]
    assert numbers(dana, sort="ordered") == ["SO-B", "SO-A"]


def test_a_row_of_the_list_says_what_the_order_says(dana: Program) -> None:
    e1()
    for row in dana.get("/orders").body["items"]:
        whole = dana.get(f"/orders/{row['id']}").body
        assert row["amounts"].items() <= whole["amounts"].items()
        assert {name: whole[name] for name in row if name != "amounts"} == {
            k: v for k, v in row.items() if k != "amounts"
        }


@pytest.mark.parametrize(
    "sort", ["promised_date", "-promised_date", "number", "-ordered", "customer_name", "-open_receivable"]
)
def test_pages_follow_each_other_without_gap_or_double(dana: Program, sort: str) -> None:
    by = e1()
    more = [
        replace(
            ORDER_A,
            ref=f"x{n}",
            number=f"SO-X{n}",
            promised_date=date(2026, 9, 1) + timedelta(n % 3) if n % 4 else None,
        )
        for n in range(9)
    ]
    say(by["oms"], *more)
    query = {"sort": sort, "limit": "4"}
    first = dana.get("/orders", query).body
    assert (first["total"], len(first["items"])) == (OrderStatus.objects.count(), 4)
    found, page = [one["id"] for one in first["items"]], first
    while page["next"]:
        page = dana.get("/orders", {**query, "cursor": page["next"]}).body
        assert page["total"] is None
        found += [one["id"] for one in page["items"]]
    assert len(found) == len(set(found)) == 11
    assert found == [one["id"] for one in dana.get("/orders", {"sort": sort, "limit": "200"}).body["items"]]


def test_papers_are_listed_by_customer_state_source_and_day(dana: Program) -> None:
    e1()
    assert numbers(dana, "/invoices") == ["INV-2", "INV-1"]
    assert numbers(dana, "/invoices", sort="date") == ["INV-1", "INV-2"]
    assert numbers(dana, "/invoices", customer="C7", state="posted", source="erp", to="2026-09-11") == ["INV-1"]
    assert numbers(dana, "/invoices", state="draft") == []
    assert numbers(dana, "/shipments", customer="远帆") == ["SH-1"]
    assert numbers(dana, "/payments", source="bank") == ["BANK-1"]
    assert numbers(dana, "/payments", q="BANK") == ["BANK-1"]
    assert numbers(dana, "/payments", **{"from": "2026-09-16"}) == []
    assert [one["code"] for one in dana.get("/customers", {"q": "远"}).body["items"]] == ["C7"]
    assert [one["sku"] for one in dana.get("/products", {"q": "LAM"}).body["items"]] == ["LAMP"]
    assert dana.get("/invoices", {"limit": "1"}).body["total"] == 2


def test_a_bare_figure_of_an_order_is_no_shipment_of_the_list(dana: Program) -> None:
    e19()
    assert numbers(dana, "/shipments") == ["SH-2609-0029"]


@pytest.mark.parametrize("path", ["/orders", "/findings", "/shipments"])
@pytest.mark.parametrize("wanted", ["csv", "xlsx"])
def test_files_are_of_the_pages_and_the_refusal_says_where(
    dana: Program, client: Client, path: str, wanted: str
) -> None:
    e1()
    refused = dana.get(path, {"format": wanted})
    assert refused.problem() == (422, "unknown_parameter")
    addresses = re.findall(r"/\w+/\?format=csv", refused.body["detail"])
    assert addresses == ["/orders/?format=csv", "/findings/?format=csv"]
    client.force_login(dana.person_or_fail())
    for address in addresses:
        assert client.get(address).headers["Content-Type"] == "text/csv; charset=utf-8"
