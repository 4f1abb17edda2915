"""Scenarios E9, E12 and E13 of domain.md §2 and the worked tables of cost through the API, with the figures that stand there."""

from __future__ import annotations

from typing import Any

import pytest

from ordertrail.desk.tests.driving import D, Desk, amounts, axes

pytestmark = [pytest.mark.django_db, pytest.mark.slow, pytest.mark.store]


def test_e9_profit_per_product_and_day(desk: Desk) -> None:
    desk.product("LAMP", category="Deck")
    desk.product("BUOY", category="Deck")
    desk.receive(("LAMP", 50, 20), ("BUOY", 50, 20), date="2026-09-14")
    old, today = "2026-09-15", "2026-09-16"
    desk.order("SO-1", ("LAMP", 2, 40), date=old)
    desk.send(("SO-1", 1, 2), date=old)
    desk.order("SO-2", ("LAMP", 4, 30))
    desk.send(("SO-2", 1, 4))
    desk.take_back(("SO-2", 1, 1))
    desk.order("SO-3", ("BUOY", 2, 50))
    desk.send(("SO-3", 1, 2))

    def figures(rows: list[dict[str, object]], key: str = "key") -> dict[object, tuple[object, ...]]:
        return {
            row[key]: (*(D(row[n]) for n in ("qty", "cost", "revenue", "profit")), row["margin"]) for row in rows
        }  # fmt: skip

    span = {"from": old, "to": today}
    products = desk.get("/stats/profit", by="product", **span)
    got = figures(products["rows"])
    assert got["LAMP"] == (5, 100, 170, 70, "0.4118")
    assert got["BUOY"] == (2, 40, 100, 60, "0.6000")
    assert amounts(products["total"], "cost", "revenue", "profit") == [140, 270, 130]
    assert products["total"]["margin"] == "0.4815"
    days = figures(desk.get("/stats/profit", by="day", sku="LAMP", **span)["rows"])
    assert days == {old: (2, 40, 80, 40, "0.5000"), today: (3, 60, 90, 30, "0.3333")}
    assert figures(desk.get("/stats/profit", by="category", **span)["rows"])["Deck"][1:4] == (140, 270, 130)
    daily = desk.get("/products/LAMP/daily", **span)["rows"]
    told = [
        (
            row["date"],
            *amounts(row, "ordered_qty", "shipped_qty", "returned_qty", "sold_qty", "revenue", "cost", "profit"),
        )
        for row in daily
    ]
    assert told == [(old, 2, 2, 0, 2, 80, 40, 40), (today, 4, 4, 1, 3, 90, 60, 30)]
    desk.adjust("loss", "LAMP", -1)
    assert figures(desk.get("/stats/profit", by="product", **span)["rows"])["LAMP"] == (6, 120, 170, 50, "0.2941")


def two_invoices(desk: Desk) -> list[str]:
    """Invoices of 1000 and 2000 without tax, each of an order."""
    desk.product("FREE", tax_rate="0")
    desk.receive(("FREE", 100, 1))
    made = []
    for number, qty in (("SO-1", 10), ("SO-2", 20)):
        desk.order(number, ("FREE", qty, 100))
        desk.send((number, 1, qty))
        made.append(desk.billed(number)["number"])
    return made


def opens(desk: Desk, invoices: list[str]) -> list[Any]:
    return [D(desk.invoice(name)["open"]) for name in invoices]


def test_e12_one_payment_pays_both(desk: Desk) -> None:
    bills = two_invoices(desk)
    desk.pay(3000)
    assert opens(desk, bills) == [0, 0]
    assert axes(desk.see("SO-1"))[3] == axes(desk.see("SO-2"))[3] == "paid"


def test_e12_the_rest_is_written_off(desk: Desk) -> None:
    bills = two_invoices(desk)
    desk.pay(2200, on=[(bills[0], 1000), (bills[1], 1200)], difference="write_off")
    assert opens(desk, bills) == [0, 0]
    assert D(desk.invoice(bills[1])["written_off"]) == 800
    assert amounts(desk.see("SO-2"), "paid", "written_off", "open_receivable") == [1200, 800, 0]
    assert axes(desk.see("SO-2")) == ("done", "done", "fully", "paid")


def test_e12_too_much_is_booked_as_difference(desk: Desk) -> None:
    bills = two_invoices(desk)
    paid = desk.pay(3100, on=[(bills[0], 1000), (bills[1], 2000)], difference="write_off")
    assert opens(desk, bills) == [0, 0]
    assert amounts(paid, "allocated", "unallocated", "written_off") == [3000, 0, 100]
    assert amounts(desk.balance(), "receivable", "credit") == [0, 0]


def test_e12_a_credit_note_and_the_rest_in_money_clear_all_three(desk: Desk) -> None:
    desk.product("FREE", tax_rate="0")
    desk.receive(("FREE", 100, 1))
    bills = []
    for number, qty in (("SO-0", 16), ("SO-1", 10), ("SO-2", 20)):
        desk.order(number, ("FREE", qty, 100))
        desk.send((number, 1, qty))
        bills.append(desk.billed(number)["number"])
    desk.pay(1600, on=[(bills[0], 1600)])
    back = desk.take_back(("SO-0", 1, 16))
    assert amounts(desk.invoice(back["credit_note"]), "open") in ([1600], [-1600])
    desk.pay(1400)
    assert opens(desk, bills[1:]) == [0, 0]
    assert D(desk.invoice(back["credit_note"])["open"]) == 0
    assert amounts(desk.balance(), "receivable", "credit") == [0, 0]


def test_e12_half_is_allocated_already(desk: Desk) -> None:
    bills = two_invoices(desk)
    paid = desk.pay(200, on=[(bills[0], 100)])
    desk.refuses("over_allocated", desk.allocate, paid["id"], (bills[1], 200))
    assert amounts(desk.allocate(paid["id"], (bills[1], 100)), "allocated", "unallocated") == [200, 0]


def e13(desk: Desk) -> Any:
    """An order of 100 with a posted advance of 10 that blocks shipping. The advance."""
    desk.product("FREE", tax_rate="0")
    desk.receive(("FREE", 100, 1))
    desk.order("SO-1", ("FREE", 1, 100))
    advance = desk.advance("SO-1", 10, blocks_shipping=True)
    assert (advance["kind"], D(advance["total"])) == ("advance", 10)
    return desk.book(advance["id"])


def final(desk: Desk) -> tuple[Any, list[Any]]:
    """The invoice after the advance: total and the gross of its lines."""
    bill = desk.billed("SO-1")
    return D(bill["total"]), sorted(D(line["gross"]) for line in bill["lines"])


def test_e13_an_advance_blocks_shipping_and_is_deducted(desk: Desk) -> None:
    e13(desk)
    (draft,) = desk.propose("SO-1")
    desk.refuses("advance_unpaid", desk.ship, draft["id"])
    desk.pay(10)
    desk.ship(draft["id"])
    assert final(desk) == (90, [-10, 100])
    told = desk.see("SO-1")
    assert amounts(told, "ordered", "invoiced", "paid", "open_receivable", "not_invoiced") == [100, 100, 10, 90, 0]
    desk.pay(90)
    assert axes(desk.see("SO-1")) == ("done", "done", "fully", "paid")


def test_e13_an_advance_cancelled_and_ignored(desk: Desk) -> None:
    advance = e13(desk)
    cancelled = desk.void(advance["number"])
    assert cancelled["state"] == "cancelled"
    assert cancelled["counter_document"]
    desk.choose("SO-1", "ignore")
    desk.ship(desk.propose("SO-1")[0]["id"])
    assert final(desk) == (100, [100])


def test_e13_an_advance_cancelled_and_made_again(desk: Desk) -> None:
    advance = e13(desk)
    desk.void(advance["number"])
    created = desk.choose("SO-1", "recreate")["created"]
    assert D(desk.book(created["id"])["total"]) == 10
    desk.pay(10)
    desk.ship(desk.propose("SO-1")[0]["id"])
    assert final(desk) == (90, [-10, 100])


def test_e13_a_floating_deposit(desk: Desk) -> None:
    desk.product("FREE", tax_rate="0")
    desk.receive(("FREE", 100, 1))
    deposit = desk.pay(100)
    assert amounts(desk.balance(), "receivable", "credit") == [0, 100]
    desk.order("SO-1", ("FREE", 5, 100))
    desk.send(("SO-1", 1, 5))
    bill = desk.billed("SO-1")
    assert D(bill["open"]) == 500  # floating money is never taken by itself
    desk.refuses("over_refund", desk.refund, deposit["id"], 200)
    desk.allocate(deposit["id"], (bill["number"], 100))
    assert D(desk.invoice(bill["number"])["open"]) == 400
    desk.refuses("over_refund", desk.refund, deposit["id"], 200)


def overpaid(desk: Desk, difference: str) -> Any:
    desk.product("FREE", tax_rate="0")
    desk.receive(("FREE", 100, 1))
    desk.order("SO-1", ("FREE", 1, 100))
    desk.send(("SO-1", 1, 1))
    desk.billed("SO-1")
    desk.pay(110, difference=difference)
    return (*amounts(desk.balance(), "receivable", "credit"), axes(desk.see("SO-1"))[3])


def test_e13_overpaid_and_written_off(desk: Desk) -> None:
    assert overpaid(desk, "write_off") == (0, 0, "paid")


def test_e13_overpaid_and_kept(desk: Desk) -> None:
    assert overpaid(desk, "keep") == (0, 10, "paid")


def test_e13_a_tied_deposit_is_for_its_order_alone(desk: Desk) -> None:
    desk.product("FREE", tax_rate="0")
    desk.receive(("FREE", 100, 1))
    for number in ("SO-1", "SO-2"):
        desk.order(number, ("FREE", 1, 100))
        desk.send((number, 1, 1))
    other = desk.billed("SO-2")
    deposit = desk.pay(30, deposit_for="SO-1")
    assert amounts(deposit, "allocated", "unallocated") == [0, 30]
    assert amounts(desk.see("SO-1"), "deposit", "paid") == [30, 0]
    tied = desk.balance()["deposits"]["tied"]
    assert [D(each["amount"]) for each in tied] == [30]
    assert D(desk.balance()["credit"]) == 0
    desk.refuses("deposit_tied", desk.allocate, deposit["id"], (other["number"], 30))
    own = desk.billed("SO-1")  # taken by itself
    assert amounts(desk.invoice(own["number"]), "paid", "open") == [30, 70]
    assert amounts(desk.see("SO-1"), "deposit", "paid") == [0, 30]
    assert amounts(desk.see("SO-2"), "paid") == [0]


def test_the_worked_tables_of_cost(desk: Desk) -> None:
    """domain.md §1.6: receive 8@10 and 4@16, deliver 10, then 2 more."""
    for sku, method, more in (
        ("STD", "standard", {"standard_cost": "10"}),
        ("AVG", "average", {}),
        ("FIFO", "fifo", {}),
    ):
        desk.product(sku, method=method, **more)
        desk.receive((sku, 8, 10), date="2026-09-14")
        desk.receive((sku, 4, 16), date="2026-09-15")
        desk.order(f"SO-{sku}", (sku, 10, 100))
        desk.send((f"SO-{sku}", 1, 10))
    assert [D(desk.stock(sku)["value"]) for sku in ("STD", "AVG", "FIFO")] == [20, 24, 32]
    assert D(desk.see("SO-FIFO")["realised"]["cost"]) == 112
    desk.receive(("STD", 2, 9), ("AVG", 2, 6), ("FIFO", 2, 6))
    assert [D(desk.stock(sku)["value"]) for sku in ("STD", "AVG", "FIFO")] == [40, 36, 44]
    assert desk.stock("AVG")["unit_cost"] == "9.0000"
