"""Settled points of domain.md §1.10 about returns, amounts, rounding, cost and packing, one test each."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from ordertrail.desk.tests.driving import D, Desk, amounts, axes, qtys

pytestmark = [pytest.mark.django_db, pytest.mark.slow, pytest.mark.usefixtures("stocked")]


def test_a_return_does_not_open_the_line_again(desk: Desk) -> None:
    desk.order("SO-1", ("LAMP", 5, 100))
    desk.send(("SO-1", 1, 5))
    back = desk.take_back(("SO-1", 1, 2))
    assert back["credit_note"] is None  # nothing was billed
    assert [D(line["cost"]) for line in back["lines"]] == [120]
    assert qtys(desk, "SO-1", "shipped_qty", "returned_qty", "to_ship", "reserved_qty", "to_invoice") == [5, 2, 0, 0, 3]
    told = desk.see("SO-1")
    assert amounts(told, "ordered", "returned", "effective", "shipped", "not_invoiced") == [565, 226, 339, 339, 339]
    assert axes(told)[1] == "done"
    assert amounts(desk.stock("LAMP"), "on_hand", "open_demand", "value") == [17, 0, 1020]


def test_a_return_after_the_invoice_is_credited(desk: Desk) -> None:
    desk.order("SO-1", ("LAMP", 5, 100))
    desk.send(("SO-1", 1, 5))
    bill = desk.billed("SO-1")
    back = desk.take_back(("SO-1", 1, 2))
    note = desk.invoice(back["credit_note"])
    assert (note["kind"], note["state"]) == ("credit_note", "posted")
    assert [abs(each) for each in amounts(note, "net", "tax", "total")] == [200, 26, 226]
    assert amounts(desk.invoice(bill["number"]), "credited", "open") == [226, 339]
    told = desk.see("SO-1")
    assert amounts(told, "invoiced", "not_invoiced", "open_receivable") == [339, 0, 339]
    assert qtys(desk, "SO-1", "invoiced_qty", "to_invoice") == [3, 0]
    assert axes(told)[2:] == ("fully", "unpaid")


def test_a_return_without_credit_leaves_a_credit_due(desk: Desk) -> None:
    desk.order("SO-1", ("LAMP", 5, 100))
    desk.send(("SO-1", 1, 5))
    desk.billed("SO-1")
    back = desk.take_back(("SO-1", 1, 2), credit=False)
    assert back["credit_note"] is None
    assert qtys(desk, "SO-1", "to_invoice") == [-2]
    told = desk.see("SO-1")
    assert axes(told)[2] == "over"
    assert amounts(told, "not_invoiced") == [-226]


def test_a_return_after_payment_becomes_the_customer_s_credit(desk: Desk) -> None:
    desk.order("SO-1", ("LAMP", 5, 100))
    desk.send(("SO-1", 1, 5))
    desk.billed("SO-1")
    paid = desk.pay(565)
    note = desk.take_back(("SO-1", 1, 5))["credit_note"]
    told = desk.see("SO-1")
    assert amounts(told, "invoiced", "paid", "open_receivable") == [0, 565, -565]
    assert axes(told)[3] == "overpaid"
    assert amounts(desk.balance(), "receivable", "credit") == [0, 565]
    desk.refuses("over_refund", desk.refund, paid["id"], 566, credit_note=note)
    desk.refund(paid["id"], 565, credit_note=note)
    told = desk.see("SO-1")
    assert amounts(told, "paid", "open_receivable") == [0, 0]
    assert axes(told)[3] == "refunded"
    assert amounts(desk.balance(), "receivable", "credit") == [0, 0]


def test_more_than_was_shipped_does_not_come_back(desk: Desk) -> None:
    desk.order("SO-1", ("LAMP", 5, 100))
    desk.send(("SO-1", 1, 3))
    desk.take_back(("SO-1", 1, 1))
    desk.refuses("over_return", desk.take_back, ("SO-1", 1, 3))


def test_a_return_undoes_the_latest_shipment_unless_one_is_named(desk: Desk) -> None:
    desk.receive(("MAST", 3, 10), ("MAST", 7, 20))
    desk.order("SO-1", ("MAST", 6, 100))
    first = desk.send(("SO-1", 1, 3))
    desk.send(("SO-1", 1, 3))
    assert [D(line["cost"]) for line in desk.take_back(("SO-1", 1, 1))["lines"]] == [20]
    line = {"order": "SO-1", "line": 1, "qty": "2", "shipment": first["number"]}
    assert [D(each["cost"]) for each in desk.post("/returns", {"lines": [line]})["lines"]] == [20]
    assert D(desk.stock("MAST")["value"]) == 4 * 20 + 20 + 20


def test_the_last_piece_that_comes_back_takes_the_residual(desk: Desk) -> None:
    desk.receive(("MAST", 2, 10), ("MAST", 1, "10.01"))
    desk.order("SO-1", ("MAST", 3, 100))
    desk.send(("SO-1", 1, 3))  # 30.01 for 3
    costs = [D(desk.take_back(("SO-1", 1, 1))["lines"][0]["cost"]) for _ in range(3)]
    assert costs == [D("10.00"), D("10.00"), D("10.01")]


def test_under_policy_ordered_what_came_back_with_credit_is_not_billed(desk: Desk) -> None:
    desk.order("SO-1", ("LAMP", 10, 100), invoice_policy="ordered")
    desk.billed("SO-1")
    desk.send(("SO-1", 1, 6))
    desk.take_back(("SO-1", 1, 2))
    assert qtys(desk, "SO-1", "invoiced_qty", "to_invoice", "to_ship") == [8, 0, 4]
    assert amounts(desk.see("SO-1"), "invoiced") == [904]
    assert axes(desk.see("SO-1"))[2] == "fully"


def test_the_same_product_on_two_lines_comes_back_by_line(desk: Desk) -> None:
    desk.order("SO-1", ("LAMP", 2, 100), ("LAMP", 3, 80))
    desk.send(("SO-1", 1, 2), ("SO-1", 2, 3))
    desk.take_back(("SO-1", 2, 1))
    assert [qtys(desk, "SO-1", "returned_qty", line=n)[0] for n in (1, 2)] == [0, 1]
    desk.refuses("over_return", desk.take_back, ("SO-1", 1, 3))


# --- orders of nothing, of fractions, of other lines


def test_an_order_of_nothing_goes_by_quantity(desk: Desk) -> None:
    desk.order("SO-1", ("LAMP", 2, 0))
    assert axes(desk.see("SO-1"))[:3] == ("confirmed", "waiting", "nothing")
    desk.send(("SO-1", 1, 1))
    assert axes(desk.see("SO-1"))[1:3] == ("partially", "to_invoice")
    desk.billed("SO-1")
    desk.send(("SO-1", 1, 1))
    assert axes(desk.see("SO-1"))[1:3] == ("done", "partially")
    desk.billed("SO-1")
    assert axes(desk.see("SO-1")) == ("confirmed", "done", "fully", "paid")  # with nothing effective it is never done


def test_fractions_of_a_piece(desk: Desk) -> None:
    desk.order("SO-1", ("LAMP", "2.5", "10.333333"))
    assert amounts(desk.line("SO-1"), "net", "tax", "gross") == [D("25.83"), D("3.36"), D("29.19")]
    desk.send(("SO-1", 1, "1.25"))
    assert amounts(desk.see("SO-1"), "shipped") == [D("14.60")]  # 12.915 → 12.92, and 1.6796 → 1.68
    assert desk.line("SO-1")["progress"] == "0.5000"


def test_a_header_discount_is_pushed_to_lines_and_the_last_takes_the_residual(desk: Desk) -> None:
    desk.product("FREE", tax_rate="0")
    desk.order("SO-1", ("FREE", 1, 10), ("FREE", 1, 10), ("FREE", 1, 10), discount="0.111")
    told = [D(line["net"]) for line in desk.see("SO-1")["lines"]]  # D = 3.33: 1.11 each
    assert told == [D("8.89")] * 3
    desk.order("SO-2", ("FREE", 1, 10), ("FREE", 1, 10), ("FREE", 1, 10), discount="0.0335")
    told = [D(line["net"]) for line in desk.see("SO-2")["lines"]]  # D = 1.005 → 1.01: 0.34, 0.34, 0.33
    assert told == [D("9.66"), D("9.66"), D("9.67")]


def test_a_line_discount_before_the_header_s(desk: Desk) -> None:
    desk.product("FREE", tax_rate="0")
    line = {"sku": "FREE", "qty": "3", "price": "9.99", "discount": "0.15"}
    desk.order("SO-1", line, discount="0.1")  # 25.4745 → 25.47, less 2.55 (2.547)
    assert amounts(desk.see("SO-1"), "ordered") == [D("22.92")]


def test_two_rates_the_last_line_of_each_takes_the_residual(desk: Desk) -> None:
    desk.product("SIX", tax_rate="0.06")
    desk.order("SO-1", ("LAMP", 1, "0.05"), ("SIX", 1, "0.10"), ("LAMP", 1, "0.05"), ("LAMP", 1, "0.05"))
    taxes = [D(line["tax"]) for line in desk.see("SO-1")["lines"]]  # 13 % of 0.15 is 0.02; each line alone 0.01
    assert taxes == [D("0.01"), D("0.01"), D("0.01"), D(0)]
    assert amounts(desk.see("SO-1"), "ordered") == [D("0.28")]


def test_prices_that_include_tax(desk: Desk) -> None:
    desk.order("SO-1", ("LAMP", 3, "33.33"), prices_include_tax=True)
    assert amounts(desk.see("SO-1"), "ordered") == [D("99.99")]
    assert amounts(desk.line("SO-1"), "net", "tax", "gross") == [D("88.49"), D("11.50"), D("99.99")]
    desk.send(("SO-1", 1, 1))
    assert amounts(desk.billed("SO-1"), "net", "tax", "total") == [D("29.50"), D("3.83"), D("33.33")]
    desk.send(("SO-1", 1, 2))
    assert amounts(desk.billed("SO-1"), "net", "tax", "total") == [D("58.99"), D("7.67"), D("66.66")]
    assert amounts(desk.see("SO-1"), "invoiced", "rounding_difference", "not_invoiced") == [D("99.99"), 0, 0]


def test_what_split_invoices_differ_by_is_shown(desk: Desk) -> None:
    desk.order("SO-1", ("LAMP", 3, "0.35"))  # 1.05 + 0.14; each alone 0.35 + 0.05
    for _ in range(3):
        desk.send(("SO-1", 1, 1))
        desk.billed("SO-1")
    told = desk.see("SO-1")
    assert amounts(told, "ordered", "invoiced", "rounding_difference", "not_invoiced") == [
        D("1.19"),
        D("1.20"),
        D("0.01"),
        0,
    ]
    desk.pay("1.20")
    assert axes(desk.see("SO-1")) == ("done", "done", "fully", "paid")


def test_the_last_order_by_number_takes_the_cent_of_a_merged_tax(desk: Desk) -> None:
    for number in ("SO-2", "SO-10", "SO-1"):
        desk.order(number, ("LAMP", 1, "0.35"))
        desk.send((number, 1, 1))
    bill = desk.billed("SO-2", "SO-10", "SO-1")
    assert amounts(bill, "net", "tax", "total") == [D("1.05"), D("0.14"), D("1.19")]
    assert [amounts(desk.see(n), "invoiced")[0] for n in ("SO-1", "SO-10", "SO-2")] == [D("0.40"), D("0.40"), D("0.39")]


def test_yen_have_no_cents(desk: Desk) -> None:
    desk.order("SO-1", ("LAMP", 1, "105"), currency="JPY")
    assert amounts(desk.see("SO-1"), "ordered") == [119]  # 13.65 → 14


def test_planned_margin_is_by_the_cost_when_the_order_was_taken(desk: Desk) -> None:
    desk.order("SO-1", ("LAMP", 10, 100))
    desk.receive(("LAMP", 20, 90))
    planned = desk.see("SO-1")["planned"]
    assert (D(planned["cost"]), D(planned["profit"]), planned["margin"]) == (600, 400, "0.4000")


def test_a_margin_of_nothing_is_nothing(desk: Desk) -> None:
    desk.order("SO-1", ("LAMP", 1, 0))
    desk.send(("SO-1", 1, 1))
    told = desk.see("SO-1")
    assert told["realised"]["margin"] is None
    assert told["planned"]["margin"] is None
    assert D(told["realised"]["profit"]) == -60


def test_a_cancelled_shipment_is_a_negative_event_on_its_own_day(desk: Desk) -> None:
    desk.receive(("MAST", 5, 20), date="2026-09-10")
    desk.order("SO-1", ("MAST", 2, 100), date="2026-09-10")
    done = desk.send(("SO-1", 1, 2), date="2026-09-14")
    desk.unship(done["id"])
    rows = desk.get("/stats/profit", by="day", sku="MAST", **{"from": "2026-09-14", "to": "2026-09-16"})["rows"]
    told = {row["key"]: amounts(row, "qty", "revenue", "cost", "profit") for row in rows}
    assert told == {"2026-09-14": [2, 200, 40, 160], "2026-09-16": [-2, -200, -40, -160]}


def test_a_back_dated_receipt_moves_no_booked_figure(desk: Desk) -> None:
    desk.receive(("MAST", 5, 20), date="2026-09-10")
    desk.order("SO-1", ("MAST", 2, 100), date="2026-09-10")
    desk.send(("SO-1", 1, 2), date="2026-09-14")
    span = {"from": "2026-09-14", "to": "2026-09-14"}
    before = desk.get("/stats/profit", by="day", sku="MAST", **span)
    desk.receive(("MAST", 5, 10), date="2026-09-08")
    assert desk.get("/stats/profit", by="day", sku="MAST", **span) == before


def test_nothing_done_lies_in_the_future(desk: Desk) -> None:
    desk.order("SO-1", ("LAMP", 1, 100))
    (draft,) = desk.propose("SO-1")
    desk.refuses("", desk.ship, draft["id"], date="2026-09-17", status=422)
    desk.refuses("", desk.receive, ("LAMP", 1, 1), date="2026-09-17", status=422)
    desk.refuses("", desk.pay, 1, on=(), date="2026-09-17", status=422)


def test_boxes_and_picking(desk: Desk) -> None:
    """E20: an 11th piece of a 10-piece pick is refused; a pack of six adds six; complete picks only what is missing."""
    desk.call("PATCH", "/products/LAMP", {"barcodes": [{"code": "690001", "qty": "1"}, {"code": "690006", "qty": "6"}]})
    desk.order("SO-1", ("LAMP", 10, 100))
    (draft,) = desk.propose("SO-1")
    path = f"/shipments/{draft['id']}"
    assert amounts(desk.post(f"{path}/pick", {"code": "690006"}), "picked", "to_pick") == [6, 4]
    desk.refuses("over_pick", desk.post, f"{path}/pick", {"code": "690006"})
    assert amounts(desk.post(f"{path}/pick", {"code": "690001", "qty": "2"}), "picked", "to_pick") == [8, 2]
    assert amounts(desk.post(f"{path}/pick/complete"), "picked", "to_pick") == [10, 0]
    desk.refuses("over_pick", desk.post, f"{path}/pick", {"code": "690001"})
    box = desk.post(f"{path}/packages", {"lines": [{"order": "SO-1", "line": 1, "qty": "6"}]})
    assert box["code"]


def test_a_company_that_taxes_each_line_for_itself_agrees_with_its_invoices(settings: Any, desk: Desk) -> None:
    settings.COMPANY = replace(settings.COMPANY, tax_rounding="line")
    desk.receive(("MAST", 10, 1))
    small = [("LAMP", 1, "0.05"), ("MAST", 1, "0.05"), ("LAMP", 1, "0.05")]
    desk.order("SO-1", *small)
    told = desk.see("SO-1")
    assert [amounts(line, "net", "tax", "gross") for line in told["lines"]] == [[D("0.05"), D("0.01"), D("0.06")]] * 3
    assert amounts(told, "ordered", "effective", "not_invoiced") == [D("0.18")] * 3  # one document would come to 0.17
    desk.send(("SO-1", 1, 1), ("SO-1", 2, 1), ("SO-1", 3, 1))
    bill = desk.billed("SO-1")
    assert amounts(bill, "net", "tax", "total") == [D("0.15"), D("0.03"), D("0.18")]
    told = desk.see("SO-1")
    assert amounts(told, "shipped", "invoiced", "rounding_difference", "not_invoiced") == [D("0.18"), D("0.18"), 0, 0]
    desk.pay("0.18", on=[(bill["number"], "0.18")])
    assert axes(desk.see("SO-1")) == ("done", "done", "fully", "paid")
