"""Each law of stock finds what breaks it."""

from __future__ import annotations

from datetime import date

import pytest

from ordertrail.desk.laws import verify
from ordertrail.desk.tests.shop import Shop
from ordertrail.stock.models import CostAdjustment, Layer, LayerUse, Move, Reservation, StockBalance

pytestmark = [pytest.mark.django_db, pytest.mark.slow, pytest.mark.store]


@pytest.fixture
def shop() -> Shop:
    made = Shop()
    made.product()
    made.receive(10)
    order = made.order("SO-1", ("LAMP", 8))
    made.send((order, 1, 2))
    assert list(verify()) == []
    return made


def broken() -> set[str]:
    return {one.law for one in verify()}


def test_each_is_seen(shop: Shop) -> None:
    held, move, use = Reservation.objects.get(ended_at=None), Move.objects.latest("pk"), LayerUse.objects.get()
    rows = Reservation.objects.filter(pk=held.pk)
    rows.update(qty=7)
    assert broken() == {"held_is_wanted"}
    rows.update(qty=5)
    assert broken() == {"nobody_waits_beside_free_goods"}
    rows.update(qty=9)
    assert broken() == {"held_goods_are_there", "held_is_wanted"}
    rows.update(qty=6)
    Move.objects.filter(pk=move.pk).update(document=None)
    assert broken() == {"goods_move_for_a_reason"}
    Move.objects.filter(pk=move.pk).update(document=move.document)
    Layer.objects.update(used_up=True)
    assert broken() == {"layers_give_what_they_have"}
    Layer.objects.update(used_up=False)
    LayerUse.objects.update(value=use.value + 1)
    assert broken() == {"layers_are_worth_their_moves"}
    LayerUse.objects.update(value=use.value)
    row = StockBalance.objects.create(
        product_id=move.product_id, warehouse_id=move.warehouse_id, month=date(2026, 8, 1), qty=1
    )
    assert broken() == {"balances_are_sums"}
    row.delete()
    CostAdjustment.objects.create(move=move, because=move, adjustment_date=date(2026, 9, 16), value=1)
    assert broken() == {"layers_are_worth_their_moves"}
