"""What takes invoices back: cancelled and countered, ignored or made again, credited in parts and by returns (domain.md §1, §2)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from ordertrail.desk.choose import choose
from ordertrail.desk.tests.till import Till, figures
from ordertrail.orders.models import OrderException

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
D = Decimal


def decide(till: Till, order: int, choice: str) -> Any:
    """The choice about the one exception that waits."""
    waiting = OrderException.objects.get(order=order, choice="")
    return choose(by=till.shop.anna, exception=waiting.pk, choice=choice)


def test_e13_an_advance_that_is_cancelled_is_ignored_or_made_again(till: Till) -> None:
    till.shop.receive(2, 1, "FREE")
    one, two = till.shop.order("SO-1", ("FREE", 1, 100)), till.shop.order("SO-2", ("FREE", 1, 100))
    for order in (one, two):
        cancelled = till.void(till.book(till.amount(order, 10, kind="advance", blocks_shipping=True)))
        assert (cancelled["state"], cancelled["open"]) == ("cancelled", "0.00")
        counter = till.invoice(cancelled["counter_document"])
        assert figures(counter, "kind", "state", "total", "counters") == [
            "credit_note",
            "posted",
            "-10.00",
            cancelled["id"],
        ]
    assert decide(till, one, "ignore") is None
    kind, draft = decide(till, two, "recreate")
    assert (kind, till.invoice(str(draft))["total"], till.invoice(str(draft))["blocks_shipping"]) == (
        "invoice",
        "10.00",
        True,
    )
    till.book({"id": draft})
    till.pay(10)
    till.shop.send((one, 1, 1), (two, 1, 1))
    assert [till.billed(order)["total"] for order in (one, two)] == ["100.00", "90.00"]


def test_a_cancelled_invoice_is_countered_and_waits(till: Till) -> None:
    order = till.sold("SO-1", 4)
    bill = till.billed(order)
    told = till.void(bill)
    counter = till.invoice(told["counter_document"])
    assert figures(told, "state", "open", "credited") == ["cancelled", "0.00", "400.00"]
    assert figures(counter, "number", "total", "open", "credited") == ["CN-2026-00001", "-400.00", "0.00", "-400.00"]
    status = till.status(order)
    assert (status.invoiced, status.not_invoiced, status.open_receivable, status.invoicing, status.payment) == (
        0, D(400), 0, "to_invoice", "unpaid",
    )  # fmt: skip
    assert [row["id"] for row in till.chen.get("/invoices", {"state": "cancelled"}).body["items"]] == [bill["id"]]
    till.refused("already_cancelled", "POST", f"/invoices/{bill['id']}/cancel")
    till.refused("not_an_invoice", "POST", f"/invoices/{counter['id']}/cancel")
    till.refused("not_posted", "POST", f"/invoices/{bill['id']}/credit", {"lines": [{"line": 1, "qty": "1"}]})
    kind, draft = decide(till, order, "recreate")
    assert (kind, till.book({"id": draft})["total"]) == ("invoice", "400.00")
    assert till.status(order).invoicing == "fully"


def test_a_cancelled_invoice_that_is_ignored_is_not_billed_again(till: Till) -> None:
    order = till.sold("SO-1", 4)
    till.void(till.billed(order))
    decide(till, order, "ignore")
    assert till.shop.line(order).to_invoice == 0
    till.refused("nothing_to_invoice", "POST", "/invoices", {"orders": [str(order)]})


def test_a_credit_note_in_parts_reduces_its_own_order_only(till: Till) -> None:
    a, b = till.sold("SO-1", 5, sku="LAMP"), till.sold("SO-2", 2, sku="LAMP")
    bill = till.billed(a, b)
    note = till.credit(bill, (1, 2))
    assert figures(note, "kind", "state", "number", "total", "open") == [
        "credit_note",
        "posted",
        "CN-2026-00001",
        "-226.00",
        "0.00",
    ]
    assert figures(till.invoice(bill["id"]), "total", "credited", "open") == ["791.00", "226.00", "565.00"]
    assert (till.status(a).invoiced, till.status(b).invoiced, till.shop.line(a).invoiced) == (D(339), D(226), 3_000_000)
    problem = till.refused(
        "over_credit", "POST", f"/invoices/{bill['id']}/credit", {"lines": [{"line": 1, "qty": "3.5"}]}
    )
    assert "3" in problem["detail"]
    till.pay(50)
    assert till.paid(a, b) == [D("30.00"), D("20.00")]  # 339 : 226
    till.refused("has_payments", "POST", f"/invoices/{bill['id']}/cancel")


def test_what_is_left_after_a_credit_note_is_cancelled_to_the_cent(till: Till) -> None:
    order = till.sold("SO-1", 3, "33.33", sku="LAMP")
    bill = till.billed(order)
    assert bill["total"] == "112.99"
    note = till.credit(bill, (1, 1))
    assert note["total"] == "-37.66"
    counter = till.invoice(till.void(bill)["counter_document"])
    assert (counter["total"], counter["open"], counter["lines"][0]["qty"]) == ("-75.33", "0.00", "-2")
    assert (till.status(order).invoiced, till.invoice(bill["id"])["open"]) == (0, "0.00")


def test_a_return_is_credited_on_the_newest_invoice_that_billed_it(till: Till) -> None:
    order = till.sold("SO-1", 5, sku="LAMP")
    one, two = till.book(till.over((order, 1, 3))), till.book(till.over((order, 1, 2)))
    till.shop.back((order, 1, 3))
    assert [till.invoice(each["id"])["open"] for each in (one, two)] == ["226.00", "0.00"]
    assert (till.status(order).invoiced, till.status(order).not_invoiced) == (D(226), 0)
    till.refused("over_credit", "POST", f"/invoices/{two['id']}/credit", {"lines": [{"line": 1, "qty": "1"}]})
    till.refused("over_credit", "POST", f"/invoices/{one['id']}/credit", {"lines": [{"line": 1, "qty": "3"}]})
    counter = till.invoice(till.void(one)["counter_document"])
    assert (counter["total"], counter["lines"][0]["qty"]) == ("-226.00", "-2")
