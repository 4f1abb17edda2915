"""Invoices of orders typed here: merged and split, lowered, by amount, in advance, posted (domain.md §1, §2)."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from ordertrail.desk.close import close
from ordertrail.desk.ship import ship
from ordertrail.desk.tests.shop import refused
from ordertrail.desk.tests.till import Till, figures, pieces
from ordertrail.orders.models import OrderException

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
D = Decimal


def e1(till: Till) -> tuple[int, int]:
    """E1 after the shipment: A 6 of 10 @100, B 5 of 5 @80, with 13 % tax."""
    till.shop.receive(8, 60)
    till.shop.receive(12, 70)
    a, b = till.shop.order("SO-A", ("LAMP", 10, 100)), till.shop.order("SO-B", ("LAMP", 5, 80))
    till.shop.send((a, 1, 6), (b, 1, 5))
    return a, b


def test_e1_a_merged_draft_is_lowered_and_the_rest_proposed_again(till: Till) -> None:
    a, b = e1(till)
    draft = till.draft(a, b)
    assert figures(draft, "kind", "state", "number", "net", "tax", "total") == [
        "invoice",
        "draft",
        None,
        "1000.00",
        "130.00",
        "1130.00",
    ]
    assert [(line["order"], line["order_line"], line["sku"], line["qty"]) for line in draft["lines"]] == [
        (str(a), 1, "LAMP", "6"), (str(b), 1, "LAMP", "5"),
    ]  # fmt: skip
    till.refused("nothing_to_invoice", "POST", "/invoices", {"orders": [str(a), str(b)]})
    lowered = till.lower(draft["id"], 1, 4)
    assert figures(lowered, "net", "tax", "total") == ["800.00", "104.00", "904.00"]
    assert till.shop.line(a).to_invoice == 2_000_000
    one = till.book(draft)
    assert figures(one, "number", "state", "date", "due_date", "open") == [
        "INV-2026-00001",
        "posted",
        "2026-09-16",
        "2026-09-16",
        "904.00",
    ]
    assert [(share["order"], share["gross"]) for share in one["shares"]] == [(str(a), "452.00"), (str(b), "452.00")]
    two = till.billed(a, b)
    assert figures(two, "number", "net", "tax", "total") == ["INV-2026-00002", "200.00", "26.00", "226.00"]
    status = till.status(a)
    assert (status.ordered, status.invoiced, status.not_invoiced, status.invoicing) == (
        D(1130),
        D(678),
        D(452),
        "partially",
    )
    assert (till.status(b).invoiced, till.status(b).invoicing) == (D(452), "fully")


def test_e3_a_header_discount_survives_the_merge(till: Till) -> None:
    a = till.sold("SO-A", 1)
    b = till.sold("SO-B", 1, discount=D("0.5"))
    bill = till.billed(a, b)
    assert (bill["total"], [share["gross"] for share in bill["shares"]]) == ("150.00", ["100.00", "50.00"])


def test_e4_three_orders_in_two_currencies_make_two_invoices(till: Till) -> None:
    orders = [till.sold("SO-1", 1), till.sold("SO-2", 1, currency="USD"), till.sold("SO-3", 1)]
    told = till.propose(*orders)
    assert [(one["currency"], one["total"]) for one in told["items"]] == [("CNY", "200.00"), ("USD", "100.00")]
    (apart,) = told["apart"]
    assert (apart["field"], apart["documents"]) == ("currency", [one["id"] for one in told["items"]])
    assert "SO-2" in apart["detail"]
    for one in told["items"]:
        till.void(one)
    problem = till.refused("cannot_merge", "POST", "/invoices", {"lines": pieces((orders[0], 1, 1), (orders[1], 1, 1))})
    assert problem["errors"][0]["path"] == "currency"


def test_a_line_is_billed_once(till: Till) -> None:
    order = till.sold("SO-1", 10, out=6)
    till.refused("over_billed", "POST", "/invoices", {"lines": pieces((order, 1, "6.000001"))})
    draft = till.over((order, 1, 4))
    till.refused("on_draft", "POST", "/invoices", {"lines": pieces((order, 1, 3))})
    till.refused("over_billed", "POST", "/invoices", {"lines": pieces((order, 1, 4), (order, 1, 3))})
    assert till.over((order, 1, 1), (order, 1, 1))["lines"][0]["qty"] == "2"
    problem = till.refused("unknown_line", "POST", "/invoices", {"lines": pieces((order, 9, 1))}, status=422)
    assert problem["errors"][0]["path"] == "lines.0.line"
    till.refused("on_draft", "PATCH", f"/invoices/{draft['id']}", {"lines": [{"line": 1, "qty": "5"}]})


def test_a_line_taken_out_is_open_again_and_a_draft_without_lines_is_gone(till: Till) -> None:
    a, b = till.sold("SO-1", 1), till.sold("SO-2", 2)
    draft = till.draft(a, b)
    lowered = till.lower(draft["id"], 1, 0)
    assert ([line["line"] for line in lowered["lines"]], lowered["total"]) == ([2], "200.00")
    assert till.draft(a)["total"] == "100.00"
    gone = till.lower(draft["id"], 2, 0)
    assert figures(gone, "state", "total", "lines") == ["cancelled", "0.00", []]
    till.refused("already_cancelled", "POST", f"/invoices/{draft['id']}/post")
    assert till.draft(b)["total"] == "200.00"


def test_a_draft_that_is_cancelled_uses_no_number(till: Till) -> None:
    order = till.sold("SO-1", 2)
    draft = till.draft(order)
    gone = till.void(draft)
    assert figures(gone, "state", "number", "counter_document") == ["cancelled", None, None]
    assert OrderException.objects.count() == 0
    assert till.billed(order)["number"] == "INV-2026-00001"


def test_numbers_follow_the_days(till: Till) -> None:
    one, two = till.sold("SO-1", 1), till.sold("SO-2", 1)
    till.billed(one, date="2026-09-10", due_date="2026-10-10")
    draft = till.draft(two, date="2026-09-01")
    problem = till.refused("date_order", "POST", f"/invoices/{draft['id']}/post")
    assert "INV-2026-00001" in problem["detail"]
    till.refused("in_the_future", "POST", f"/invoices/{draft['id']}/post", {"date": "2026-09-17"}, status=422)
    assert figures(till.book(draft, date="2026-09-10"), "number", "date", "due_date") == [
        "INV-2026-00002",
        "2026-09-10",
        "2026-09-10",
    ]
    till.refused("already_posted", "POST", f"/invoices/{draft['id']}/post")
    till.refused("already_posted", "PATCH", f"/invoices/{draft['id']}", {"lines": [{"line": 1, "qty": "1"}]})


def test_orders_that_have_nothing_are_skipped(till: Till) -> None:
    one, two = till.sold("SO-1", 1), till.sold("SO-2", 1, out=0)
    assert till.draft(one, two)["total"] == "100.00"
    till.refused("nothing_to_invoice", "POST", "/invoices", {"orders": [str(two)]})
    typed = till.shop.draft("SO-3", ("FREE", 1))
    till.refused("not_confirmed", "POST", "/invoices", {"orders": [str(typed)]})
    till.refused("not_confirmed", "POST", "/invoices", {"order": str(typed), "amount": "1", "kind": "advance"})


def test_an_amount_bills_money_and_the_rest_is_proposed_as_money(till: Till) -> None:
    order = till.sold("SO-1", 10, sku="LAMP", invoice_policy="ordered", out=0)
    draft = till.amount(order, 565)
    assert figures(draft, "net", "tax", "total") == ["500.00", "65.00", "565.00"]
    assert figures(draft["lines"][0], "qty", "kind", "order_line") == [None, "amount", None]
    till.refused("over_billed", "POST", "/invoices", {"order": str(order), "amount": "565.01"})
    till.book(draft)
    status = till.status(order)
    assert (status.invoicing, status.invoiced, status.not_invoiced, status.rounding_difference) == (
        "partially",
        D(565),
        D(565),
        0,
    )
    till.refused("over_billed", "POST", "/invoices", {"lines": pieces((order, 1, 6))})
    rest = till.billed(order)
    assert (rest["total"], rest["lines"][0]["kind"]) == ("565.00", "amount")
    assert (till.status(order).invoicing, till.status(order).not_invoiced) == ("fully", 0)


def test_e13_an_advance_blocks_shipping_and_is_taken_off(till: Till) -> None:
    till.shop.receive(1, 1, "FREE")
    order = till.shop.order("SO-1", ("FREE", 1, 100))
    advance = till.amount(order, 10, kind="advance", blocks_shipping=True)
    load = till.shop.load((order, 1, 1))
    refused("advance_unpaid", ship, by=till.shop.bo, shipment=load)
    posted = till.book(advance)
    assert figures(posted, "kind", "total", "blocks_shipping") == ["advance", "10.00", True]
    assert "INV-2026-00001" in refused("advance_unpaid", ship, by=till.shop.bo, shipment=load).detail
    till.pay(10)
    till.shop.ship(load)
    final = till.billed(order)
    assert (final["total"], [(line["kind"], line["gross"]) for line in final["lines"]]) == (
        "90.00", [("goods", "100.00"), ("deduction", "-10.00")],
    )  # fmt: skip
    assert final["shares"] == [{"order": str(order), "gross": "90.00", "paid": "0.00"}]
    status = till.status(order)
    assert (status.invoiced, status.paid, status.open_receivable, status.not_invoiced) == (D(100), D(10), D(90), 0)
    assert status.invoicing == "fully"
    till.pay(90)
    assert (till.status(order).status, till.status(order).payment) == ("done", "paid")


def test_an_advance_larger_than_a_part_is_taken_off_bit_by_bit(till: Till) -> None:
    order = till.sold("SO-1", 10, sku="LAMP", out=2)
    till.book(till.amount(order, "500.00", kind="advance"))
    first = till.billed(order)
    assert (first["total"], [line["gross"] for line in first["lines"]]) == ("0.00", ["226.00", "-226.00"])
    till.shop.send((order, 1, 8))
    second = till.billed(order)
    assert (second["total"], [line["gross"] for line in second["lines"]]) == ("630.00", ["904.00", "-274.00"])
    assert (till.status(order).invoiced, till.status(order).not_invoiced) == (D(1130), 0)
    till.refused("has_invoices", "POST", f"/invoices/{till.invoice('INV-2026-00001')['id']}/cancel")


def test_an_advance_posted_after_the_draft_is_taken_off_when_that_is_posted(till: Till) -> None:
    order = till.sold("SO-1", 1)
    draft = till.over((order, 1, 1))
    till.refused("over_billed", "POST", "/invoices", {"order": str(order), "amount": "10", "kind": "advance"})
    till.void(draft)
    advance = till.amount(order, 10, kind="advance")
    draft = till.draft(order)
    assert draft["total"] == "100.00"
    till.book(advance)
    assert till.book(draft)["total"] == "90.00"


def test_a_return_before_the_invoice_lowers_the_draft(till: Till) -> None:
    order = till.sold("SO-1", 5)
    draft = till.draft(order)
    till.shop.back((order, 1, 2))
    assert till.invoice(draft["id"])["total"] == "300.00"


def test_closing_lowers_drafts_and_an_amended_price_reaches_them(till: Till) -> None:
    order = till.sold("SO-1", 10, invoice_policy="ordered", out=0)
    old, new = till.over((order, 1, 3)), till.over((order, 1, 7))
    till.shop.amend(order, 1, price=50)
    assert [till.invoice(each["id"])["total"] for each in (old, new)] == ["150.00", "350.00"]
    till.shop.amend(order, 1, qty=4)
    assert [till.invoice(each["id"])["lines"][0]["qty"] for each in (old, new)] == ["3", "1"]
    till.shop.send((order, 1, 2))
    close(by=till.shop.anna, order=order)
    assert [figures(till.invoice(each["id"]), "state", "total") for each in (old, new)] == [
        ["draft", "100.00"],
        ["cancelled", "0.00"],
    ]


@pytest.mark.parametrize(
    ("how", "amounts", "taxes"),
    [
        ("document", ["0.15", "0.02", "0.17"], ["0.01", "0.01", "0.00"]),
        ("line", ["0.15", "0.03", "0.18"], ["0.01", "0.01", "0.01"]),
    ],
)
def test_tax_is_rounded_once_a_document_or_line_by_line(
    settings: Any, till: Till, how: str, amounts: list[str], taxes: list[str]
) -> None:
    settings.COMPANY = replace(settings.COMPANY, tax_rounding=how)
    till.shop.receive(30, 1)
    order = till.shop.order("SO-1", *[("LAMP", 1, "0.05")] * 3)
    till.shop.send(*((order, line, 1) for line in (1, 2, 3)))
    bill = till.billed(order)
    assert (figures(bill, "net", "tax", "total"), [line["tax"] for line in bill["lines"]]) == (amounts, taxes)
    assert bill["shares"][0]["gross"] == amounts[2]


def test_prices_that_include_tax(till: Till) -> None:
    order = till.sold("SO-1", 3, "37.67", sku="LAMP", prices_include_tax=True)
    bill = till.billed(order)
    assert figures(bill, "net", "tax", "total") == ["100.01", "13.00", "113.01"]
    other = till.sold("SO-2", 1, sku="LAMP")
    again = till.sold("SO-3", 1, sku="LAMP", prices_include_tax=True)
    assert [one["field"] for one in till.propose(other, again)["apart"]] == ["prices_include_tax"]


def test_a_form_is_one_form(till: Till) -> None:
    order = str(till.sold("SO-1", 1))
    till.refused("missing_field", "POST", "/invoices", {}, status=422)
    till.refused("wrong_value", "POST", "/invoices", {"orders": [order], "order": order, "amount": "1"}, status=422)
    till.refused("unknown_field", "POST", "/invoices", {"orders": [order], "amount": "1"}, status=422)
    till.refused("missing_field", "POST", "/invoices", {"order": order}, status=422)
    till.refused("unknown_order", "POST", "/invoices", {"orders": ["NONE"]}, status=422)
    till.refused("wrong_value", "POST", "/invoices", {"order": order, "amount": "1.001"}, status=422)
    till.refused("wrong_value", "POST", f"/invoices/{till.draft(int(order))['id']}/post", {"rate": "7"}, status=422)


def test_a_stale_version_changes_nothing(till: Till) -> None:
    draft = till.draft(till.sold("SO-1", 3))
    till.lower(draft["id"], 1, 2)
    body = b'{"lines": [{"line": 1, "qty": "1"}]}'
    stale = till.chen.call("PATCH", f"/invoices/{draft['id']}", body, headers={"If-Match": f'"{draft["version"]}"'})
    assert stale.problem() == (409, "stale")
    assert till.invoice(draft["id"])["total"] == "200.00"


def test_who_may_not_bill(till: Till) -> None:
    from ordertrail.api.tests.calling import program

    order = till.sold("SO-1", 1)
    assert program("anna").post("/invoices", {"orders": [str(order)]}).status == 403
    assert program("bo").post("/payments", {"customer": "C1", "date": "2026-09-16", "amount": "1"}).status == 403
