"""Whom the company believes can be changed, and every order follows at once."""

from __future__ import annotations

import pytest

from ordertrail.desk import precedence
from ordertrail.desk.laws import verify
from ordertrail.desk.tests import worlds
from ordertrail.desk.tests.test_mirror import status_of
from ordertrail.findings.tests.company import ERP_BILLS_10, OMS_X, WMS_SHIPS_6, WMS_X, company, say
from ordertrail.orders.models import Order
from ordertrail.records.models import Source, SourceDocument

pytestmark = pytest.mark.django_db
NUMBER = "SO-2609-0027"


def told() -> dict[str, Source]:
    by = company()
    for who, record in ((by["oms"], OMS_X), (by["wms"], WMS_X), (by["wms"], WMS_SHIPS_6), (by["erp"], ERP_BILLS_10)):
        say(who, record)
    return by


def test_believing_the_oms_for_goods_makes_its_figure_the_agreed_one(db: None) -> None:
    by = told()
    assert status_of(NUMBER).shipped_qty == 6
    Source.objects.filter(pk=by["oms"].pk).update(goods_rank=0)
    assert precedence.apply() == 1
    assert status_of(NUMBER).shipped_qty == 10
    assert status_of(NUMBER).delivery == "done"
    assert list(verify()) == []
    Source.objects.filter(pk=by["oms"].pk).update(goods_rank=5)
    precedence.apply()
    assert status_of(NUMBER).shipped_qty == 6


def test_another_home_of_orders_takes_the_row_over_and_gives_it_back(db: None) -> None:
    by = told()
    before = list(worlds.rows())
    Source.objects.filter(pk=by["wms"].pk).update(order_rank=0)
    precedence.apply()
    assert Order.objects.get().pk == SourceDocument.objects.get(source=by["wms"], kind="order").pk
    assert status_of("so2609-0027").shipped_qty == 6
    assert list(verify()) == []
    Source.objects.filter(pk=by["wms"].pk).update(order_rank=5)
    precedence.apply()
    assert list(worlds.rows()) == before


def test_a_bank_that_speaks_for_every_order_is_added_last(db: None) -> None:
    told()
    Source.objects.filter(code="bank").update(money_scope="")
    precedence.apply()
    assert status_of(NUMBER).money_source is None
    Source.objects.filter(code="bank").update(money_scope="all")
    precedence.apply()
    assert status_of(NUMBER).money_source == Source.objects.get(code="bank").pk
