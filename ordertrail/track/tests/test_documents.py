"""Pages of single documents, of customers and products, and of what one source says: whose lines, shares to the cent, links."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from django.utils import translation

from ordertrail.orders.models import Order
from ordertrail.parties.models import Customer, Person
from ordertrail.records.models import Link, SourceDocument
from ordertrail.records.shapes import (
    AllocationRecord,
    InvoiceLineRecord,
    InvoiceRecord,
    OrderLineRecord,
    OrderRecord,
    PaymentRecord,
    ShipmentLineRecord,
    ShipmentRecord,
)
from ordertrail.track.tests.order_company import ORDER_X, A, B, Company, X, at, e1, e19, order_id
from ordertrail.web.tests.people import person

if TYPE_CHECKING:
    from django.test import Client

D = Decimal
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    """Sentences are compared in English."""
    with translation.override("en"):
        yield


@pytest.fixture
def company(db: None) -> Company:
    return Company()


@pytest.fixture
def chen(client: Client, db: None) -> Person:
    who = person("chen")
    client.force_login(who)
    return who


def page(client: Client, path: str) -> Any:
    """What the page at ``path`` is made of."""
    answer = client.get(path)
    assert (path, answer.status_code) == (path, 200)
    return answer.context["page"]


def test_an_invoice_of_two_orders_shows_each_orders_share_to_the_cent(
    company: Company, chen: Person, client: Client
) -> None:
    e1(company)
    told = page(client, "/invoices/INV-2609-0018/")
    assert [(row.order.number, row.place, row.line.qty, row.line.gross) for row in told.rows] == [
        (A, 1, D(4), D(452)),
        (B, 1, D(5), D(452)),
    ]
    assert [(s.order.number, s.amount, s.paid, s.open) for s in told.shares] == [
        (A, D(452), D(452), D(0)),
        (B, D(452), D(452), D(0)),
    ]
    second = page(client, "/invoices/INV-2609-0019/")
    assert [(s.order.number, s.amount, s.paid, s.open) for s in second.shares] == [(A, D(226), D(96), D(130))]
    assert [(p.number, p.amount) for p in second.payments] == [("BANK-102", D(96))]
    facts = {str(fact.words): fact.value for fact in second.facts}
    assert (facts["Total incl. tax"], facts["Paid"], facts["Open"]) == (D(226), D(96), D(130))


def test_e2_a_part_payment_of_a_merged_invoice_falls_to_both_orders_alike(
    company: Company, chen: Person, client: Client
) -> None:
    e1(company)
    merged = (InvoiceLineRecord("1", A, sku="HL-BL24", qty=D(4), net=D(400)),
              InvoiceLineRecord("2", B, sku="HL-BL24", qty=D(5), net=D(400)))  # fmt: skip
    company.say(
        "erp", at(15), InvoiceRecord("E2", "INV-E2", invoice_date=date(2026, 9, 15), currency="CNY", lines=merged)
    )
    company.say("bank", at(16), PaymentRecord("E2", "PAY-E2", D(500), paid_at=at(16), currency="CNY",
                                              allocations=(AllocationRecord(D(500), "INV-E2"),)))  # fmt: skip
    told = page(client, "/payments/PAY-E2/")
    assert [(s.order.number, s.invoice.number, s.amount, s.counts) for s in told.shares] == [
        (A, "INV-E2", D(250), True),
        (B, "INV-E2", D(250), True),
    ]
    assert [(row.invoice.number, row.line.amount) for row in told.rows] == [("INV-E2", D(500))]
    assert [(str(f.words), f.value) for f in told.facts if str(f.words) == "Customer"] == [("Customer", "Sailfar")]
    assert "amount × the order's open part" in client.get("/payments/PAY-E2/").content.decode().replace("&#x27;", "'")


def test_a_shipment_shows_whose_lines_went_with_it(company: Company, chen: Person, client: Client) -> None:
    e1(company)
    told = page(client, "/shipments/SH-2609-0021/")
    assert [(row.order.number, row.place, row.line.qty, row.line.counts) for row in told.rows] == [
        (A, 1, D(6), True),
        (B, 1, D(5), True),
    ]


def test_products_customers_and_quantities_lead_on(company: Company, chen: Person, client: Client) -> None:
    e19(company)
    invoice = page(client, "/invoices/INV-2609-0024/")
    assert [(row.name, row.product, row.unit) for row in invoice.rows] == [("航行信号灯", "/products/HL-NL02/", "pcs")]
    assert [(s.order.customer, s.order.customer_href) for s in invoice.shares] == [("启明船厂", "/customers/C-007/")]
    for path, customer, unit in [
        ("/invoices/INV-2609-0024/", "启明船厂", {}),
        ("/shipments/SH-2609-0029/", "启明船厂", {"Quantity in all": (D(6), "pcs")}),
        ("/work-orders/WO-2609-0044/", "", {"Planned quantity": (D(10), "pcs"), "Still to finish": (D(2), "pcs")}),
        ("/opportunities/OPP-2608-031/", "启明船厂", {}),
    ]:
        facts = {str(fact.words): fact for fact in page(client, path).facts}
        assert {name: (facts[name].value, facts[name].unit) for name in unit} == unit
        if customer:
            assert (facts["Customer"].value, facts["Customer"].href) == (customer, "/customers/C-007/")
    sku = {str(fact.words): fact for fact in page(client, "/work-orders/WO-2609-0044/").facts}["SKU"]
    assert (sku.value, sku.href) == ("HL-NL02", "/products/HL-NL02/")
    shown = client.get("/shipments/SH-2609-0029/").content.decode()
    assert '<span class="num">6</span><span class="unit"> pcs</span>' in shown


def test_a_line_without_an_order_finds_its_product_by_its_sku(company: Company, chen: Person, client: Client) -> None:
    e19(company)
    lines = (InvoiceLineRecord("1", "SO-NOWHERE", sku="hl nl02", qty=D(1), net=D(10)),
             InvoiceLineRecord("2", "SO-NOWHERE", sku="ROPE", qty=D(1), net=D(10)))  # fmt: skip
    company.say("erp", at(15), InvoiceRecord("I1", "INV-LOST", currency="CNY", lines=lines))
    told = page(client, "/invoices/INV-LOST/")
    assert [(row.name, row.product, row.unit) for row in told.rows] == [
        ("航行信号灯", "/products/HL-NL02/", "pcs"), ("ROPE", "", "")
    ]  # fmt: skip


def test_quantities_of_several_units_are_not_added_up(company: Company, chen: Person, client: Client) -> None:
    lamp, cable = OrderLineRecord("1", "LAMP", D(2), unit="件"), OrderLineRecord("2", "CABLE", D(30), unit="m")
    company.say("oms", at(1), OrderRecord("9", "SO-9", customer_name="Sailfar", currency="CNY", lines=(lamp, cable)))
    went = (ShipmentLineRecord("1", "LAMP", D(2), "SO-9"), ShipmentLineRecord("2", "CABLE", D(30), "SO-9"))
    company.say("wms", at(2), ShipmentRecord("S9", "SH-9", shipped_at=at(2), lines=went),
                ShipmentRecord("S8", "SH-8", shipped_at=at(2), lines=went[1:]))  # fmt: skip
    told = {number: page(client, f"/shipments/{number}/") for number in ("SH-9", "SH-8")}
    assert [(row.line.qty, row.unit) for row in told["SH-9"].rows] == [(D(2), "pcs"), (D(30), "m")]
    whole = {number: [f.value for f in one.facts if str(f.words) == "Quantity in all"] for number, one in told.items()}
    assert whole == {"SH-9": [], "SH-8": [D(30)]}


@pytest.mark.parametrize("path", ["/work-orders/WO-2609-0044/", "/opportunities/OPP-2608-031/"])
def test_work_orders_and_opportunities_lead_to_their_order(
    company: Company, chen: Person, client: Client, path: str
) -> None:
    e19(company)
    facts = {str(fact.words): fact for fact in page(client, path).facts}
    assert (facts["Order"].value, facts["Order"].href) == (X, f"/orders/{X}/")


def test_a_line_that_names_an_unknown_order_says_so(company: Company, chen: Person, client: Client) -> None:
    lines = (InvoiceLineRecord("1", "SO-NOWHERE", sku="LAMP", qty=D(1), net=D(10)),)
    company.say(
        "erp", at(1), InvoiceRecord("I1", "INV-LOST", invoice_date=date(2026, 9, 1), currency="CNY", lines=lines)
    )
    told = page(client, "/invoices/INV-LOST/")
    assert [(row.order, row.unknown) for row in told.rows] == [(None, "SONOWHERE")]
    assert "no such order here" in client.get("/invoices/INV-LOST/").content.decode()


def test_a_customer_is_one_with_a_name_in_every_system(company: Company, chen: Person, client: Client) -> None:
    e19(company)
    company.check()
    told = page(client, "/customers/C-007/")
    assert [(name.paper.source.name, name.name) for name in told.names] == [
        ("OMS", "启明船厂"),
        ("ERP", "启明船厂有限公司"),
    ]
    assert sorted(bond.words for name in told.names for bond in name.paper.bonds) == [
        "bears the name of OMS C-007",
        "bears the tax number of OMS C-007",
    ]
    assert [(str(q.words), q.count) for q in told.queues if q.count] == [
        ("All open", 1), ("To ship", 1), ("To collect", 1), ("With findings", 1), ("All orders", 1)
    ]  # fmt: skip
    (sums,) = told.sums
    assert (sums.ordered, sums.to_ship, sums.not_invoiced, sums.open_receivable) == (D(1356), D("542.4"), D(0), D(1356))
    assert len(told.problems) == 3
    for queue in told.queues:
        assert (queue.href, client.get(queue.href).status_code) == (queue.href, 200)


def test_a_product_shows_who_waits_for_it_and_what_went_out(company: Company, chen: Person, client: Client) -> None:
    e19(company)
    told = page(client, "/products/HL-NL02/")
    assert [(line.number, line.ordered, line.shipped, line.to_ship) for line in told.lines] == [(X, D(10), D(6), D(4))]
    assert (told.line_count, told.to_ship) == (1, D(4))
    assert [(month.first, month.qty) for month in told.months if month.qty] == [(date(2026, 9, 1), D(6))]
    assert (len(told.months), told.months[0].first) == (12, date(2025, 10, 1))


def test_a_source_document_shows_every_version_and_what_changed(company: Company, chen: Person, client: Client) -> None:
    e19(company)
    told = page(client, f"/documents/{order_id(X)}/")
    assert [(v.sequence, v.current, [(c.name, c.before, c.after) for c in v.changes]) for v in told.versions] == [
        (2, True, [("shipped", None, "all")]),
        (1, False, []),
    ]
    assert [(str(words), value) for words, value in told.facts.own if str(words) == "Customer's number"] == [
        ("Customer's number", "QM-26-1193")
    ]
    assert [ref for ref, _ in told.facts.lines] == ["1"]


def test_a_version_that_comes_late_is_shown_as_never_in_force(company: Company, chen: Person, client: Client) -> None:
    e19(company)
    company.say("oms", at(3), ORDER_X)  # older than what was told on the 14th
    told = page(client, f"/documents/{order_id(X)}/")
    assert [(v.sequence, v.current, v.late) for v in told.versions] == [
        (3, False, True),
        (2, True, False),
        (1, False, False),
    ]


def test_chen_joins_two_orders_and_parts_them_again(company: Company, chen: Person, client: Client) -> None:
    e19(company)
    company.say("crm", at(5), OrderRecord("c1", "CRM-ORDER-9", currency="CNY"))
    x = order_id(X)
    before = list(Order.objects.order_by("pk").values())
    crm = SourceDocument.objects.get(number="CRM-ORDER-9")
    answer = client.post(f"/documents/{crm.pk}/link/", {"other": "so2609-0027"}, follow=True)
    assert f"CRM-ORDER-9 and {X} are one now." in answer.content.decode()
    assert SourceDocument.objects.get(pk=crm.pk).group == x
    assert page(client, f"/orders/~{crm.pk}/").order.pk == x
    link = Link.objects.get(rule="")
    things = page(client, f"/orders/{X}/").things
    assert "Chen joined it with OMS SO-2609-0027" in [b.words for t in things for p in t.papers for b in p.bonds]
    client.post(f"/documents/{crm.pk}/unlink/", {"link": link.pk})
    assert list(Order.objects.order_by("pk").values()) == before
    assert Order.objects.filter(number="CRM-ORDER-9").exists()


def test_bo_of_the_store_may_not_join_and_what_nobody_has_cannot_be_joined(
    company: Company, chen: Person, client: Client
) -> None:
    e19(company)
    x = order_id(X)
    refused = client.post(f"/documents/{x}/link/", {"other": "SO-NOWHERE"}, follow=True)
    assert "No other document of this kind bears SO-NOWHERE" in refused.content.decode()
    client.force_login(person("bo"))
    assert client.post(f"/documents/{x}/link/", {"other": X}).status_code == 403
    assert client.post(f"/documents/{x}/unlink/", {"link": 1}).status_code == 403
    assert "They are one" not in client.get(f"/documents/{x}/").content.decode()


def test_what_is_not_there_answers_404(company: Company, chen: Person, client: Client) -> None:
    e19(company)
    paths = [
        "/documents/999999/",
        "/customers/nobody/",
        "/products/none/",
        "/shipments/SH-0/",
        "/invoices/~1/",
        "/payments/x/",
    ]
    paths += ["/projects/P-0/", "/work-orders/W-0/", "/opportunities/O-0/"]
    assert [client.get(path).status_code for path in paths] == [404] * len(paths)
    assert Customer.objects.count() == 1
