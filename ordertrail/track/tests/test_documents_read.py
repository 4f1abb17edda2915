"""Pages of documents as people read them: money with its cents, rates in percent, figures right, names and words, not codes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from django.utils import translation

from ordertrail.parties.models import Customer, Person
from ordertrail.records.models import Link, SourceDocument
from ordertrail.records.shapes import (
    CustomerRecord,
    InvoiceLineRecord,
    InvoiceRecord,
    OpportunityRecord,
    OrderRecord,
    ProductRecord,
    Same,
)
from ordertrail.track import fresh
from ordertrail.track.customer import customer_page
from ordertrail.track.tests.order_company import A, Company, X, at, e1, e19
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
def chen(client: Client, db: None) -> Person:
    who = person("chen")
    client.force_login(who)
    return who


@pytest.fixture
def company(db: None) -> Company:
    return Company()


def test_every_page_with_figures_says_as_of_when_and_how_much_is_covered(
    company: Company, chen: Person, client: Client
) -> None:
    e1(company)
    company.say("oms", at(1), CustomerRecord("c1", "C1", "Sailfar"))
    company.say("oms", at(1), ProductRecord("p1", "HL-BL24", "Bollard light"))
    told = fresh.as_of()
    assert told is not None
    for path in (
        "/customers/C1/", "/products/HL-BL24/", "/shipments/SH-2609-0021/", "/invoices/INV-2609-0018/", "/payments/PAY-2609-0007/",
    ):  # fmt: skip
        shown = client.get(path).content.decode()
        head = shown[shown.index('<div class="acts">') : shown.index("data-print")]
        assert 'class="asof' in head, path
        assert f"{told.fresh}/{told.total} src" in head, path


def test_what_a_source_says_has_cents_percents_and_figures_to_the_right(
    company: Company, chen: Person, client: Client
) -> None:
    e19(company)
    paper = SourceDocument.objects.get(kind="invoice", number="INV-2609-0024")
    facts = client.get(f"/documents/{paper.pk}/").context["page"].facts
    own = {str(words): str(value) for words, value in facts.own}
    assert own["Total incl. tax"] == "1,356.00"
    heads = [str(words) for words, _figures in facts.columns]
    line = dict(zip(heads, facts.lines[0][1], strict=True))
    assert [line["Net amount"], line["Tax rate"], line["Quantity"]] == [("1,200.00", True), ("13%", True), ("10", True)]
    assert line["SKU"][1] is False


def test_a_payment_on_an_invoice_is_not_said_to_have_no_order(company: Company, chen: Person, client: Client) -> None:
    e1(company)
    paper = SourceDocument.objects.filter(kind="payment").first()
    assert paper is not None
    text = client.get(f"/documents/{paper.pk}/", follow=True).content.decode()
    text = client.get(f"/payments/~{paper.group}/").content.decode()
    assert "those of the invoice" in text
    assert "no order" not in text


def test_an_invoice_with_a_bare_code_is_for_the_customer_of_its_orders(
    company: Company, chen: Person, client: Client
) -> None:
    e1(company)
    lines = (InvoiceLineRecord("1", A, sku="HL-BL24", qty=D(1), net=D(100)),)
    company.say(
        "erp",
        at(16),
        InvoiceRecord("N1", "INV-N1", customer="C0001", invoice_date=date(2026, 9, 16), currency="CNY", lines=lines),
    )
    facts = {str(fact.words): fact.value for fact in client.get("/invoices/INV-N1/").context["page"].facts}
    shown = client.get(f"/orders/{A}/").context["page"].order.customer_name
    assert shown
    assert facts["Customer"] == shown


@pytest.mark.parametrize(("language", "words"), [("en", "Won"), ("zh-hans", "赢单"), ("zh-hant", "成交")])
def test_an_opportunitys_stage_is_a_word(
    company: Company, chen: Person, client: Client, language: str, words: str
) -> None:
    Person.objects.filter(pk=chen.pk).update(language=language)
    company.say("crm", at(1), OpportunityRecord("9", "OPP-9", title="Lamps", stage="won", value=D(100), currency="CNY"))
    text = client.get("/opportunities/OPP-9/").content.decode()
    assert words in text
    assert ">won<" not in text


def test_a_customers_finished_orders_begin_with_the_newest(company: Company, chen: Person) -> None:
    company.say("oms", at(1), CustomerRecord("77", "77", name="Lamp shop"))
    for number, state, day in (
        ("SO-1", "closed", 1),
        ("SO-2", "confirmed", 2),
        ("SO-3", "closed", 3),
        ("SO-4", "cancelled", 4),
    ):
        company.say(
            "oms",
            at(day),
            OrderRecord(number, number, customer="77", customer_name="Lamp shop", state=state,
                        order_date=date(2026, 9, day), promised_date=date(2026, 9, 10 + day), currency="CNY"),
        )  # fmt: skip
    shop = Customer.objects.get(name="Lamp shop")
    shown = [status.number for status, _href in customer_page(shop, chen).orders]
    assert shown == ["SO-2", "SO-4", "SO-3", "SO-1"]


def test_changing_a_password_offers_no_way_that_is_shut(chen: Person, client: Client) -> None:
    text = client.get("/account/password/change/").content.decode()
    assert "/account/password/reset/" not in text


def test_a_customer_nobody_could_match_is_joined_by_two_clicks_and_parted_again(
    company: Company, chen: Person, client: Client
) -> None:
    """The bank knows a payer whom nobody else knows, and what it paid is an order's of a customer: the finding leads there."""
    e19(company)
    company.say("crm", at(5), CustomerRecord("acc-1", "acc-1", name="Mr Zhou, pier 4"))
    company.say(
        "crm",
        at(5),
        OrderRecord("con-1", "HT-1", same_as=(Same(X, "oms"),), customer="acc-1", order_date=date(2026, 9, 5)),
    )
    company.check()
    (way,) = [
        way.href
        for one in client.get(f"/orders/{X}/").context["page"].problems
        for way in one.ways
        if way.remedy.code == "link_customers"
    ]
    assert way.endswith(f"?order={X}#link")
    text = client.get(way.partition("#")[0]).content.decode()
    assert f"The customer of {X}" in text
    shipyard = Customer.objects.get(name="启明船厂")
    assert f'value="~{shipyard.pk}" checked' in text
    client.post(way.partition("?")[0] + "link/", {"other": f"~{shipyard.pk}"})
    paper = SourceDocument.objects.get(kind="customer", number="acc-1")
    assert paper.group == shipyard.pk
    link = Link.objects.get(rule="")
    client.post(f"/documents/{paper.pk}/unlink/", {"link": link.pk})
    assert SourceDocument.objects.get(pk=paper.pk).group == paper.pk
