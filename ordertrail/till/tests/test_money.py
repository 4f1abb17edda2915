"""Chen takes money at the pages: the rule is shown before it is kept, a choice is heeded, money is set, taken back and paid out."""

from __future__ import annotations

from typing import Any

import pytest

from ordertrail.billing.models import Invoice, Payment
from ordertrail.desk.tests.shop import Shop
from ordertrail.till.tests.sending import Sender, form_of, rows, text_of
from ordertrail.till.tests.test_billing import kept, sold

NEW = "/payments/new/?customer=C1"


@pytest.fixture
def chen(shop: Shop) -> Sender:
    return Sender("chen")


def billed(shop: Shop, chen: Sender) -> tuple[int, int, Any, Any]:
    """E1 until both invoices are posted: 904.00 (A 452, B 452) and 226.00 (A)."""
    a, b = sold(shop)
    first = chen.send("/invoices/new/?orders=A&orders=B")
    chen.send(f"{first}lines/", {"qty-1": "4"})
    chen.send(f"{first}post/", due_date="2026-10-01")
    second = chen.send("/invoices/new/?orders=A&orders=B")
    chen.send(f"{second}post/", due_date="2026-10-16")
    return a, b, kept(first), kept(second)


def paid(address: str) -> Any:
    return Payment.objects.get(pk=address.split("~")[1].strip("/"))


def shown(chen: Sender, **typed: str) -> str:
    """What the page shows while one types."""
    form = form_of(chen.get(NEW)) | typed | {"preview": "1"}
    answer = chen.client.post("/payments/new/", form, headers={"HX-Request": "true"})
    assert answer.status_code == 200
    return text_of(f"<main>{answer.content.decode()}")


def test_e1_is_paid_by_the_rule_and_each_order_has_its_part(shop: Shop, chen: Sender) -> None:
    a, b, first, _second = billed(shop, chen)
    before = rows()
    assert "/payments/new/?customer=C1" in chen.get(f"/invoices/~{first.pk}/")
    page = shown(chen, amount="1,000")
    assert f"{first.number} 10-01 周四" not in page
    assert "904.00 904.00 0.00 A 452.00 · B 452.00" in page
    assert "226.00 96.00 130.00 A 96.00" in page
    assert "By order CNY A 548.00 B 452.00" in page
    assert rows() == before
    made = paid(chen.send(NEW, amount="1,000"))
    stand: list[Any] = [shop.status(a), shop.status(b)]
    assert [(one.paid, one.open_receivable, one.not_invoiced) for one in stand] == [(548, 130, 452), (452, 0, 0)]
    assert (made.amount, made.state) == (1000, "done")
    assert "B 452.00" not in shown(chen, amount="130")
    assert "/payments/new/?customer=C1" not in chen.get(f"/invoices/~{first.pk}/")


def test_chosen_amounts_go_before_the_rule_and_the_rest_is_kept_or_written_off(shop: Shop, chen: Sender) -> None:
    a, _b, first, second = billed(shop, chen)
    assert f'id="on-{second.pk}"' not in chen.get(NEW)
    form = form_of(chen.get(NEW)) | {"amount": "910", "how": "chosen"}
    answer = chen.client.post("/payments/new/", form | {"preview": "1"}, headers={"HX-Request": "true"})
    assert f'name="on-{first.pk}" value="904"' in answer.content.decode()
    assert f'name="on-{second.pk}" value="6"' in answer.content.decode()
    assert "Look first at what it settles" in text_of(chen.post("/payments/new/", form, 422))
    page = shown(chen, amount="226", how="chosen", **{f"on-{second.pk}": "226"})
    assert "226.00 0.00 A 226.00" in page
    chen.send(NEW, {f"on-{second.pk}": "220"}, amount="220", how="chosen", difference="write_off")
    status: Any = shop.status(a)
    assert (status.paid, status.written_off, status.open_receivable) == (220, 6, 452)
    page = text_of(chen.get(f"/invoices/~{second.pk}/"))
    assert "Paid 220.00 CNY Written off 6.00 CNY Open 0.00 CNY" in page
    over = chen.send(NEW, amount="1000")
    page = text_of(chen.get(f"{over}refund/"))
    assert "left 96.00 CNY" in page
    chen.refused(f"{over}refund/", "96", amount="97")
    chen.send(f"{over}refund/", amount="96")
    assert Payment.objects.get(refunds=paid(over).pk).amount == -96
    assert f"{over}allocate/" not in chen.get(over)
    assert first.total == 904


def test_more_than_is_open_is_refused_and_what_was_typed_is_kept(shop: Shop, chen: Sender) -> None:
    _a, _b, first, _second = billed(shop, chen)
    typed = form_of(chen.get(NEW)) | {"amount": "2000", "how": "chosen", f"on-{first.pk}": "1500"}
    before = rows()
    page = chen.post("/payments/new/", typed, 422)
    assert f"{first.number} has 904.00 CNY open; 1500.00 CNY was asked for." in text_of(page)
    assert (form_of(page)["amount"], form_of(page)[f"on-{first.pk}"]) == ("2000", "1500")
    assert rows() == before
    chen.refused(NEW, "is still to come", amount="1", date="2026-12-24")
    chen.refused(NEW, "XXQ is no currency", amount="1", currency="xxq")
    assert "No customer, or more than one, is called “C9”" in text_of(chen.get("/payments/new/?customer=C9", 422))


def test_nothing_for_now_then_set_and_taken_back(shop: Shop, chen: Sender) -> None:
    a, _b, first, _second = billed(shop, chen)
    money = chen.send(NEW, amount="500", how="none")
    assert "left 500.00 CNY" in text_of(chen.get(f"{money}allocate/"))
    chen.refused(f"{money}allocate/", "Nothing is chosen")
    chen.send(f"{money}allocate/", {f"on-{first.pk}": "500"})
    assert shop.status(a).paid == 250
    assert "Allocated Take back" in text_of(chen.get(f"{money}unallocate/"))
    chen.send(f"{money}unallocate/", {f"on-{first.pk}": "100"})
    assert shop.status(a).paid == 200
    assert "left 100.00 CNY" in text_of(chen.get(f"{money}allocate/"))
    page = text_of(chen.get(money))
    assert "Set against invoices and orders 400.00 CNY Not set against anything 100.00 CNY" in page


def test_a_deposit_waits_for_its_order(shop: Shop, chen: Sender) -> None:
    d = shop.order("D", ("LAMP", 1, 100))
    money = chen.send(NEW, amount="50", deposit_for=f"~{d}")
    assert (paid(money).deposit_for, str(shop.status(d).deposit)) == (d, "50.0000")
    shop.send((d, 1, 1))
    assert "Deposits tied to these orders are taken when it is posted: 50.00" in text_of(
        chen.get("/invoices/new/?orders=D")
    )
    draft = chen.send("/invoices/new/?orders=D")
    chen.send(f"{draft}post/")
    assert shop.status(d).paid == 50
    assert Invoice.objects.get().total == 113


def test_who_may_not_take_money_is_told_so(shop: Shop, chen: Sender) -> None:
    billed(shop, chen)
    money = chen.send(NEW, amount="100")
    before = rows()
    for who in (shop.anna, shop.bo):
        other = Sender(who)
        assert "write down payments" in text_of(other.get(NEW, 403))
        assert other.client.post(f"{money}refund/", {"amount": "1"}).status_code == 403
        assert f"{money}refund/" not in other.get(money)
    assert "远帆船舶" in text_of(Sender("dana").get("/payments/new/"))
    assert rows() == before
