"""Bo writes receipts down, receives what was planned, corrects the stock; only who may sees what goods cost."""

from __future__ import annotations

from decimal import Decimal

import pytest

from ordertrail.desk.tests.shop import Shop
from ordertrail.lib.money import QTY_SCALE
from ordertrail.stock.models import GoodsReceipt
from ordertrail.stock.queries import on_hand
from ordertrail.till.tests.sending import Sender, form_of, rows, text_of

D = Decimal


@pytest.fixture
def bo(shop: Shop) -> Sender:
    return Sender(shop.bo)


def here(shop: Shop) -> Decimal:
    return D(on_hand([shop.sku()])[shop.sku()]) / QTY_SCALE


def test_goods_come_in_and_only_who_sees_cost_sees_it(shop: Shop, bo: Sender) -> None:
    made = bo.send("/receipts/new/", {"sku": ["LAMP", "", ""], "qty": ["5", "", ""], "cost": ["61.5", "", ""]})
    number = GoodsReceipt.objects.latest("pk").number
    assert f"Receipt {number} is written down." in text_of(bo.get(made))
    assert here(shop) == 25
    assert "61.50" not in bo.get(made)
    assert "Lamp LAMP 5 61.50 307.50 Total 307.50" in text_of(Sender("chen").get(made))
    listed = text_of(bo.get("/receipts/"))
    assert number in listed
    assert listed.count("done") >= 3
    assert number not in text_of(bo.get("/receipts/?state=planned"))


def test_planned_first_then_received_and_who_waits_gets_it(shop: Shop, bo: Sender) -> None:
    order = shop.order("W", ("LAMP", 22, 100))
    assert shop.line(order).reserved == 20 * QTY_SCALE
    lines = {"sku": ["lamp", "", ""], "qty": ["2", "", ""], "cost": ["60", "", ""]}
    planned = bo.send("/receipts/new/", lines, planned="yes", date="2026-09-20")
    assert here(shop) == 20
    assert "planned" in text_of(bo.get(planned))
    bo.refused(f"{planned}receive/", "is still to come", date="2026-09-20")
    assert bo.send(f"{planned}receive/") == planned
    assert here(shop) == 22
    assert shop.line(order).reserved == 22 * QTY_SCALE
    bo.refused(f"{planned}receive/", "Only a planned one can be received")


def test_stock_is_corrected(shop: Shop, bo: Sender) -> None:
    bo.send("/adjustments/new/", {"sku": ["LAMP", "", ""], "qty": ["3", "", ""]}, reason="loss")
    assert here(shop) == 17
    bo.send("/adjustments/new/", {"sku": ["LAMP", "", ""], "qty": ["1", "", ""]}, reason="found")
    bo.send(
        "/adjustments/new/", {"sku": ["LAMP", "", ""], "qty": ["2", "", ""], "cost": ["50", "", ""]}, reason="opening"
    )
    assert here(shop) == 20
    page = bo.refused("/adjustments/new/", "20", {"sku": ["LAMP", "", ""], "qty": ["90", "", ""]}, reason="loss")
    assert form_of(page)["qty"][0] == "90"


def test_what_is_no_receipt_is_refused(shop: Shop, bo: Sender) -> None:
    one = {"sku": ["LAMP", "", ""], "qty": ["1", "", ""], "cost": ["60", "", ""]}
    bo.refused("/receipts/new/", "Nothing is typed")
    bo.refused("/receipts/new/", "NONE", one | {"sku": ["NONE", "", ""]})
    bo.refused("/receipts/new/", "a quantity above 0 is needed", one | {"qty": ["0", "", ""]})
    bo.refused("/receipts/new/", "needs a unit cost", one | {"cost": ["", "", ""]})
    bo.refused("/receipts/new/", "is still to come", one, date="2026-09-17")
    bo.send("/receipts/new/", one, number="R-9")
    bo.refused("/receipts/new/", "R-9", one, number="R-9")
    form = form_of(bo.get("/receipts/new/")) | one
    assert bo.post("/receipts/new/", form) == bo.post("/receipts/new/", form)
    assert here(shop) == 22
    assert form_of(bo.post("/receipts/new/", form | {"more": "1"}, 200))["sku"] == ["LAMP", "", "", ""]


def test_who_may_not_is_told_so(shop: Shop) -> None:
    before = rows()
    for who in (shop.anna, "chen", "gus"):
        other = Sender(who)
        for address in ("/receipts/new/", "/adjustments/new/"):
            assert "receive, reserve and correct stock" in text_of(other.get(address, 403))
            assert other.client.post(address, {"sku": "LAMP"}).status_code == 403
    assert "New receipt" not in Sender(shop.anna).get("/receipts/")
    assert rows() == before
