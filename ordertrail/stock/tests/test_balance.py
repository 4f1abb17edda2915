"""What is on hand: counted from moves alone, from a kept balance, and as it was on a day in the past."""

from __future__ import annotations

from datetime import date

import pytest

from ordertrail.stock import balance
from ordertrail.stock.balance import on_hand_of
from ordertrail.stock.models import StockBalance
from ordertrail.stock.tests.goods import Q, cost, product, receive, ship, there, worth

pytestmark = pytest.mark.django_db
DAYS = (date(2026, 6, 30), date(2026, 7, 31), date(2026, 8, 1), date(2026, 8, 31), date(2026, 9, 2), date(2026, 9, 16))


def test_a_balance_changes_no_figure_and_follows_what_comes_late(monkeypatch: pytest.MonkeyPatch) -> None:
    lamp, bulb = product(), product()

    def story(of: int) -> list[int]:
        for month, qty in ((7, 5), (8, 7), (9, 2)):
            receive(of, qty, "3", month=month, day=2)
        ship(of, 4, 3)
        receive(of, 1, "3", month=8, day=9)
        return [on_hand_of([of], day).get(of, 0) // Q for day in DAYS] + [on_hand_of([of])[of] // Q]

    plain = story(lamp)
    monkeypatch.setattr(balance, "WORTH_CLOSING", 0)
    kept = story(bulb)
    assert plain == kept == [0, 5, 5, 13, 15, 11, 11]
    assert not StockBalance.objects.filter(product=lamp).exists()
    assert StockBalance.objects.get(product=bulb).qty == 13
    assert (there(bulb), worth(bulb)) == (11, 33)
    assert cost(ship(bulb, 11)) == 33
