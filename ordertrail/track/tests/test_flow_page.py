"""The flow page: E1 to the cent, E19 which does not balance, whatever else may happen to a company, and who sees what of it."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from decimal import Decimal
from io import StringIO
from typing import TYPE_CHECKING

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from ordertrail.orders.models import OrderStatus
from ordertrail.parties.models import Person
from ordertrail.track.flow_net import net
from ordertrail.track.flow_page import FlowPage, flow_page
from ordertrail.track.flow_shares import ALL, OF_INVOICE, OF_PAYMENT
from ordertrail.track.flow_words import name
from ordertrail.track.tests.order_company import SHIPS_FOUR, A, B, Company, X, at, e1, e19, order_id
from ordertrail.track.tests.test_order import grown
from ordertrail.web.tests.people import person

if TYPE_CHECKING:
    from django.test import Client

D = Decimal
pytestmark = pytest.mark.django_db
SHIPMENT, FIRST, SECOND, MONEY = "SH-2609-0021", "INV-2609-0018", "INV-2609-0019", "BANK-102"


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    """Sentences are compared in English."""
    with translation.override("en"):
        yield


@pytest.fixture
def company(db: None) -> Company:
    company = Company()
    e19(company)
    e1(company)
    return company


@pytest.fixture
def chen(client: Client) -> Person:
    """Chen bills, and is logged in."""
    who = person("chen")
    client.force_login(who)
    return who


def page_of(number: str, who: Person, **asked: str) -> FlowPage:
    return flow_page("order", order_id(number), asked, who)


def told(page: FlowPage) -> list[tuple[str, str, str, Decimal, Decimal]]:
    """Each strand: its order line, its two ends, quantity and amount."""
    return [(one.line, name(one.source), name(one.target), one.qty, one.amount) for one in page.net.strands]


def test_e1_flows_to_the_last_cent(company: Company, chen: Person) -> None:
    page = page_of(A, chen)
    assert told(page) == [
        (f"{A}/1", f"{A}/1", SHIPMENT, D(6), D(678)),
        (f"{A}/1", f"{A}/1", "Not shipped", D(4), D(452)),
        (f"{B}/1", f"{B}/1", SHIPMENT, D(5), D(452)),
        (f"{A}/1", SHIPMENT, FIRST, D(4), D(452)),
        (f"{A}/1", SHIPMENT, SECOND, D(2), D(226)),
        (f"{B}/1", SHIPMENT, FIRST, D(5), D(452)),
        (f"{A}/1", FIRST, MONEY, D(0), D(452)),
        (f"{A}/1", SECOND, MONEY, D(0), D(96)),
        (f"{A}/1", SECOND, "Not paid", D(0), D(130)),
        (f"{B}/1", FIRST, MONEY, D(0), D(452)),
    ]
    assert page.check == ("1,000.00 paid = 904.00 + 96.00", "open 130.00", "not invoiced 452.00", "to ship 4 pcs")
    assert (page.balances, page.said, page.whole, page.others, page.hidden) == (True, (), True, 1, 0)


def test_e1_this_orders_own_part(company: Company, chen: Person) -> None:
    page = page_of(A, chen, whole="0")
    assert page.check == ("548.00 paid = 452.00 + 96.00", "open 130.00", "not invoiced 452.00", "to ship 4 pcs")
    assert page_of(B, chen, whole="0").check == ("452.00 paid = 452.00",)


def test_e19_does_not_balance_and_says_by_how_much(company: Company, chen: Person, client: Client) -> None:
    company.check()
    page = page_of(X, chen)
    assert told(page) == [
        (f"{X}/1", f"{X}/1", "WO-2609-0044", D(6), D("813.6")),
        (f"{X}/1", f"{X}/1", "Not shipped", D(4), D("542.4")),
        (f"{X}/1", "WO-2609-0044", "SH-2609-0029", D(6), D("813.6")),
        (f"{X}/1", "SH-2609-0029", "INV-2609-0024", D(6), D("813.6")),
        (f"{X}/1", "Not shipped", "INV-2609-0024", D(4), D("542.4")),
        (f"{X}/1", "INV-2609-0024", "Not paid", D(0), D(1356)),
    ]
    assert [(one.text, one.wrong) for one in page.said] == [
        ("It does not balance by 542.40: INV-2609-0024 bills 4 pcs · 542.40 that no shipment stands behind.", True)
    ]
    html = client.get(f"/orders/{X}/flow/").content.decode()
    assert "does not balance" in html
    company.say("wms", at(16, 9, 12), SHIPS_FOUR)
    after = page_of(X, chen)
    assert (after.balances, after.said) == (True, ())
    assert after.check == ("open 1,356.00",)


@pytest.mark.parametrize(
    ("path", "strands"),
    [
        ("shipments/SH-2609-0021", 10),
        ("invoices/INV-2609-0018", 10),
        ("invoices/INV-2609-0019", 7),
        ("payments/BANK-102", 10),
    ],
)
def test_every_document_on_the_way_has_its_flow(
    company: Company, chen: Person, client: Client, path: str, strands: int
) -> None:
    answer = client.get(f"/{path}/flow/?whole=0")
    page: FlowPage = answer.context["page"]
    assert (len(page.net.strands), [box.number for box in page.net.boxes if box.here]) == (strands, [page.number])
    whole = client.get(f"/{path}/flow/?whole=1").context["page"]
    assert (len(whole.net.strands), whole.check[0]) == (10, "1,000.00 paid = 904.00 + 96.00")
    assert 'href="flow/"' in client.get(f"/{path}/").content.decode()


def test_the_shares_and_their_rules(company: Company, chen: Person) -> None:
    assert [(one.number, one.invoice, one.order.number, one.amount, one.of, str(one.rule)) for one in page_of(A, chen).shares] == [
        (FIRST, "", A, D(452), D(904), str(OF_INVOICE)),
        (FIRST, "", B, D(452), D(904), str(OF_INVOICE)),
        (SECOND, "", A, D(226), D(226), str(ALL)),
        (MONEY, FIRST, A, D(452), D(904), str(OF_PAYMENT)),
        (MONEY, FIRST, B, D(452), D(904), str(OF_PAYMENT)),
        (MONEY, SECOND, A, D(96), D(96), str(ALL)),
    ]  # fmt: skip


def test_the_same_as_a_file(company: Company, chen: Person, client: Client) -> None:
    answer = client.get(f"/orders/{A}/flow/?format=csv")
    rows = list(csv.reader(StringIO(b"".join(answer.streaming_content).decode("utf-8-sig"))))  # type: ignore[attr-defined]
    assert rows[0] == [
        "Order line", "From", "Kind", "To", "Kind", "Quantity", "Unit", "Amount incl. tax", "Currency", "Rule",
    ]  # fmt: skip
    assert len(rows) == 11
    assert rows[5] == [
        f"{A}/1", SHIPMENT, "Shipment", SECOND, "Invoice", "2", "pcs", "226.00", "CNY", "billed, counted in the order of shipping",
    ]  # fmt: skip
    sheet = client.get(f"/orders/{A}/flow/?format=xlsx")
    assert b"".join(sheet.streaming_content)[:2] == b"PK"  # type: ignore[attr-defined]
    told = client.get(f"/orders/{A}/flow/?format=json").json()
    assert [(one["qty"], one["amount"]) for one in told["edges"]][:2] == [("6", "678.00"), ("4", "452.00")]
    assert {node["kind"] for node in told["nodes"]} == {"order_line", "shipment", "invoice", "payment", "open"}


def test_bo_may_look_and_not_export_and_the_guest_may_nothing(company: Company, client: Client) -> None:
    client.force_login(person("bo"))
    assert client.get(f"/orders/{A}/flow/").status_code == 200
    assert client.get(f"/orders/{A}/flow/?format=csv").status_code == 403
    client.force_login(person("gus"))
    assert client.get(f"/orders/{A}/flow/").status_code == 403
    assert client.get("/payments/BANK-102/flow/").status_code == 403


def test_anna_sees_her_own_part_and_that_there_is_more(company: Company, client: Client) -> None:
    anna = person("anna")
    Person.objects.filter(pk=anna.pk).update(own_customers_only=True)
    client.force_login(anna)
    answer = client.get("/payments/BANK-102/flow/?whole=1")
    page: FlowPage = answer.context["page"]
    assert page.check == ("548.00 paid = 452.00 + 96.00", "open 130.00", "not invoiced 452.00", "to ship 4 pcs")
    assert (page.hidden, page.all_seen) == (1, False)
    html = answer.content.decode()
    assert B not in html
    assert "1 more orders on these documents are not yours to see" in html
    assert client.get(f"/orders/{B}/flow/").status_code == 404


def test_a_large_net_is_drawn_by_documents_and_stays_exact(company: Company, chen: Person, client: Client) -> None:
    number = grown(company, 30, 3)
    page = page_of(number, chen)
    assert page.net.grouped
    by_line = net([order_id(number)], ("order", order_id(number)), grouped=False)
    assert len(by_line.strands) > len(page.net.strands)
    for end in (page.net, by_line):
        assert sum(one.amount for one in end.strands if one.target.kind == "invoice") == page_invoiced(number)
    assert "lines of documents are shown as whole documents" in client.get(f"/orders/{number}/flow/").content.decode()


def page_invoiced(number: str) -> Decimal:
    return OrderStatus.objects.get(number=number).invoiced


def test_the_flow_is_read_by_a_fixed_number_of_queries(company: Company, chen: Person, client: Client) -> None:
    counts = []
    for number in (grown(company, 1, 1), grown(company, 12, 9)):
        client.get(f"/orders/{number}/flow/")
        with CaptureQueriesContext(connection) as queries:
            assert client.get(f"/orders/{number}/flow/").status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1] < 50
