"""The tricky cases of domain.md §1.9 and the settled points of §1.10, one test each: goods, stages and amounts."""

from __future__ import annotations

import pytest

from ordertrail.desk.tests.driving import D, Desk, amounts, axes, qtys

pytestmark = [pytest.mark.django_db, pytest.mark.slow, pytest.mark.usefixtures("stocked")]


# --- goods and stock


def test_over_delivery_under_policy_delivered(desk: Desk) -> None:
    desk.product("OVER", over_tolerance="0.2")
    desk.receive(("OVER", 20, 1))
    desk.order("SO-1", ("OVER", 10, 100))
    desk.ship(desk.propose("SO-1")[0]["id"], ("SO-1", 1, 12))
    assert qtys(desk, "SO-1", "shipped_qty", "over_qty", "to_ship", "to_invoice") == [12, 2, 0, 12]
    assert desk.line("SO-1")["progress"] == "1.0000"
    told = desk.see("SO-1")
    assert axes(told)[1:3] == ("over", "to_invoice")
    assert amounts(told, "ordered", "effective", "shipped", "not_invoiced") == [1130, 1356, 1356, 1356]
    assert D(desk.billed("SO-1")["total"]) == 1356
    assert axes(desk.see("SO-1"))[1:3] == ("over", "fully")


def test_over_delivery_under_policy_ordered_is_an_upsell(desk: Desk) -> None:
    desk.product("OVER", over_tolerance="0.2")
    desk.receive(("OVER", 20, 1))
    desk.order("SO-1", ("OVER", 10, 100), invoice_policy="ordered")
    desk.ship(desk.propose("SO-1")[0]["id"], ("SO-1", 1, 12))
    assert D(desk.billed("SO-1")["total"]) == 1130
    told = desk.see("SO-1")
    assert axes(told)[1:3] == ("over", "over")
    assert qtys(desk, "SO-1", "over_qty", "to_invoice") == [2, 0]


def test_more_than_the_tolerance_is_refused(desk: Desk) -> None:
    desk.order("SO-1", ("LAMP", 10, 100))
    (draft,) = desk.propose("SO-1")
    problem = desk.refuses("over_delivery", desk.ship, draft["id"], ("SO-1", 1, 11))
    assert "10" in problem["detail"]
    assert "11" in problem["detail"]


def test_a_rest_within_the_tolerance_counts_as_complete(desk: Desk) -> None:
    """Tryton's test: 10 ordered, 5 then 4 shipped, 10 % under."""
    desk.product("UNDER", under_tolerance="0.10")
    desk.receive(("UNDER", 20, 1))
    desk.order("SO-1", ("UNDER", 10, 100))
    first = desk.ship(desk.propose("SO-1")[0]["id"], ("SO-1", 1, 5))
    second = desk.ship(first["remainder"], ("SO-1", 1, 4))
    assert second["remainder"] is None
    told = desk.see("SO-1")
    assert axes(told)[1] == "done"
    assert amounts(told, "ordered", "closed", "effective") == [1130, 113, 1017]
    assert D(desk.stock("UNDER")["reserved"]) == 0
    desk.refuses("nothing_to_ship", desk.post, "/shipments", {"orders": ["SO-1"]})


def test_confirming_reserves_what_is_free_and_the_rest_waits(desk: Desk) -> None:
    desk.order("SO-1", ("LAMP", 15, 100))
    desk.order("SO-2", ("LAMP", 15, 100))
    assert qtys(desk, "SO-1", "reserved_qty") + qtys(desk, "SO-2", "reserved_qty") == [15, 5]
    assert amounts(desk.stock("LAMP"), "on_hand", "reserved", "free", "open_demand", "sellable") == [20, 20, 0, 30, -10]


def test_a_receipt_serves_who_confirmed_first(desk: Desk) -> None:
    for number in ("SO-3", "SO-1", "SO-2"):
        desk.order(number, ("MAST", 4, 100))
    desk.receive(("MAST", 6, 1))
    assert [qtys(desk, n, "reserved_qty")[0] for n in ("SO-3", "SO-1", "SO-2")] == [4, 2, 0]


def test_cancelling_serves_the_next(desk: Desk) -> None:
    desk.order("SO-1", ("LAMP", 15, 100))
    desk.order("SO-2", ("LAMP", 15, 100))
    desk.do("SO-1", "cancel")
    assert qtys(desk, "SO-2", "reserved_qty") == [15]


def test_closing_serves_the_next_and_reopening_keeps_the_place(desk: Desk) -> None:
    desk.order("SO-1", ("LAMP", 20, 100))
    desk.order("SO-2", ("LAMP", 15, 100))
    desk.do("SO-1", "close")
    assert qtys(desk, "SO-2", "reserved_qty") == [15]
    desk.order("SO-3", ("LAMP", 15, 100))
    assert qtys(desk, "SO-3", "reserved_qty") == [5]
    desk.do("SO-1", "reopen")
    assert qtys(desk, "SO-1", "reserved_qty") == [0]  # nothing is taken away from who has it
    desk.receive(("LAMP", 4, 60))
    assert [qtys(desk, n, "reserved_qty")[0] for n in ("SO-1", "SO-2", "SO-3")] == [4, 15, 5]


def test_an_amendment_serves_the_next(desk: Desk) -> None:
    desk.order("SO-1", ("LAMP", 20, 100))
    desk.order("SO-2", ("LAMP", 15, 100))
    desk.amend("SO-1", {"line": 1, "qty": "8"})
    assert [qtys(desk, n, "reserved_qty")[0] for n in ("SO-1", "SO-2")] == [8, 12]


def test_shipping_takes_its_own_reservation_and_then_free_stock_only(desk: Desk) -> None:
    desk.order("SO-1", ("LAMP", 10, 100))
    desk.order("SO-2", ("LAMP", 20, 100))
    (draft,) = desk.propose("SO-2")
    problem = desk.refuses("short_stock", desk.ship, draft["id"])
    assert "LAMP" in problem["detail"]
    desk.ship(draft["id"], ("SO-2", 1, 10))
    assert amounts(desk.stock("LAMP"), "on_hand", "reserved", "free") == [10, 10, 0]


def test_two_lines_of_one_product_in_one_shipment_do_not_take_the_same_piece(desk: Desk) -> None:
    desk.order("SO-1", ("LAMP", 12, 100), ("LAMP", 12, 90), reserve="manual")
    (draft,) = desk.propose("SO-1")
    desk.refuses("short_stock", desk.ship, draft["id"])
    done = desk.ship(draft["id"], ("SO-1", 1, 12), ("SO-1", 2, 8))
    (rest,) = desk.get(f"/shipments/{done['remainder']}")["lines"]
    assert (rest["order_line"], D(rest["qty"])) == (2, 4)


def test_a_product_that_may_go_below_nothing(desk: Desk) -> None:
    desk.product("SAND", method="average", standard_cost="5", allow_negative=True)
    desk.order("SO-1", ("SAND", 3, 10))
    desk.send(("SO-1", 1, 3))
    assert D(desk.stock("SAND")["on_hand"]) == -3
    desk.receive(("SAND", 10, 7))
    assert desk.stock("SAND")["unit_cost"] == "7.0000"  # below nothing: the last price in


def test_the_reservation_by_hand_is_no_more_than_free_or_open(desk: Desk) -> None:
    desk.order("SO-1", ("LAMP", 5, 100), reserve="manual")
    desk.refuses("", desk.reserve, "SO-1", 1, 6)
    desk.order("SO-2", ("LAMP", 30, 100), reserve="manual")
    desk.refuses("", desk.reserve, "SO-2", 1, 21)
    desk.reserve("SO-2", 1, 20)


def test_editing_a_price_changes_no_reservation(desk: Desk) -> None:
    desk.order("SO-1", ("LAMP", 15, 100))
    desk.order("SO-2", ("LAMP", 15, 100))
    desk.amend("SO-2", {"line": 1, "price": "90"})
    assert [qtys(desk, n, "reserved_qty")[0] for n in ("SO-1", "SO-2")] == [15, 5]
    assert amounts(desk.see("SO-2"), "ordered") == [D("1525.50")]


def test_services_are_billed_as_ordered_and_never_shipped(desk: Desk) -> None:
    desk.product("HELP", kind="service")
    desk.order("SO-1", ("HELP", 3, 100), ("LAMP", 2, 100))
    (draft,) = desk.propose("SO-1")
    assert [line["order_line"] for line in draft["lines"]] == [2]
    assert qtys(desk, "SO-1", "reserved_qty", "to_invoice") == [0, 3]
    assert D(desk.billed("SO-1")["total"]) == 339
    assert axes(desk.see("SO-1"))[1:3] == ("waiting", "partially")
    desk.order("SO-2", ("HELP", 1, 100))
    assert axes(desk.see("SO-2"))[1] == "not_required"
    desk.refuses("nothing_to_ship", desk.post, "/shipments", {"orders": ["SO-2"]})
    desk.billed("SO-2")
    desk.pay("452")
    assert axes(desk.see("SO-2")) == ("done", "not_required", "fully", "paid")


def test_pending_is_what_stands_on_drafts(desk: Desk) -> None:
    desk.order("SO-1", ("LAMP", 10, 100))
    assert amounts(desk.stock("LAMP"), "pending_shipment", "open_demand") == [0, 10]
    desk.load(("SO-1", 1, 4))
    assert amounts(desk.stock("LAMP"), "pending_shipment", "open_demand") == [4, 10]


def test_a_quantity_is_on_one_draft_at_most(desk: Desk) -> None:
    desk.order("SO-1", ("LAMP", 10, 100))
    desk.load(("SO-1", 1, 7))
    desk.refuses("on_draft", desk.load, ("SO-1", 1, 4))
    (draft,) = desk.propose("SO-1")
    assert [D(line["qty"]) for line in draft["lines"]] == [3]
    desk.refuses("nothing_to_ship", desk.post, "/shipments", {"orders": ["SO-1"]})


def test_a_proposal_skips_who_has_nothing(desk: Desk) -> None:
    desk.order("SO-1", ("LAMP", 2, 100))
    desk.order("SO-2", ("LAMP", 2, 100))
    desk.send(("SO-1", 1, 2))
    (draft,) = desk.propose("SO-1", "SO-2")
    assert len(draft["orders"]) == 1
    (bill,) = desk.bill("SO-1", "SO-2")
    assert len(bill["shares"]) == 1
    desk.refuses("nothing_to_invoice", desk.post, "/invoices", {"orders": ["SO-1", "SO-2"]})


# --- stages


def test_an_order_is_confirmed_once(desk: Desk) -> None:
    desk.order("SO-1", ("LAMP", 1, 100))
    desk.refuses("already_confirmed", desk.do, "SO-1", "confirm")


def test_a_draft_is_not_shipped_or_billed(desk: Desk) -> None:
    desk.draft("SO-1", ("LAMP", 1, 100))
    desk.refuses("not_confirmed", desk.load, ("SO-1", 1, 1))
    desk.refuses("not_confirmed", desk.bill_lines, ("SO-1", 1, 1))


def test_a_number_by_rule_comes_with_the_quote_or_the_confirmation(desk: Desk) -> None:
    one, two = desk.draft(None, ("LAMP", 1, 100)), desk.draft(None, ("LAMP", 1, 100))
    assert one["number"] is None
    second = desk.do(two["id"], "quote")["number"]
    assert second is not None
    assert desk.do(two["id"], "confirm")["number"] == second
    assert desk.do(one["id"], "confirm")["number"] not in (None, second)


def test_a_typed_number_holds_from_the_draft_on(desk: Desk) -> None:
    assert desk.draft("SO-1", ("LAMP", 1, 100))["number"] == "SO-1"
    desk.refuses("number_taken", desk.draft, "SO-1", ("LAMP", 1, 100))


def test_cancelling_a_draft_shipment_of_two_orders_makes_an_exception_of_each(desk: Desk) -> None:
    desk.order("SO-1", ("LAMP", 2, 100))
    desk.order("SO-2", ("LAMP", 3, 100))
    desk.unship(desk.propose("SO-1", "SO-2")[0]["id"])
    for number, qty in (("SO-1", 2), ("SO-2", 3)):
        (waiting,) = desk.see(number)["exceptions"]
        assert [D(line["qty"]) for line in waiting["lines"]] == [qty]
        assert qtys(desk, number, "reserved_qty", "cancelled_qty") == [qty, 0]


def test_cancelling_a_done_shipment_opens_its_lines_without_an_exception(desk: Desk) -> None:
    desk.order("SO-1", ("LAMP", 4, 100))
    done = desk.send(("SO-1", 1, 4))
    assert D(desk.stock("LAMP")["value"]) == 960
    told = desk.unship(done["id"])
    assert told["state"] == "cancelled"
    assert desk.see("SO-1")["exceptions"] == []
    assert qtys(desk, "SO-1", "shipped_qty", "to_ship", "reserved_qty") == [0, 4, 4]
    assert amounts(desk.stock("LAMP"), "on_hand", "value") == [20, 1200]
    assert axes(desk.see("SO-1"))[1] == "waiting"


def test_a_done_shipment_that_posted_invoices_need_stays(desk: Desk) -> None:
    desk.order("SO-1", ("LAMP", 4, 100))
    done = desk.send(("SO-1", 1, 4))
    bill = desk.billed("SO-1")
    desk.refuses("has_invoices", desk.unship, done["id"])
    desk.void(bill["number"])
    desk.unship(done["id"])
    assert qtys(desk, "SO-1", "shipped_qty", "to_invoice") == [0, 0]


def test_closing_removes_drafts_and_open_exceptions(desk: Desk) -> None:
    desk.order("SO-1", ("LAMP", 10, 100))
    cancelled = desk.load(("SO-1", 1, 3))
    desk.load(("SO-1", 1, 4))
    desk.unship(cancelled["id"])
    told = desk.do("SO-1", "close")
    assert told["status"]["order"] == "closed"
    assert [each for each in told["exceptions"] if each["open"]] == []
    assert [each for each in told["shipments"] if each["state"] == "draft"] == []
    assert amounts(told, "ordered", "closed", "effective") == [1130, 1130, 0]
    assert axes(told) == ("closed", "not_required", "nothing", "paid")
    assert D(desk.stock("LAMP")["pending_shipment"]) == 0


def test_reopening_gives_back_what_closing_took_and_not_what_was_ignored(desk: Desk) -> None:
    desk.order("SO-1", ("LAMP", 10, 100))
    desk.unship(desk.load(("SO-1", 1, 3))["id"])
    desk.choose("SO-1", "ignore")
    desk.do("SO-1", "close")
    assert qtys(desk, "SO-1", "cancelled_qty", "to_ship") == [10, 0]
    desk.do("SO-1", "reopen")
    assert qtys(desk, "SO-1", "cancelled_qty", "to_ship", "reserved_qty") == [3, 7, 7]


def test_a_closed_order_becomes_done_when_all_is_paid(desk: Desk) -> None:
    desk.order("SO-1", ("LAMP", 10, 100))
    desk.send(("SO-1", 1, 6))
    desk.do("SO-1", "close")
    assert axes(desk.see("SO-1")) == ("closed", "done", "to_invoice", "unpaid")
    desk.billed("SO-1")
    desk.pay(678)
    assert axes(desk.see("SO-1")) == ("done", "done", "fully", "paid")


def test_an_exception_overtaken_by_a_new_draft_recreates_what_is_open(desk: Desk) -> None:
    desk.order("SO-1", ("LAMP", 10, 100))
    desk.unship(desk.load(("SO-1", 1, 6))["id"])
    desk.load(("SO-1", 1, 8))
    told = desk.choose("SO-1", "recreate")
    (line,) = desk.get(f"/shipments/{told['created']['id']}")["lines"]
    assert D(line["qty"]) == 2


def test_an_exception_overtaken_wholly_recreates_nothing(desk: Desk) -> None:
    desk.order("SO-1", ("LAMP", 10, 100))
    desk.unship(desk.load(("SO-1", 1, 6))["id"])
    desk.amend("SO-1", {"line": 1, "qty": "4"})
    desk.send(("SO-1", 1, 4))
    told = desk.choose("SO-1", "recreate")
    assert told["created"] is None
    assert qtys(desk, "SO-1", "cancelled_qty", "to_ship") == [0, 0]


def test_ignoring_takes_at_most_what_is_still_to_ship(desk: Desk) -> None:
    desk.order("SO-1", ("LAMP", 10, 100))
    desk.unship(desk.load(("SO-1", 1, 6))["id"])
    desk.send(("SO-1", 1, 7))
    desk.choose("SO-1", "ignore")
    assert qtys(desk, "SO-1", "cancelled_qty", "to_ship") == [3, 0]


def test_drafts_are_lowered_newest_first(desk: Desk) -> None:
    desk.order("SO-1", ("LAMP", 10, 100))
    old, new = desk.load(("SO-1", 1, 5)), desk.load(("SO-1", 1, 5))
    desk.amend("SO-1", {"line": 1, "qty": "7"})
    assert [D(desk.get(f"/shipments/{each['id']}")["lines"][0]["qty"]) for each in (old, new)] == [5, 2]
    desk.amend("SO-1", {"line": 1, "qty": "4"})
    assert [(each["id"], each["state"]) for each in desk.see("SO-1")["shipments"]] == [(old["id"], "draft")]
    desk.amend("SO-1", {"line": 1, "qty": "9"})
    assert D(desk.get(f"/shipments/{old['id']}")["lines"][0]["qty"]) == 4  # nothing raises them


def test_amending_below_what_is_shipped_or_billed_is_refused(desk: Desk) -> None:
    desk.order("SO-1", ("LAMP", 10, 100))
    desk.send(("SO-1", 1, 6))
    desk.refuses("below_done", desk.amend, "SO-1", {"line": 1, "qty": "5"})
    desk.refuses("below_done", desk.amend, "SO-1", {"line": 1, "price": "90"})
    desk.refuses("below_done", desk.amend, "SO-1", {"line": 1, "sku": "MAST"})
    desk.amend("SO-1", {"line": 1, "qty": "6"})
    assert axes(desk.see("SO-1"))[1] == "done"
    desk.order("SO-2", ("LAMP", 10, 100), invoice_policy="ordered")
    desk.book(desk.bill_lines(("SO-2", 1, 4))["id"])
    desk.refuses("below_done", desk.amend, "SO-2", {"line": 1, "qty": "3"})
    assert desk.amend("SO-2", {"line": 1, "qty": "4"})["revision"] == 1


def test_an_amended_product_and_price_reach_the_drafts(desk: Desk) -> None:
    desk.receive(("MAST", 10, 5))
    desk.order("SO-1", ("LAMP", 10, 100), invoice_policy="ordered")
    (goods,), (bill,) = desk.propose("SO-1"), desk.bill("SO-1")
    desk.amend("SO-1", {"line": 1, "sku": "MAST", "price": "50"})
    (line,) = desk.get(f"/shipments/{goods['id']}")["lines"]
    assert (line["sku"], D(line["qty"])) == ("MAST", 10)
    assert amounts(desk.invoice(bill["id"]), "net", "tax", "total") == [500, 65, 565]
    assert [D(desk.stock(sku)["reserved"]) for sku in ("LAMP", "MAST")] == [0, 10]


def test_cancelling_is_refused_while_an_invoice_stands(desk: Desk) -> None:
    desk.order("SO-1", ("LAMP", 10, 100), invoice_policy="ordered")
    bill = desk.billed("SO-1")
    desk.refuses("has_invoices", desk.do, "SO-1", "cancel")
    desk.void(bill["number"])
    assert desk.do("SO-1", "cancel")["status"]["order"] == "cancelled"
    assert D(desk.stock("LAMP")["reserved"]) == 0


def test_a_cancelled_order_leaves_no_drafts(desk: Desk) -> None:
    desk.order("SO-1", ("LAMP", 10, 100), invoice_policy="ordered")
    desk.propose("SO-1")
    desk.bill("SO-1")
    told = desk.do("SO-1", "cancel")
    assert [each for each in told["shipments"] + told["invoices"] if each["state"] == "draft"] == []
    assert D(desk.stock("LAMP")["pending_shipment"]) == 0
