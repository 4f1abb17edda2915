"""Goods of orders typed here: merged and split shipments, tolerance, cancelling, closing, reopening (domain.md §2, E1, E4, E5, E6)."""

from __future__ import annotations

from datetime import date

import pytest

from ordertrail.desk.cancel import cancel
from ordertrail.desk.choose import choose
from ordertrail.desk.close import close
from ordertrail.desk.propose_shipments import propose_shipments
from ordertrail.desk.reopen import reopen
from ordertrail.desk.tests.shop import D, Shop, q, refused
from ordertrail.orders.models import OrderException
from ordertrail.shipping.models import Shipment
from ordertrail.stock.queries import cost_of

pytestmark = [pytest.mark.django_db, pytest.mark.slow, pytest.mark.store]


def propose(shop: Shop, *orders: int) -> list[int]:
    return propose_shipments(by=shop.bo, orders=orders)[0]


def test_e1_two_orders_leave_on_one_shipment_and_four_stay_behind(shop: Shop) -> None:
    shop.receive(8, 60, day=date(2026, 9, 13))
    shop.receive(12, 70)
    a, b = shop.order("SO-A", ("LAMP", 10, 100)), shop.order("SO-B", ("LAMP", 5, 80))
    assert [shop.status(each).ordered for each in (a, b)] == [D(1130), D(452)]
    [draft] = propose(shop, a, b)
    assert shop.on(draft) == [(a, 10), (b, 5)]
    rest = shop.ship(draft, (a, 1, 6), (b, 1, 5))
    assert shop.on(draft) == [(a, 6), (b, 5)]
    assert shop.on(rest) == [(a, 4)]
    done = Shipment.objects.get(pk=draft)
    assert (done.number, done.state, done.shipped_date) == ("SH-2026-00001", "done", date(2026, 9, 16))
    lines = done.lines.order_by("line").values_list("pk", flat=True)
    assert [cost_of(lines)[pk] for pk in lines] == [360_0000, 330_0000]
    assert [shop.status(each).delivery for each in (a, b)] == ["partially", "done"]
    assert shop.line(a).to_ship == q(4)
    assert shop.reserved() == 4
    refused("nothing_to_ship", propose, shop, a, b)
    refused("already_shipped", shop.ship, draft)


def test_e4_two_addresses_make_two_shipments_and_the_field_is_named(shop: Shop) -> None:
    north, south = shop.order("SO-1", ("LAMP", 1)), shop.order("SO-2", ("LAMP", 1), ship_to="south")
    drafts, apart = propose_shipments(by=shop.bo, orders=[north, south])
    assert [shop.on(draft) for draft in drafts] == [[(north, 1)], [(south, 1)]]
    assert apart == [("ship_to", drafts)]
    for draft in drafts:
        shop.unship(draft)
    no = refused("cannot_merge", shop.load, (north, 1, 1), (south, 1, 1))
    assert no.errors[0]["path"] == "ship_to"


def test_e5_the_rest_is_ignored(shop: Shop) -> None:
    shop.receive(20)
    order = shop.order("SO-1", ("LAMP", 10))
    [draft] = propose(shop, order)
    rest = shop.ship(draft, (order, 1, 6))
    refused("has_shipments", cancel, by=shop.anna, order=order)
    assert rest
    shop.unship(rest)
    waiting = OrderException.objects.get(order=order)
    assert (waiting.kind, shop.reserved()) == ("shipment_cancelled", 4)
    choose(by=shop.anna, exception=waiting.pk, choice="ignore")
    status = shop.status(order)
    assert (status.ordered, status.effective, status.delivery, status.status) == (D(1130), D(678), "done", "confirmed")
    assert shop.reserved() == 0
    refused("already_chosen", choose, by=shop.anna, exception=waiting.pk, choice="recreate")


def test_e5_the_rest_is_made_again_and_what_a_new_draft_took_is_not(shop: Shop) -> None:
    shop.receive(20)
    order = shop.order("SO-1", ("LAMP", 10))
    [draft] = propose(shop, order)
    shop.unship(draft)
    shop.load((order, 1, 7))
    waiting = OrderException.objects.get(order=order)
    created = choose(by=shop.anna, exception=waiting.pk, choice="recreate")
    assert created is not None
    assert (created[0], shop.on(created[1])) == ("shipment", [(order, 3)])


def test_e6_close_gives_free_and_reopen_takes_again(shop: Shop) -> None:
    shop.receive(50)
    shop.order("SO-0", ("LAMP", 7))
    order = shop.order("SO-1", ("LAMP", 10))
    assert shop.reserved() == 17
    sent = shop.send((order, 1, 5))
    assert shop.reserved() == 12
    close(by=shop.anna, order=order)
    assert shop.reserved() == 7
    refused("not_confirmed", shop.load, (order, 1, 1))
    reopen(by=shop.anna, order=order)
    assert shop.reserved() == 12
    shop.unship(sent)
    assert (shop.reserved(), shop.line(order).to_ship) == (17, q(10))
    cancel(by=shop.anna, order=order)
    assert shop.reserved() == 7
    assert shop.status(order).effective == 0


def test_e6_with_a_tolerance_of_half_15_of_10_may_go(shop: Shop) -> None:
    shop.product("ROPE", over_tolerance=D("0.5"))
    shop.receive(50, sku="ROPE")
    order = shop.order("SO-1", ("ROPE", 10))
    [draft] = propose(shop, order)
    refused("over_delivery", shop.ship, draft, (order, 1, 16))
    assert shop.ship(draft, (order, 1, 15)) is None
    assert (shop.reserved("ROPE"), shop.line(order).over, shop.line(order).to_ship) == (0, q(5), 0)
    shop.unship(draft)
    assert shop.reserved("ROPE") == 10


def test_an_under_tolerance_counts_as_complete_and_frees_the_rest(shop: Shop) -> None:
    shop.product("ROPE", under_tolerance=D("0.1"))
    shop.receive(20, sku="ROPE")
    order = shop.order("SO-1", ("ROPE", 10))
    assert shop.ship(shop.load((order, 1, 5))) is None
    [draft] = propose(shop, order)
    assert shop.on(draft) == [(order, 5)]
    assert shop.ship(draft, (order, 1, 4)) is None
    assert (shop.status(order).delivery, shop.reserved("ROPE")) == ("done", 0)


def test_stock_held_for_another_is_not_shipped(shop: Shop) -> None:
    shop.receive(100)
    shop.order("SO-X", ("LAMP", 50))
    order = shop.order("SO-Y", ("LAMP", 100), reserve="manual")
    [draft] = propose(shop, order)
    refused("short_stock", shop.ship, draft)
    rest = shop.ship(draft, (order, 1, 50))
    assert shop.on(rest) == [(order, 50)]


def test_who_was_confirmed_first_gets_what_comes_first(shop: Shop) -> None:
    first, second = shop.order("SO-2", ("LAMP", 4)), shop.order("SO-1", ("LAMP", 4))
    shop.receive(5)
    assert (shop.line(first).reserved, shop.line(second).reserved) == (q(4), q(1))
    close(by=shop.anna, order=first)
    assert shop.line(second).reserved == q(4)
    reopen(by=shop.anna, order=first)
    assert shop.line(first).reserved == q(1)
    shop.receive(2)
    assert shop.line(first).reserved == q(3)


def test_a_quantity_is_on_one_draft_at_most(shop: Shop) -> None:
    shop.receive(20)
    order = shop.order("SO-1", ("LAMP", 10))
    one = shop.load((order, 1, 7))
    refused("on_draft", shop.load, (order, 1, 4))
    refused("over_delivery", shop.load, (order, 1, 11))
    other = shop.load((order, 1, 2), (order, 1, 1))
    assert shop.on(other) == [(order, 3)]
    refused("on_draft", shop.ship, one, (order, 1, 8))
    close(by=shop.anna, order=order)
    assert not Shipment.objects.filter(pk__in=[one, other]).exists()


def test_goods_come_back_at_the_cost_of_the_latest_shipment(shop: Shop) -> None:
    shop.receive(3, 10, day=date(2026, 9, 13))
    shop.receive(7, 20)
    order = shop.order("SO-1", ("LAMP", 10))
    first = shop.send((order, 1, 3), day=date(2026, 9, 15))
    shop.send((order, 1, 7))
    refused("over_return", shop.back, (order, 1, 11))
    back = shop.back((order, 1, 8))
    assert shop.on(back) == [(order, -7), (order, -1)]
    costs = cost_of(Shipment.objects.get(pk=back).lines.values_list("pk", flat=True))
    assert sorted(costs.values()) == [10_0000, 140_0000]
    refused("over_return", shop.back, (order, 1, 3, first))
    shop.back((order, 1, 2, first))
    assert (shop.line(order).returned, shop.line(order).to_ship) == (q(10), 0)
    refused("over_return", shop.unship, first)
    cancel(by=shop.anna, order=order)
    assert shop.status(order).delivery == "done"


def test_a_service_is_never_on_a_shipment(shop: Shop) -> None:
    shop.product("HELP", service=True)
    order = shop.order("SO-1", ("HELP", 3))
    refused("nothing_to_ship", propose, shop, order)
    refused("over_delivery", shop.load, (order, 1, 1))
    assert shop.status(order).delivery == "not_required"


def test_only_confirmed_orders_ship(shop: Shop) -> None:
    order = shop.draft("SO-1", ("LAMP", 1))
    refused("not_confirmed", propose, shop, order)
    refused("not_confirmed", shop.load, (order, 1, 1))
