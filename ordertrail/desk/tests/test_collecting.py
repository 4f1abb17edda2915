"""Payments of customers typed here: allocated, tied, written off, taken back, refunded, in other currencies (domain.md §1.10, §2)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from ordertrail.desk.tests.shop import refused
from ordertrail.desk.tests.till import Doc, Till, figures, payment
from ordertrail.records.shapes import CustomerRecord

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
D = Decimal


def bill(till: Till, number: str, qty: object, **more: Any) -> Doc:
    """An invoice of ``qty`` × 100 without tax, of an order of its own."""
    return till.billed(till.sold(number, qty), **more)


def opens(till: Till, *invoices: Doc) -> list[str]:
    return [till.invoice(one["id"])["open"] for one in invoices]


def balance(till: Till) -> list[str]:
    told = till.customer()
    return [told["receivable"], told["credit"], told["deposits"]["floating"], told["exposure"]]


def test_e1_one_payment_over_two_invoices_and_what_each_order_has_paid(till: Till) -> None:
    till.shop.receive(20, 60)
    a, b = till.shop.order("SO-A", ("LAMP", 10, 100)), till.shop.order("SO-B", ("LAMP", 5, 80))
    till.shop.send((a, 1, 6), (b, 1, 5))
    draft = till.draft(a, b)
    till.lower(draft["id"], 1, 4)
    one, two = till.book(draft), till.billed(a)
    paid = till.pay(1000)
    assert figures(paid, "number", "amount", "allocated", "unallocated", "customer") == [
        "PAY-2026-00001",
        "1000.00",
        "1000.00",
        "0.00",
        "C1",
    ]
    assert paid["allocations"] == [
        {"invoice": one["id"], "amount": "904.00",
         "shares": [{"order": str(a), "amount": "452.00"}, {"order": str(b), "amount": "452.00"}]},
        {"invoice": two["id"], "amount": "96.00", "shares": [{"order": str(a), "amount": "96.00"}]},
    ]  # fmt: skip
    assert opens(till, one, two) == ["0.00", "130.00"]
    status = till.status(a)
    assert (status.invoiced, status.paid, status.open_receivable, status.not_invoiced, status.payment) == (
        D(678), D(548), D(130), D(452), "partially",
    )  # fmt: skip
    assert (till.status(b).paid, till.status(b).status) == (D(452), "done")
    assert balance(till) == ["130.00", "0.00", "0.00", "582.00"]


def test_e2_a_part_payment_is_divided_by_each_orders_own_part(till: Till) -> None:
    a, b = till.sold("SO-A", 4, sku="LAMP"), till.sold("SO-B", 5, 80, sku="LAMP")
    both = till.billed(a, b)
    till.pay(500)
    assert (till.paid(a, b), opens(till, both)) == ([D(250), D(250)], ["404.00"])
    assert [till.status(order).payment for order in (a, b)] == ["partially", "partially"]
    c, d = till.sold("SO-C", 1), till.sold("SO-D", 2)
    two = till.billed(c, d)
    till.pay(300, [(two, 300)])
    assert till.paid(c, d) == [D(100), D(200)]


def test_the_last_order_takes_the_cent(till: Till) -> None:
    orders = [till.sold(number, 1) for number in ("SO-1", "SO-2", "SO-3")]
    both = till.billed(*orders)
    till.pay(100)
    assert till.paid(*orders) == [D("33.33"), D("33.33"), D("33.34")]
    till.pay(100, [(both, 100)])
    assert till.paid(*orders) == [D("66.67"), D("66.67"), D("66.66")]
    till.pay(100)
    assert till.paid(*orders) == [D(100), D(100), D(100)]


def test_e12_one_payment_several_documents(till: Till) -> None:
    one, two = bill(till, "SO-1", 10), bill(till, "SO-2", 20)
    till.pay(3000)
    assert opens(till, one, two) == ["0.00", "0.00"]


def test_e12_too_little_is_written_off_by_order(till: Till) -> None:
    one, two = bill(till, "SO-1", 10), bill(till, "SO-2", 20)
    paid = till.pay(2200, [(one, 1000), (two, 1200)], difference="write_off")
    assert figures(paid, "allocated", "unallocated", "written_off") == ["2200.00", "0.00", "0.00"]
    assert figures(till.invoice(two["id"]), "paid", "written_off", "open") == ["1200.00", "800.00", "0.00"]
    till.unallocate(paid, (two, 200))
    assert opens(till, two) == ["200.00"]
    till.unallocate(paid, (two, 1000))
    assert figures(till.invoice(two["id"]), "paid", "written_off", "open") == ["0.00", "800.00", "1200.00"]
    assert figures(till.void(two), "state", "written_off", "open") == ["cancelled", "0.00", "0.00"]


def test_e12_too_much_is_written_off_or_kept(till: Till) -> None:
    one, two = bill(till, "SO-1", 10), bill(till, "SO-2", 20)
    paid = till.pay(3100, [(one, 1000), (two, 2000)], difference="write_off")
    assert figures(paid, "allocated", "unallocated", "written_off") == ["3000.00", "0.00", "100.00"]
    assert balance(till) == ["0.00", "0.00", "0.00", "0.00"]
    three = bill(till, "SO-3", 1)
    kept = till.pay(110)
    assert (figures(kept, "allocated", "unallocated"), opens(till, three)) == (["100.00", "10.00"], ["0.00"])
    assert balance(till) == ["0.00", "10.00", "10.00", "0.00"]


def test_e12_a_credit_note_is_taken_in(till: Till) -> None:
    order = till.sold("SO-0", 16)
    zero = till.billed(order)
    till.pay(1600)
    till.shop.back((order, 1, 16))
    note = till.invoice("CN-2026-00001")
    assert figures(note, "total", "open") == ["-1600.00", "-1600.00"]
    assert balance(till) == ["0.00", "1600.00", "0.00", "0.00"]
    one, two = bill(till, "SO-1", 10), bill(till, "SO-2", 20)
    paid = till.pay(1400)
    assert opens(till, zero, one, two, note) == ["0.00", "0.00", "0.00", "0.00"]
    assert [(part["invoice"], part["amount"]) for part in paid["allocations"]] == [
        (one["id"], "1000.00"), (two["id"], "2000.00"), (note["id"], "-1600.00"),
    ]  # fmt: skip
    assert figures(paid, "allocated", "unallocated") == ["1400.00", "0.00"]
    assert balance(till) == ["0.00", "0.00", "0.00", "0.00"]
    assert (till.status(order).paid, till.status(order).open_receivable) == (0, 0)
    till.refused(
        "over_allocated", "POST", f"/payments/{paid['id']}/unallocate", [{"invoice": note["id"], "amount": "1600"}]
    )
    back = till.unallocate(paid, (two, 2000), (note, 1600))
    assert figures(back, "allocated", "unallocated") == ["1000.00", "400.00"]
    again = till.allocate(paid, (note, 1600), (two, 2000))
    assert figures(again, "allocated", "unallocated") == ["1400.00", "0.00"]


def test_e12_asking_for_more_than_is_left_or_open(till: Till) -> None:
    one, two = bill(till, "SO-1", 10), bill(till, "SO-2", 20)
    paid = till.pay(200, [(one, 100)])
    asked = [{"invoice": two["id"], "amount": "200"}]
    assert "100.00 CNY" in till.refused("over_allocated", "POST", f"/payments/{paid['id']}/allocate", asked)["detail"]
    assert figures(till.allocate(paid, (two, 100)), "allocated", "unallocated") == ["200.00", "0.00"]
    till.refused("over_allocated", "POST", "/payments", payment(5000, [(one, 900.01)]))
    till.refused("over_allocated", "POST", "/payments", payment(5000, [(one, 500), (one, 500)]))
    till.refused("over_allocated", "POST", "/payments", payment(50, [(one, 60)]))


def test_e13_a_floating_deposit_is_never_taken_by_itself(till: Till) -> None:
    deposit = till.pay(100)
    assert balance(till) == ["0.00", "100.00", "100.00", "0.00"]
    one = bill(till, "SO-1", 5)
    assert one["open"] == "500.00"
    till.refused("over_refund", "POST", f"/payments/{deposit['id']}/refund", {"amount": "200"})
    till.allocate(deposit, (one, 100))
    assert opens(till, one) == ["400.00"]
    till.refused("over_refund", "POST", f"/payments/{deposit['id']}/refund", {"amount": "0.01"})


def test_e13_a_tied_deposit_is_for_its_order_alone(till: Till) -> None:
    order, other = till.sold("SO-1", 1), till.sold("SO-2", 1)
    elsewhere = till.billed(other)
    deposit = till.pay(30, deposit_for=str(order))
    assert figures(deposit, "allocated", "unallocated", "deposit_for") == ["0.00", "30.00", str(order)]
    assert till.customer()["deposits"] == {"floating": "0.00", "tied": [{"order": str(order), "amount": "30.00"}]}
    assert (till.customer()["credit"], till.status(order).deposit) == ("0.00", D(30))
    asked = [{"invoice": elsewhere["id"], "amount": "30"}]
    till.refused("deposit_tied", "POST", f"/payments/{deposit['id']}/allocate", asked)
    mine = till.billed(order)
    assert figures(mine, "paid", "open") == ["30.00", "70.00"]
    assert (till.status(order).deposit, till.status(order).paid, till.paid(other)) == (0, D(30), [0])


def test_a_tied_deposit_counts_wholly_for_its_order_on_a_merged_invoice(till: Till) -> None:
    a, b = till.sold("SO-1", 1), till.sold("SO-2", 3)
    both = till.billed(a, b)
    paid = till.pay(150, deposit_for=str(a))
    assert (figures(paid, "allocated", "unallocated"), till.paid(a, b)) == (["100.00", "50.00"], [D(100), 0])
    till.refused("deposit_tied", "POST", f"/payments/{paid['id']}/allocate", [{"invoice": both["id"], "amount": "50"}])
    back = till.refund(paid, 20)
    assert figures(back, "unallocated", "refunded") == ["30.00", "20.00"]
    assert (till.status(a).deposit, till.customer()["deposits"]["floating"]) == (D(30), "0.00")


def test_several_tied_deposits_are_taken_oldest_first(till: Till) -> None:
    order = till.sold("SO-1", 1)
    new = till.pay(70, deposit_for=str(order), date="2026-09-11")
    old = till.pay(70, deposit_for=str(order), date="2026-09-10")
    till.billed(order)
    assert [till.payment(each)["allocated"] for each in (old, new)] == ["70.00", "30.00"]


def test_the_reference_goes_before_the_oldest_due_date(till: Till) -> None:
    one = bill(till, "SO-1", 1, due_date="2026-10-30")
    two = bill(till, "SO-2", 1, due_date="2026-10-15")
    three = bill(till, "SO-3", 1, due_date="2026-11-15")
    till.pay(150, reference=f"货款 {three['number']}，谢谢")
    assert opens(till, one, two, three) == ["100.00", "50.00", "0.00"]


def test_an_amount_for_one_order_of_a_merged_invoice(till: Till) -> None:
    a, b = till.sold("SO-1", 1), till.sold("SO-2", 2)
    both = till.billed(a, b)
    on = [{"invoice": both["id"], "amount": "150", "order": str(b)}]
    till.pay(150, allocations=on)
    assert till.paid(a, b) == [0, D(150)]
    till.refused("over_allocated", "POST", "/payments", payment(60, allocations=[on[0] | {"amount": "50.01"}]))
    c = till.sold("SO-3", 1)
    till.refused("unknown_order", "POST", "/payments", payment(60, allocations=[on[0] | {"order": str(c)}]), status=422)


def test_unallocating_takes_back_the_newest_first(till: Till) -> None:
    a, b = till.sold("SO-1", 1), till.sold("SO-2", 2)
    both = till.billed(a, b)
    paid = till.pay(100, [(both, 30)])
    till.allocate(paid, (both, 60))
    assert till.paid(a, b) == [D(30), D(60)]
    till.unallocate(paid, (both, 20))
    assert till.paid(a, b) == [D("23.33"), D("46.67")]
    back = till.unallocate(paid, (both, 70))
    assert (till.paid(a, b), back["allocations"], back["unallocated"]) == ([0, 0], [], "100.00")
    till.refused(
        "over_allocated", "POST", f"/payments/{paid['id']}/unallocate", [{"invoice": both["id"], "amount": "1"}]
    )
    assert till.status(a).payment == "unpaid"
    assert till.void(both)["state"] == "cancelled"


def test_a_credit_note_is_paid_out(till: Till) -> None:
    order = till.sold("SO-1", 5)
    till.billed(order)
    paid = till.pay(500)
    till.shop.back((order, 1, 5))
    note = till.invoice("CN-2026-00001")
    assert (till.status(order).payment, till.status(order).open_receivable) == ("overpaid", D(-500))
    till.refused(
        "over_refund", "POST", f"/payments/{paid['id']}/refund", {"amount": "500.01", "credit_note": note["id"]}
    )
    back = till.refund(paid, 500, credit_note=note["number"])
    assert figures(back, "amount", "allocated", "refunded", "unallocated") == ["500.00", "500.00", "500.00", "0.00"]
    out = till.payment({"id": back["refunded_by"][0]})
    assert figures(out, "kind", "amount", "allocated", "unallocated", "refunds", "credit_note") == [
        "refund", "-500.00", "-500.00", "0.00", paid["id"], note["id"],
    ]  # fmt: skip
    assert (till.status(order).payment, till.status(order).paid, opens(till, note)) == ("refunded", 0, ["0.00"])
    assert balance(till) == ["0.00", "0.00", "0.00", "0.00"]
    till.refused("not_a_payment", "POST", f"/payments/{out['id']}/refund", {"amount": "1"})


def test_a_settlement_at_another_rate_is_an_exchange_difference(till: Till) -> None:
    order = till.sold("SO-1", 1, currency="USD")
    one = till.billed(order, rate="7.1")
    paid = till.pay(100, currency="USD", rate="7.3")
    assert (paid["exchange_difference"], till.customer()["exchange_difference"], opens(till, one)) == (
        "20.00",
        "20.00",
        ["0.00"],
    )
    assert till.status(order).payment == "paid"
    lost = till.billed(till.sold("SO-2", 1, "33.33", currency="USD"), rate="7.123456")
    half = till.pay("33.33", [(lost, "33.33")], currency="USD", rate="7")
    assert half["exchange_difference"] == "-4.11"  # 233.31 − 237.42
    unknown = till.billed(till.sold("SO-3", 1, currency="USD"))
    assert till.pay(100, [(unknown, 100)], currency="USD", rate="7")["exchange_difference"] is None


def test_money_of_another_currency_or_customer_is_not_for_this_invoice(till: Till) -> None:
    one = bill(till, "SO-1", 1)
    dollars = till.pay(100, currency="USD", rate="7")
    assert dollars["allocated"] == "0.00"
    till.refused(
        "other_currency", "POST", f"/payments/{dollars['id']}/allocate", [{"invoice": one["id"], "amount": "100"}]
    )
    till.shop.say(CustomerRecord("C2", "C2", "北山"))
    till.refused("other_customer", "POST", "/payments", payment(100, [(one, 100)], customer="C2"))
    till.refused("other_customer", "POST", "/payments", payment(100, customer="C2", deposit_for="SO-1"))
    draft = till.draft(till.sold("SO-2", 1))
    till.refused("not_posted", "POST", "/payments", payment(100, [(draft, 100)]))


def test_bad_payments(till: Till) -> None:
    till.refused("unknown_customer", "POST", "/payments", payment(1, customer="NOBODY"), status=422)
    till.refused("in_the_future", "POST", "/payments", payment(1, date="2026-09-17"), status=422)
    till.refused("wrong_value", "POST", "/payments", payment("1.001"), status=422)
    till.refused("wrong_currency", "POST", "/payments", payment(1, currency="cny"), status=422)
    till.refused("wrong_value", "POST", "/payments", payment(1, rate="7"), status=422)
    problem = till.refused("unknown_invoice", "POST", "/payments", payment(1, [({"id": "NONE"}, 1)]), status=422)
    assert problem["errors"][0]["path"] == "allocations.0.invoice"
    paid = till.pay(1)
    till.refused("wrong_value", "POST", f"/payments/{paid['id']}/allocate", [], status=422)
    assert till.ask("POST", f"/payments/{paid['id']}/allocate", {"invoice": "1"}).status == 400
    assert till.ask("POST", "/payments/NONE/refund", {"amount": "1"}).status == 404


def test_the_same_key_pays_once(till: Till) -> None:
    one = bill(till, "SO-1", 5)
    body = payment(100, [(one, 100)])
    first, second = (till.chen.post("/payments", body, {"Idempotency-Key": "k1"}) for _ in range(2))
    assert (first.status, second.status, first.body) == (201, 201, second.body)
    assert opens(till, one) == ["400.00"]


def test_the_credit_limit_counts_what_is_not_billed_yet(till: Till) -> None:
    till.shop.say(CustomerRecord("C2", "C2", "北山", credit_limit=D(1000)))
    till.shop.receive(20, 1, "FREE")
    one = till.shop.order("SO-1", ("FREE", 6, 100), customer="C2")
    two = till.shop.draft("SO-2", ("FREE", 5, 100), customer="C2")
    assert figures(till.customer("C2"), "receivable", "exposure", "credit_limit") == ["0.00", "600.00", "1000.00"]
    assert "1100.00 CNY" in refused("over_credit", till.shop_confirm, two).detail
    till.shop.send((one, 1, 6))
    till.billed(one)
    assert figures(till.customer("C2"), "receivable", "exposure") == ["600.00", "600.00"]
    refused("over_credit", till.shop_confirm, two)
    till.pay(100, customer="C2")
    till.shop_confirm(two)
    assert till.customer("C2")["exposure"] == "1000.00"
