"""What the desk refuses a Chinese reader it says in their words: no code of the API stands in the sentence."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.utils import translation

from ordertrail.api.tests.calling import program
from ordertrail.desk.choose import choose
from ordertrail.desk.draft_invoice import draft_lines
from ordertrail.desk.propose_invoices import propose_invoices
from ordertrail.desk.reserve import reserve, unreserve
from ordertrail.desk.tests.shop import q, refused
from ordertrail.desk.tests.till import Till
from ordertrail.lib.ids import LINES
from ordertrail.orders.models import OrderException

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


def said(code: str, do: Callable[..., Any], *args: Any, **more: Any) -> str:
    with translation.override("zh-hans"):
        return refused(code, do, *args, **more).detail


def test_what_keeps_orders_apart(till: Till) -> None:
    one, two = till.sold("SO-1", 1), till.sold("SO-2", 1, prices_include_tax=True)
    assert said("cannot_merge", draft_lines, None, {one * LINES + 1: q(1), two * LINES + 1: q(1)}) == (
        "SO-1, SO-2 不能开在一张发票上：价格是否含税不同。请分别开票，或按这些订单建议发票。"
    )
    with translation.override("zh-hans"):
        (apart,) = propose_invoices(None, [one, two]).apart
    assert apart.detail == "这些订单分开开票，因为价格是否含税不同：否: SO-1; 是: SO-2。"


def test_an_order_that_is_no_order_yet(till: Till) -> None:
    draft = till.shop.draft("SO-1", ("FREE", 1))
    assert said("not_confirmed", propose_invoices, None, [draft]) == (
        "订单 SO-1 的状态为“草稿”；只有已确认的订单才能开票。请先确认。"
    )


def test_what_was_decided_already(till: Till) -> None:
    order = till.sold("SO-1", 1)
    till.void(till.billed(order))
    waiting = OrderException.objects.get(order=order).pk
    choose(by=till.shop.anna, exception=waiting, choice="ignore")
    assert said("already_chosen", choose, by=till.shop.anna, exception=waiting, choice="recreate") == (
        "此事已作决定：已忽略。请查看订单 SO-1。"
    )


def test_a_reservation_that_holds_nothing_any_more(till: Till) -> None:
    order = till.shop.order("SO-1", ("FREE", 1), reserve="manual")
    till.shop.receive(1, 1, "FREE")
    held = reserve(till.shop.bo, order, 1, q(1))
    unreserve(till.shop.bo, held)
    assert said("not_held", unreserve, till.shop.bo, held) == (
        f"预留 {held} 已不占用库存（已释放）。请读取订单查看现有预留。"
    )


@pytest.mark.parametrize(
    ("reason", "qty", "sentence"),
    [("loss", "1", "“盘亏”为出库：数量请写负数。"), ("found", "-1", "“盘盈”为入库：数量请写正数。")],
)
def test_a_difference_with_the_wrong_sign(till: Till, reason: str, qty: str, sentence: str) -> None:
    body = {"reason": reason, "lines": [{"sku": "FREE", "qty": qty}]}
    answer = program("bo").post("/adjustments", body, {"Accept-Language": "zh-hans"})
    assert (answer.problem(), answer.body["detail"]) == ((422, "wrong_value"), sentence)
