"""What goods cost: the worked tables of domain.md §1.6, back-dated moves, goods that come back, less than nothing in stock."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from ordertrail.lib.refused import Refused
from ordertrail.stock.models import Average, CostAdjustment, Layer, LayerUse, Move
from ordertrail.stock.tests.goods import cancel, cost, give_back, product, receive, ship, there, unit, worth

pytestmark = pytest.mark.django_db
D = Decimal


def test_standard_costs_what_was_set() -> None:
    lamp = product("standard", "10")
    receive(lamp, 8, "10")
    receive(lamp, 4, "16")
    assert cost(ship(lamp, 10)) == 100
    assert worth(lamp) == 20
    receive(lamp, 2, "9")
    assert (worth(lamp), unit(lamp), there(lamp)) == (40, 10, 4)


def test_the_average_moves_with_receipts_and_not_with_issues() -> None:
    lamp = product("average")
    receive(lamp, 8, "10")
    receive(lamp, 4, "16")
    assert unit(lamp) == 12
    ship(lamp, 10)
    assert (unit(lamp), worth(lamp)) == (12, 24)
    receive(lamp, 2, "6")
    assert (unit(lamp), worth(lamp)) == (9, 36)


def test_first_in_goes_first_out() -> None:
    lamp = product()
    receive(lamp, 8, "10")
    receive(lamp, 4, "16")
    assert cost(ship(lamp, 10)) == 112
    assert worth(lamp) == 32
    receive(lamp, 2, "6")
    assert (worth(lamp), there(lamp)) == (44, 4)
    assert unit(lamp) == 11


def test_e1_pieces_and_the_next_cost() -> None:
    lamp = product()
    receive(lamp, 8, "60", 1)
    receive(lamp, 12, "70", 2)
    a, b = ship(lamp, 6), ship(lamp, 5)
    assert (cost(a), cost(b), unit(lamp)) == (360, 330, 70)


def test_the_last_piece_of_a_pile_takes_the_rest_of_its_value() -> None:
    lamp = product()
    receive(lamp, 3, "0.333333")
    assert [cost(ship(lamp, 1)) for _ in range(3)] == [D("0.33"), D("0.33"), D("0.34")]
    assert worth(lamp) == 0


def test_what_comes_back_has_the_cost_at_which_it_went_and_is_a_pile_of_its_own() -> None:
    lamp = product()
    receive(lamp, 8, "60")
    receive(lamp, 12, "70")
    ship(lamp, 6, order_line=1)
    ship(lamp, 5, order_line=1)
    back = give_back(lamp, 1, 6)
    assert cost(back) == 330 + 60  # the latest shipment first
    assert worth(lamp) == 8 * 60 + 12 * 70 - 690 + 390
    assert cost(ship(lamp, 9)) == 630  # what came back is behind what is there


def test_a_named_shipment_is_the_one_that_comes_back_and_the_last_piece_takes_the_residual() -> None:
    lamp = product()
    receive(lamp, 3, "0.333333")
    receive(lamp, 3, "2")
    ship(lamp, 3, order_line=1, shipment=77)
    ship(lamp, 3, order_line=1)
    parts = [give_back(lamp, 1, 1, shipment=77) for _ in range(3)]
    assert [cost(part) for part in parts] == [D("0.33"), D("0.33"), D("0.34")]


def test_a_cancelled_shipment_brings_back_what_has_not_come_back_already() -> None:
    lamp = product("average")
    receive(lamp, 10, "12")
    line = ship(lamp, 6, order_line=1)
    give_back(lamp, 1, 2)
    receive(lamp, 2, "24")
    cancel(line)
    assert (there(lamp), unit(lamp)) == (12, 15)  # (12 × 6 + 24 × 2) / 8; what comes back moves nothing
    last = Move.objects.latest("pk")
    assert (last.kind, last.qty, last.value) == ("unship", D(4), D(48))


def test_an_average_below_nothing_takes_the_price_of_what_comes_next() -> None:
    lamp = product("average", "7", negative=True)
    assert cost(ship(lamp, 5)) == 35
    receive(lamp, 2, "9")
    assert (unit(lamp), there(lamp)) == (9, -3)
    receive(lamp, 13, "11")
    assert (unit(lamp), there(lamp), worth(lamp)) == (11, 10, 110)


def test_a_debt_of_fifo_is_paid_by_what_comes_next_and_the_difference_is_told() -> None:
    lamp = product(negative=True)
    receive(lamp, 1, "10", 14)
    line = ship(lamp, 4, 15)
    assert cost(line) == 40
    receive(lamp, 2, "12")
    receive(lamp, 5, "20")
    assert (cost(line), cost(line, restated=True)) == (40, 10 + 24 + 20)
    assert (there(lamp), worth(lamp)) == (4, 80)
    assert {a.adjustment_date for a in CostAdjustment.objects.all()} == {date(2026, 9, 16)}


def test_a_back_dated_receipt_changes_no_booked_figure_and_says_what_it_would_have_been() -> None:
    lamp = product()
    receive(lamp, 10, "10", 5)
    line = ship(lamp, 5, 6)
    late = receive(lamp, 10, "8", 4)
    (row,) = CostAdjustment.objects.all()
    assert (row.value, row.adjustment_date) == (D(10), date(2026, 9, 16))
    assert (row.because_id, row.move.line) == (late, line)
    assert (cost(line), cost(line, restated=True)) == (50, 40)
    assert worth(lamp) == 5 * 8 + 10 * 10
    assert worth(lamp, 15) == 130  # on the 15th the adjustment was not known: 100 + 80 − 50
    assert cost(ship(lamp, 6)) == 50


def test_a_back_dated_receipt_and_the_average() -> None:
    lamp = product("average")
    receive(lamp, 10, "10", 5)
    line = ship(lamp, 5, 6)
    receive(lamp, 5, "20", 7)
    assert unit(lamp) == 15
    receive(lamp, 10, "8", 4)
    assert (cost(line), cost(line, restated=True)) == (50, 45)
    assert unit(lamp) == D("11.75")  # (15 × 9 + 5 × 20) / 20
    assert worth(lamp) == 235
    assert Average.objects.count() == 5  # the late one's, and those of the two after it anew
    receive(lamp, 20, "9.75")
    assert unit(lamp) == D("10.75")


def test_goods_that_came_back_follow_the_cost_of_their_issue() -> None:
    lamp = product()
    receive(lamp, 10, "10", 5)
    ship(lamp, 5, 6, order_line=1)
    back = give_back(lamp, 1, 2, 7)
    receive(lamp, 10, "8", 4)
    assert (cost(back), cost(back, restated=True)) == (20, 16)
    assert worth(lamp) == 5 * 8 + 10 * 10 + 16
    assert cost(ship(lamp, 17)) == 156
    assert not Layer.objects.filter(used_up=False).exists()


def test_what_piles_gave_is_what_issues_took_after_any_order_of_recording() -> None:
    lamp = product()
    for qty, price, day in ((4, "3", 9), (6, "5", 3), (5, "2", 7), (3, "11", 1)):
        receive(lamp, qty, price, day)
        ship(lamp, 3, day + 1)
    moves = sum(m.value for m in Move.objects.all()) + sum(a.value for a in CostAdjustment.objects.all())
    assert worth(lamp) == moves
    assert there(lamp) == 6
    for layer in Layer.objects.all():
        used = sum(use.qty for use in LayerUse.objects.filter(layer=layer))
        assert 0 <= used <= layer.qty
        assert layer.used_up == (used == layer.qty)


def test_nobody_takes_more_than_there_is() -> None:
    lamp = product()
    receive(lamp, 5, "1")
    with pytest.raises(Refused) as no:
        ship(lamp, 6)
    assert no.value.code == "short_stock"
    assert there(lamp) == 5
