"""Orders typed here: amounts, numbers, amendments with their refusals, quoting and credit (domain.md §1.7, §1.8, §1.10)."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from ordertrail.desk.cancel import cancel
from ordertrail.desk.close import close
from ordertrail.desk.confirm import confirm
from ordertrail.desk.propose_shipments import propose_shipments
from ordertrail.desk.quote import quote
from ordertrail.desk.reopen import reopen
from ordertrail.desk.take_order import LineWanted
from ordertrail.desk.tests.shop import D, Shop, q, refused
from ordertrail.orders.models import LineWas, Order, OrderLine, Terms
from ordertrail.records.shapes import CustomerRecord

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


def amounts(order: int) -> list[tuple[Any, ...]]:
    return [
        tuple(row) for row in OrderLine.objects.filter(order=order).order_by("line").values_list("net", "tax", "gross")
    ]


def test_the_header_s_discount_is_pushed_to_lines_and_the_last_takes_the_cent(shop: Shop) -> None:
    order = shop.draft("SO-1", ("LAMP", 1, "0.01"), ("LAMP", 1, "0.01"), ("LAMP", 1, "0.01"), discount=D("0.5"))
    assert [row[0] for row in amounts(order)] == [D(0), D(0), D("0.01")]
    order = shop.draft("SO-2", ("LAMP", 3, "9.99"), ("LAMP", 7, "3.33"), ("LAMP", 1, "100"), discount=D("0.05"))
    assert [row[0] for row in amounts(order)] == [D("28.47"), D("22.15"), D(95)]  # 153.28 less 7.66
    assert sum(row[2] for row in amounts(order)) == shop.status(order).ordered == D("164.55")


def test_prices_that_include_tax_keep_their_gross(shop: Shop) -> None:
    line = LineWanted("LAMP", D(3), D("9.99"), discount=D("0.1"), tax_rate=D("0.06"))
    order = shop.draft("SO-1", line, prices_include_tax=True)
    assert amounts(order) == [(D("25.44"), D("1.53"), D("26.97"))]


def test_what_is_left_out_follows_from_product_customer_and_company(shop: Shop) -> None:
    shop.product("ROPE", tax_rate=D("0.06"))
    shop.say(CustomerRecord("C2", "C2", "Nordlys", currency="EUR"))
    order = shop.draft("SO-1", ("ROPE", 2), customer="C2")
    row = Order.objects.get(pk=order)
    assert (row.currency, row.ship_to, row.order_date, row.salesperson) == ("EUR", "", date(2026, 9, 16), "anna")
    assert amounts(order) == [(D(200), D(12), D(212))]
    other = shop.draft("SO-2", ("LAMP", 1))
    assert (Order.objects.get(pk=other).ship_to, Terms.objects.get(pk=other).ship_to) == ("1 Pier", "north")


def test_a_number_is_typed_or_taken_by_rule_at_the_first_of_quote_and_confirm(shop: Shop) -> None:
    shop.draft("SO-2026-00001", ("LAMP", 1))
    refused("number_taken", shop.draft, "SO-2026-00001", ("LAMP", 1))
    quoted, other = shop.draft("", ("LAMP", 1)), shop.draft("", ("LAMP", 1))
    assert Order.objects.get(pk=quoted).number == ""
    quote(by=shop.anna, order=quoted, accept=["stock_short"])
    confirm(by=shop.anna, order=other)
    confirm(by=shop.anna, order=quoted)
    assert [Order.objects.get(pk=pk).number for pk in (quoted, other)] == ["SO-2026-00002", "SO-2026-00003"]


def test_wrong_fields_are_named(shop: Shop) -> None:
    shop.say(CustomerRecord("C2", "C2", "Nordlys"))
    assert refused("unknown_product", shop.draft, "SO-1", ("LAMP", 1), ("NONE", 1)).errors[0]["path"] == "lines.1.sku"
    assert refused("unknown_address", shop.draft, "SO-1", ("LAMP", 1), ship_to="west").errors[0]["path"] == "ship_to"
    assert refused("in_the_future", shop.draft, "SO-1", ("LAMP", 1), day=date(2026, 9, 17)).errors[0]["path"] == "date"
    huge = LineWanted("LAMP", D(10) ** 11, D(10) ** 11)
    assert refused("wrong_value", shop.draft, "SO-1", huge).errors[0]["path"] == "lines.0.qty"


def test_e7_a_quotation_that_cannot_be_kept_is_refused_with_its_numbers(shop: Shop) -> None:
    shop.product("ROPE", lead_time_days=3)
    shop.receive(5, sku="ROPE")
    for number, qty in (("SO-1", 3), ("SO-2", 1)):
        quote(by=shop.anna, order=shop.draft(number, ("ROPE", qty)))
    short = shop.draft("SO-3", ("ROPE", 2))
    no = refused("stock_short", quote, by=shop.anna, order=short)
    assert (no.errors[0]["path"], "asks for 2; 1 can be promised" in no.detail) == ("lines.0.qty", True)
    quote(by=shop.anna, order=short, accept=["stock_short"])
    assert shop.status(short).status == "quoted"


def test_only_what_the_table_allows(shop: Shop) -> None:
    order = shop.draft("SO-1", ("LAMP", 1))
    refused("not_confirmed", close, by=shop.anna, order=order)
    refused("not_closed", reopen, by=shop.anna, order=order)
    confirm(by=shop.anna, order=order)
    refused("already_confirmed", confirm, by=shop.anna, order=order)
    refused("already_confirmed", quote, by=shop.anna, order=order)
    close(by=shop.anna, order=order)
    refused("already_closed", close, by=shop.anna, order=order)
    refused("already_closed", shop.amend, order, 1, qty=2)
    cancel(by=shop.anna, order=order)
    for verb in (confirm, quote, close, reopen, cancel):
        refused("already_cancelled", verb, by=shop.anna, order=order)
    assert shop.line(order).wanted == 0


def test_an_amendment_keeps_how_it_was_and_lowers_drafts_and_reservations(shop: Shop) -> None:
    shop.receive(20)
    order, waiting = shop.order("SO-1", ("LAMP", 20, 50)), shop.order("SO-2", ("LAMP", 5))
    one = shop.load((order, 1, 12))
    two = shop.load((order, 1, 8))
    shop.amend(order, 1, qty=10, price=60)
    assert (shop.on(one), shop.on(two)) == ([(order, 10)], [])
    assert (shop.line(order).reserved, shop.line(waiting).reserved) == (q(10), q(5))
    was = LineWas.objects.get()
    assert (was.qty, was.price, was.revision, was.reason) == (D(20), D(50), 0, "the customer called")
    assert (shop.status(order).ordered, Terms.objects.get(pk=order).revision) == (D(678), 1)
    shop.amend(order, 1, qty=30)
    assert (shop.on(one), shop.line(order).undrafted) == ([(order, 10)], q(20))
    assert shop.line(order).reserved == q(15)


def test_a_new_product_takes_the_reservation_and_the_draft_along(shop: Shop) -> None:
    shop.product("ROPE", tax_rate=D("0.06"))
    shop.receive(5)
    shop.receive(3, sku="ROPE")
    order = shop.order("SO-1", ("LAMP", 5))
    draft = shop.load((order, 1, 5))
    shop.amend(order, 1, sku="ROPE")
    assert (shop.reserved(), shop.reserved("ROPE")) == (0, 3)
    assert amounts(order) == [(D(500), D(30), D(530))]
    from ordertrail.shipping.models import ShipmentLine

    assert ShipmentLine.objects.get(shipment=draft).sku == "ROPE"


def test_nothing_is_amended_below_what_is_done(shop: Shop) -> None:
    shop.product("ROPE")
    shop.receive(10)
    order = shop.order("SO-1", ("LAMP", 10), ("LAMP", 5))
    shop.send((order, 1, 4))
    refused("below_done", shop.amend, order, 1, qty=3)
    refused("below_done", shop.amend, order, 1, price=90)
    refused("below_done", shop.amend, order, 1, sku="ROPE")
    refused("unknown_line", shop.amend, order, 3, qty=3)
    shop.amend(order, 1, qty=4)
    shop.amend(order, 2, price=90)
    assert (shop.line(order).to_ship, shop.status(order).ordered) == (0, D("960.50"))


def test_a_confirmation_over_the_credit_limit_is_refused(shop: Shop) -> None:
    shop.say(CustomerRecord("C2", "C2", "Nordlys", currency="CNY", credit_limit=D(1000)))
    order = shop.draft("SO-1", ("LAMP", 8), customer="C2")
    confirm(by=shop.anna, order=order)
    refused("over_credit", shop.amend, order, 1, qty=9)
    other = shop.draft("SO-2", ("LAMP", 1), customer="C2")
    refused("over_credit", confirm, by=shop.anna, order=other)
    shop.amend(order, 1, qty=7)
    confirm(by=shop.anna, order=other)
    close(by=shop.anna, order=order)
    third = shop.order("SO-3", ("LAMP", 7), customer="C2")
    refused("over_credit", reopen, by=shop.anna, order=order)
    assert propose_shipments(by=shop.bo, orders=[third, order])[1] == []
