"""Chen bills at the pages: E1's two invoices to the cent, amounts and advances, credit and counter-documents, refusals."""

from __future__ import annotations

from typing import Any

import pytest

from ordertrail.billing.models import Invoice
from ordertrail.desk.tests.shop import Shop
from ordertrail.parties.models import Person
from ordertrail.shipping.models import Shipment
from ordertrail.till.tests.sending import Sender, form_of, rows, text_of
from ordertrail.till.tests.test_shipping import line
from ordertrail.web.tests.people import person


@pytest.fixture
def chen(shop: Shop) -> Sender:
    return Sender("chen")


def sold(shop: Shop) -> tuple[int, int]:
    """E1 until both have gone out: A 6 of 10 at 100, B 5 at 80."""
    a, b = shop.order("A", ("LAMP", 10, 100)), shop.order("B", ("LAMP", 5, 80))
    shop.send((a, 1, 6), (b, 1, 5))
    return a, b


def kept(invoice: str) -> Any:
    return Invoice.objects.get(pk=invoice.split("~")[1].strip("/"))


def test_e1_is_billed_in_two_invoices_of_904_and_226(shop: Shop, chen: Sender) -> None:
    a, b = sold(shop)
    out = Shipment.objects.get()
    assert f"/invoices/new/?orders=~{a}&amp;orders=~{b}" in chen.get(f"/shipments/~{out.pk}/").replace("%7E", "~")
    page = text_of(chen.get("/invoices/new/?orders=A&orders=B"))
    assert "Currency CNY Prices include tax no" in page
    assert "One draft for each key" not in page
    assert "A 600.00 78.00 678.00 B 400.00 52.00 452.00 As the invoice 1,000.00 130.00 1,130.00" in page
    draft = chen.send("/invoices/new/?orders=A&orders=B")
    assert (kept(draft).total, kept(draft).state) == (1130, "draft")
    chen.send(f"{draft}lines/", {"qty-1": "4"})
    page = text_of(chen.get(f"{draft}post/"))
    assert "A 400.00 52.00 452.00 B 400.00 52.00 452.00 As the invoice 800.00 104.00 904.00" in page
    assert "Post 904.00" in page
    chen.send(f"{draft}post/", due_date="2026-10-16")
    first = kept(draft)
    assert (first.state, first.total, str(first.due_date)) == ("posted", 904, "2026-10-16")
    assert f"Invoice {first.number} is posted." in text_of(chen.get(draft))
    second = chen.send("/invoices/new/?orders=A&orders=B")
    chen.send(f"{second}post/")
    assert (kept(second).total, kept(second).net, kept(second).tax) == (226, 200, 26)
    stand: list[Any] = [shop.status(a), shop.status(b)]
    assert [(one.invoiced, one.not_invoiced) for one in stand] == [(678, 452), (452, 0)]
    page = text_of(chen.get("/invoices/new/?orders=A&orders=B"))
    assert "Nothing of these orders can be billed by quantity now" in page
    assert "Not shipped yet billed as shipped; shipped 6 of 10" in page


def test_what_is_typed_is_counted_before_anything_is_made(shop: Shop, chen: Sender) -> None:
    a, _b = sold(shop)
    typed = form_of(chen.get("/invoices/new/?orders=A&orders=B")) | {"preview": "1", f"qty-{line(a)}": "4"}
    before = rows()
    answer = chen.client.post("/invoices/new/", typed, headers={"HX-Request": "true"})
    assert "A 400.00 52.00 452.00 B 400.00 52.00 452.00" in text_of(f"<main>{answer.content.decode()}")
    answer = chen.client.post("/invoices/new/", typed | {f"qty-{line(a)}": "9"}, headers={"HX-Request": "true"})
    assert "Line A/1 has 6 left to invoice; 9 was asked for." in text_of(f"<main>{answer.content.decode()}")
    assert rows() == before
    chen.refused("/invoices/new/?orders=A&orders=B", "has 6 left to invoice; 9 was asked for", {f"qty-{line(a)}": "9"})


def test_two_currencies_make_two_invoices_and_the_field_is_named(shop: Shop, chen: Sender) -> None:
    sold(shop)
    u = shop.order("U", ("LAMP", 1, 50), currency="USD")
    shop.send((u, 1, 1))
    page = text_of(chen.get("/invoices/new/?orders=A&orders=U"))
    assert "the currency differs USD ≠ CNY An invoice of its own" in page
    assert "One draft for each key" in page
    both = text_of(chen.get(chen.send("/invoices/new/?orders=A&orders=U", every="1")))
    assert "Draft invoices made: 2." in both
    assert both.count("To the draft") == 2
    assert [f"{one.currency} {one.total:.2f}" for one in Invoice.objects.order_by("currency")] == [
        "CNY 678.00",
        "USD 56.50",
    ]
    dollars = Invoice.objects.get(currency="USD")
    chen.send(f"/invoices/~{dollars.pk}/post/", rate="7.1")
    dollars.refresh_from_db()
    assert (dollars.state, f"{dollars.rate:.2f}") == ("posted", "7.10")


def test_an_amount_and_an_advance_that_blocks_shipping(shop: Shop, chen: Sender) -> None:
    shop.order("C", ("LAMP", 1, 100))
    page = chen.get("/invoices/new/?orders=C")
    assert "What may be billed now · 0.00 In advance · 113.00" in text_of(page)
    form = {"orders": "C", "once": "page-one", "amount": "11.30", "kind": "advance", "blocks": "on"}
    draft = chen.post("/invoices/new/", form)
    assert (kept(draft).type, kept(draft).blocks_shipping, str(kept(draft).total)) == ("advance", True, "11.3000")
    assert chen.post("/invoices/new/", form) == draft
    answer = chen.post("/invoices/new/", form | {"once": "page-two", "amount": "120"}, 422)
    assert "Order C has 101.7 CNY left to invoice; 120.00 CNY was asked for." in text_of(answer)
    assert 'value="120"' in answer
    assert Invoice.objects.count() == 1


def test_credited_in_part_and_taken_back_whole(shop: Shop, chen: Sender) -> None:
    a, _b = sold(shop)
    draft = chen.send("/invoices/new/?orders=A")
    chen.send(f"{draft}post/")
    chen.refused(f"{draft}credit/", "7", {"qty-1": "7"})
    note = chen.send(f"{draft}credit/", {"qty-1": "1"})
    assert (kept(note).type, kept(note).total) == ("credit_note", -113)
    assert shop.status(a).invoiced == 565
    assert "Credited 113.00 CNY Open 565.00 CNY" in text_of(chen.get(draft))
    other = chen.send("/invoices/new/?orders=B")
    chen.send(f"{other}post/")
    counter = chen.send(f"{other}cancel/")
    assert (kept(counter).total, kept(counter).type) == (-452, "credit_note")
    gone = chen.send("/invoices/new/?orders=A")
    chen.send(f"{gone}cancel/")
    assert kept(gone).state == "cancelled"
    chen.refused(f"{gone}post/", "is cancelled")


def test_who_sees_only_her_own_orders_does_nothing_to_others(shop: Shop, chen: Sender) -> None:
    sold(shop)
    draft = chen.send("/invoices/new/?orders=A&orders=B")
    mei = person("root")
    Person.objects.filter(pk=mei.pk).update(own_customers_only=True)
    other = Sender(Person.objects.get(pk=mei.pk))
    before = rows()
    for page in (f"{draft}post/", f"{draft}lines/", f"{draft}cancel/"):
        other.get(page, 404)
        assert other.client.post(page, {"qty-1": "1"}).status_code == 404
    assert "No order waits to be invoiced" in text_of(other.get("/invoices/new/?orders=A&orders=B"))
    assert "Customers who owe" not in text_of(other.get("/payments/new/"))
    assert "is called “C1”" in text_of(other.get("/payments/new/?customer=C1", 422))
    assert rows() == before


def test_who_may_not_bill_is_told_so(shop: Shop, chen: Sender) -> None:
    sold(shop)
    draft = chen.send("/invoices/new/?orders=A")
    before = rows()
    for who in (shop.bo, shop.anna):
        other = Sender(who)
        assert "bill customers" in text_of(other.get("/invoices/new/?orders=A", 403))
        assert other.client.post(f"{draft}post/", {}).status_code == 403
        assert f"{draft}post/" not in other.get(draft)
    assert f"{draft}post/" in Sender("dana").get(draft)
    assert rows() == before
