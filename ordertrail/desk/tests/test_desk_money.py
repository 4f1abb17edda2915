"""The settled points of domain.md §1.10 about bills and money, one test each."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from ordertrail.desk.tests.driving import D, Desk, amounts, axes, opened
from ordertrail.desk.tests.shop import whole

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture
def desk(db: None) -> Iterator[Desk]:
    """Dana's desk with customer C1, LAMP (13 %) and FREE (no tax), a hundred of each; at the end no law is broken."""
    made = opened()
    made.product("LAMP")
    made.product("FREE", tax_rate="0")
    made.receive(("LAMP", 100, 60), ("FREE", 100, 1), date="2026-09-01")
    yield made
    whole()


def sold(desk: Desk, number: str, qty: int, price: object = 100, sku: str = "FREE", **more: object) -> None:
    """An order, wholly shipped."""
    desk.order(number, (sku, qty, price), **more)
    desk.send((number, 1, qty))


def bill(desk: Desk, number: str, qty: int, price: object = 100, **more: object) -> str:
    """An order without tax, shipped and billed: the invoice's number."""
    sold(desk, number, qty, price)
    return str(desk.billed(number, **more)["number"])


def paid_by(desk: Desk, *numbers: str) -> list[Any]:
    return [amounts(desk.see(number), "paid")[0] for number in numbers]


# --- bills


def test_a_lowered_draft_leaves_the_rest_open(desk: Desk) -> None:
    sold(desk, "SO-1", 5)
    (draft,) = desk.bill("SO-1")
    assert amounts(desk.line("SO-1"), "to_invoice", "invoiced_qty") == [0, 0]
    desk.lower(draft["id"], 1, 2)
    assert amounts(desk.line("SO-1"), "to_invoice", "invoiced_qty") == [3, 0]
    (other,) = desk.bill("SO-1")
    assert [D(line["qty"]) for line in other["lines"]] == [3]


def test_a_draft_line_is_not_raised_beyond_what_is_open(desk: Desk) -> None:
    sold(desk, "SO-1", 5)
    (draft,) = desk.bill("SO-1")
    desk.refuses("over_billed", desk.lower, draft["id"], 1, 6)


def test_a_line_taken_out_is_open_again(desk: Desk) -> None:
    sold(desk, "SO-1", 5)
    sold(desk, "SO-2", 5)
    (draft,) = desk.bill("SO-1", "SO-2")
    left = desk.lower(draft["id"], 1, 0)
    assert len(left["lines"]) == 1
    assert D(desk.line("SO-1")["to_invoice"]) == 5


def test_no_more_than_the_base_is_billed(desk: Desk) -> None:
    desk.order("SO-1", ("FREE", 5, 100))
    desk.send(("SO-1", 1, 3))
    desk.refuses("over_billed", desk.bill_lines, ("SO-1", 1, 4))
    desk.bill_lines(("SO-1", 1, 2))
    desk.refuses("on_draft", desk.bill_lines, ("SO-1", 1, 2))


def test_posted_numbers_have_no_gap_and_follow_the_days(desk: Desk) -> None:
    sold(desk, "SO-1", 4)
    drafts = [desk.bill_lines(("SO-1", 1, 1)) for _ in range(4)]
    assert {draft["number"] for draft in drafts} == {None}
    desk.void(drafts[1]["id"])
    first = desk.book(drafts[3]["id"], date="2026-09-15")["number"]
    desk.refuses("date_order", desk.book, drafts[0]["id"], date="2026-09-14")
    second = desk.book(drafts[0]["id"], date="2026-09-15")["number"]
    third = desk.book(drafts[2]["id"])["number"]
    ends = [int("".join(filter(str.isdigit, number))[-4:]) for number in (first, second, third)]
    assert ends == [ends[0], ends[0] + 1, ends[0] + 2]
    desk.refuses("already_posted", desk.book, drafts[0]["id"])
    desk.refuses("already_posted", desk.lower, drafts[0]["id"], 1, 1)


def test_a_cancelled_draft_is_gone_and_its_quantities_are_open(desk: Desk) -> None:
    sold(desk, "SO-1", 4)
    (draft,) = desk.bill("SO-1")
    desk.void(draft["id"])
    told = desk.see("SO-1")
    assert (told["exceptions"], D(told["lines"][0]["to_invoice"])) == ([], 4)
    assert len(desk.bill("SO-1")) == 1


def test_a_cancelled_invoice_is_countered_and_waits_for_a_choice(desk: Desk) -> None:
    number = bill(desk, "SO-1", 4)
    told = desk.void(number)
    counter = (
        desk.invoice(told["counter_document"])
        if not isinstance(told["counter_document"], dict)
        else told["counter_document"]
    )
    assert counter["number"]
    assert counter["number"] != number
    order = desk.see("SO-1")
    assert axes(order)[2:] == ("to_invoice", "unpaid")
    assert amounts(order, "invoiced", "open_receivable", "not_invoiced") == [0, 0, 400]
    assert D(desk.balance()["receivable"]) == 0
    (waiting,) = [each for each in order["exceptions"] if each["open"]]
    assert (waiting["kind"], [D(line["qty"]) for line in waiting["lines"]]) == ("invoice_cancelled", [4])
    made = desk.choose("SO-1", "recreate")["created"]
    assert made["kind"] == "invoice"
    assert D(desk.book(made["id"])["total"]) == 400
    assert axes(desk.see("SO-1"))[2] == "fully"


def test_a_cancelled_invoice_that_is_ignored_is_not_billed_again(desk: Desk) -> None:
    desk.void(bill(desk, "SO-1", 4))
    desk.choose("SO-1", "ignore")
    assert D(desk.line("SO-1")["to_invoice"]) == 0
    desk.refuses("nothing_to_invoice", desk.post, "/invoices", {"orders": ["SO-1"]})


def test_a_paid_invoice_is_not_cancelled(desk: Desk) -> None:
    number = bill(desk, "SO-1", 4)
    paid = desk.pay(100)
    desk.refuses("has_payments", desk.void, number)
    desk.unallocate(paid["id"], (number, 100))
    assert desk.void(number)["state"] == "cancelled"


def test_an_invoice_of_an_amount_bills_money_and_no_quantity(desk: Desk) -> None:
    desk.order("SO-1", ("LAMP", 10, 100), invoice_policy="ordered")
    draft = desk.bill_amount("SO-1", 565)
    assert amounts(draft, "net", "tax", "total") == [500, 65, 565]
    desk.book(draft["id"])
    told = desk.see("SO-1")
    assert axes(told)[2] == "partially"
    assert amounts(told, "invoiced", "not_invoiced", "rounding_difference") == [565, 565, 0]
    assert D(told["lines"][0]["invoiced_qty"]) == 0
    desk.refuses("over_billed", desk.bill_amount, "SO-1", "565.01")
    desk.book(desk.bill_amount("SO-1", 565)["id"])
    told = desk.see("SO-1")
    assert (axes(told)[2], amounts(told, "not_invoiced")) == ("fully", [0])


def test_an_amount_under_policy_delivered_is_bound_by_what_went_out(desk: Desk) -> None:
    desk.order("SO-1", ("LAMP", 10, 100))
    desk.send(("SO-1", 1, 4))
    desk.refuses("over_billed", desk.bill_amount, "SO-1", "452.01")
    assert D(desk.bill_amount("SO-1", 452)["total"]) == 452


def test_a_credit_note_in_parts_without_goods(desk: Desk) -> None:
    sold(desk, "SO-1", 5, sku="LAMP")
    number = desk.billed("SO-1")["number"]
    note = desk.credit(number, (1, 2))
    assert note["kind"] == "credit_note"
    assert amounts(desk.invoice(number), "credited", "open") == [226, 339]
    assert amounts(desk.see("SO-1"), "invoiced") == [339]
    assert amounts(desk.line("SO-1"), "shipped_qty", "returned_qty", "invoiced_qty") == [5, 0, 3]
    desk.refuses("", desk.credit, number, (1, 4))


def test_a_credit_note_reduces_its_own_order_s_part_only(desk: Desk) -> None:
    sold(desk, "SO-1", 1)
    sold(desk, "SO-2", 2)
    both = desk.billed("SO-1", "SO-2")["number"]
    desk.take_back(("SO-1", 1, 1))
    assert amounts(desk.invoice(both), "credited", "open") == [100, 200]
    desk.pay(50)
    assert paid_by(desk, "SO-1", "SO-2") == [0, 50]


def test_two_customers_are_not_on_one_invoice(desk: Desk) -> None:
    desk.customer("C2")
    sold(desk, "SO-1", 1)
    sold(desk, "SO-2", 1, customer="C2")
    told = desk.post("/invoices", {"orders": ["SO-1", "SO-2"]})
    assert (len(told["items"]), [each["field"] for each in told["apart"]]) == (2, ["customer"])
    for each in told["items"]:
        desk.void(each["id"])
    desk.refuses("cannot_merge", desk.bill_lines, ("SO-1", 1, 1), ("SO-2", 1, 1))


# --- money


def test_a_part_payment_is_divided_and_the_last_order_takes_the_cent(desk: Desk) -> None:
    for number in ("SO-1", "SO-2", "SO-3"):
        sold(desk, number, 1)
    (draft,) = desk.bill("SO-1", "SO-2", "SO-3")
    number = desk.book(draft["id"])["number"]
    desk.pay(100)
    assert paid_by(desk, "SO-1", "SO-2", "SO-3") == [D("33.33"), D("33.33"), D("33.34")]
    desk.pay(100, on=[(number, 100)])
    # open: 66.67, 66.67, 66.66 of 200: 33.335 → 33.34 twice, 33.32 the last
    assert paid_by(desk, "SO-1", "SO-2", "SO-3") == [D("66.67"), D("66.67"), D("66.66")]
    desk.pay(100)
    assert paid_by(desk, "SO-1", "SO-2", "SO-3") == [100, 100, 100]


def test_shares_are_by_what_is_open_when_the_money_comes(desk: Desk) -> None:
    sold(desk, "SO-1", 1)
    sold(desk, "SO-2", 3)
    number = desk.billed("SO-1", "SO-2")["number"]
    desk.pay(40, deposit_for="SO-1")  # tied: wholly for its order
    assert paid_by(desk, "SO-1", "SO-2") == [40, 0]
    desk.pay(36, on=[(number, 36)])  # 60 : 300
    assert paid_by(desk, "SO-1", "SO-2") == [46, 30]


def test_a_tied_deposit_takes_no_more_than_its_order_s_open_part(desk: Desk) -> None:
    sold(desk, "SO-1", 1)
    sold(desk, "SO-2", 3)
    desk.billed("SO-1", "SO-2")
    paid = desk.pay(150, deposit_for="SO-1")
    assert amounts(paid, "allocated", "unallocated") == [100, 50]
    assert paid_by(desk, "SO-1", "SO-2") == [100, 0]
    assert amounts(desk.see("SO-1"), "deposit") == [50]


def test_several_tied_deposits_are_taken_oldest_first(desk: Desk) -> None:
    sold(desk, "SO-1", 1)
    old, new = desk.pay(70, deposit_for="SO-1", date="2026-09-10"), desk.pay(70, deposit_for="SO-1", date="2026-09-11")
    desk.billed("SO-1")
    told = [amounts(desk.get(f"/payments/{each['id']}"), "allocated")[0] for each in (old, new)]
    assert told == [70, 30]


def test_the_reference_goes_before_the_oldest(desk: Desk) -> None:
    first, second = bill(desk, "SO-1", 1), bill(desk, "SO-2", 1)
    desk.pay(100, reference=f"for {second}")
    assert [D(desk.invoice(n)["open"]) for n in (first, second)] == [100, 0]


def test_the_oldest_due_date_first(desk: Desk) -> None:
    first = bill(desk, "SO-1", 1, due_date="2026-10-30")
    second = bill(desk, "SO-2", 1, due_date="2026-10-15")
    desk.pay(150)
    assert [D(desk.invoice(n)["open"]) for n in (first, second)] == [50, 0]


def test_more_than_is_open_is_refused(desk: Desk) -> None:
    number = bill(desk, "SO-1", 1)
    desk.refuses("over_allocated", desk.pay, 200, on=[(number, 101)])
    desk.refuses("over_allocated", desk.pay, 50, on=[(number, 60)])
    desk.refuses("over_allocated", desk.pay, 200, on=[(number, 60), (number, 60)])


def test_no_allocations_leaves_the_money_floating(desk: Desk) -> None:
    number = bill(desk, "SO-1", 1)
    paid = desk.pay(100, on=())
    assert amounts(paid, "allocated", "unallocated") == [0, 100]
    assert D(desk.invoice(number)["open"]) == 100
    assert amounts(desk.balance(), "receivable", "credit") == [100, 100]


def test_unallocating_takes_back_the_newest_first(desk: Desk) -> None:
    sold(desk, "SO-1", 1)
    sold(desk, "SO-2", 2)
    number = desk.billed("SO-1", "SO-2")["number"]
    paid = desk.pay(100, on=[(number, 30)])  # 10 and 20
    desk.allocate(paid["id"], (number, 60))  # 20 and 40
    assert paid_by(desk, "SO-1", "SO-2") == [30, 60]
    desk.unallocate(paid["id"], (number, 20))  # 20 of the newest 60: 6.67 and 13.33
    assert paid_by(desk, "SO-1", "SO-2") == [D("23.33"), D("46.67")]
    desk.unallocate(paid["id"], (number, 70))
    assert paid_by(desk, "SO-1", "SO-2") == [0, 0]
    desk.refuses("over_allocated", desk.unallocate, paid["id"], (number, 1))


def test_written_off_is_by_order(desk: Desk) -> None:
    sold(desk, "SO-1", 1)
    sold(desk, "SO-2", 2)
    number = desk.billed("SO-1", "SO-2")["number"]
    desk.pay(297, on=[(number, 297)], difference="write_off")
    told = [amounts(desk.see(n), "paid", "written_off", "open_receivable") for n in ("SO-1", "SO-2")]
    assert told == [[99, 1, 0], [198, 2, 0]]
    assert axes(desk.see("SO-1")) == ("done", "done", "fully", "paid")


def test_money_goes_back(desk: Desk) -> None:
    paid = desk.pay(100)
    desk.refund(paid["id"], 60)
    assert amounts(desk.get(f"/payments/{paid['id']}"), "amount", "refunded", "unallocated") == [100, 60, 40]
    assert D(desk.balance()["credit"]) == 40
    desk.refuses("over_refund", desk.refund, paid["id"], "40.01")


def test_a_credit_note_is_taken_in_only_as_far_as_invoices_need_it(desk: Desk) -> None:
    first = bill(desk, "SO-1", 10)
    desk.pay(1000, on=[(first, 1000)])
    note = desk.take_back(("SO-1", 1, 5))["credit_note"]  # 500
    second = bill(desk, "SO-2", 3)  # 300
    paid = desk.pay(100)
    assert D(desk.invoice(second)["open"]) == 0
    assert abs(D(desk.invoice(note)["open"])) == 300
    assert D(paid["unallocated"]) == 0
    assert amounts(desk.balance(), "receivable", "credit") == [0, 300]


def test_the_credit_limit_counts_what_is_not_billed_yet(desk: Desk) -> None:
    desk.customer("C2", credit_limit="1000")
    desk.order("SO-1", ("FREE", 6, 100), customer="C2")
    assert D(desk.balance("C2")["exposure"]) == 600
    desk.draft("SO-2", ("FREE", 5, 100), customer="C2")
    problem = desk.refuses("over_credit", desk.do, "SO-2", "confirm")
    assert "1" in problem["detail"]
    desk.send(("SO-1", 1, 6))
    desk.billed("SO-1")
    assert amounts(desk.balance("C2"), "receivable", "exposure") == [600, 600]
    desk.refuses("over_credit", desk.do, "SO-2", "confirm")
    desk.pay(100, customer="C2")
    assert desk.do("SO-2", "confirm")["status"]["order"] == "confirmed"  # exactly the limit


def test_a_settlement_at_another_rate_is_an_exchange_difference(desk: Desk) -> None:
    desk.order("SO-1", ("FREE", 1, 100), currency="USD")
    desk.send(("SO-1", 1, 1))
    desk.book(desk.bill("SO-1")[0]["id"], rate="7.1")
    paid = desk.pay(100, currency="USD", rate="7.3")
    assert D(paid["exchange_difference"]) == 20
    assert D(desk.balance()["exchange_difference"]) == 20
    assert axes(desk.see("SO-1"))[3] == "paid"


def test_money_of_another_currency_is_not_for_this_invoice(desk: Desk) -> None:
    number = bill(desk, "SO-1", 1)
    paid = desk.pay(100, currency="USD", rate="7")
    assert D(paid["allocated"]) == 0
    before = desk.snapshot()
    with pytest.raises(Exception) as no:
        desk.allocate(paid["id"], (number, 100))
    assert getattr(no.value, "status", None) in (409, 422)
    assert desk.snapshot() == before


def test_money_of_another_customer_is_not_for_this_invoice(desk: Desk) -> None:
    desk.customer("C2")
    number = bill(desk, "SO-1", 1)
    before = desk.snapshot()
    with pytest.raises(Exception) as no:
        desk.pay(100, customer="C2", on=[(number, 100)])
    assert getattr(no.value, "status", None) in (409, 422)
    assert desk.snapshot() == before


def test_the_flow_is_balanced_at_every_inner_node(desk: Desk) -> None:
    desk.order("SO-1", ("LAMP", 10, 100))
    desk.send(("SO-1", 1, 6))
    desk.book(desk.bill_lines(("SO-1", 1, 4))["id"])
    desk.pay(200)
    told = desk.get("/orders/SO-1/flow")
    kinds = {node["kind"] for node in told["nodes"]}
    assert {"order_line", "shipment_line", "invoice_line", "payment"} <= kinds
    inner = {edge["to"] for edge in told["edges"]} & {edge["from"] for edge in told["edges"]}
    for node in inner:
        into = sum(D(edge["amount"] or 0) for edge in told["edges"] if edge["to"] == node)
        out = sum(D(edge["amount"] or 0) for edge in told["edges"] if edge["from"] == node)
        assert into == out, node
