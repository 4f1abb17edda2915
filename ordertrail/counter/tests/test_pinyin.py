"""Products and customers are found by how their names are read: whole pinyin, initials, each reading; those of other systems too."""

from __future__ import annotations

import pytest

from ordertrail.catalog.models import Product
from ordertrail.counter.find import customers_like, products_like
from ordertrail.counter.tests.desk_page import logged_in, text_of
from ordertrail.desk.tests.shop import Shop
from ordertrail.findings.tests.company import say, source
from ordertrail.lib import sounds as lib_sounds
from ordertrail.records.shapes import CustomerRecord, ProductRecord
from ordertrail.track.search import found

pytestmark = [pytest.mark.django_db, pytest.mark.slow, pytest.mark.store]


@pytest.fixture
def named(shop: Shop) -> Shop:
    """Lamps typed here, rope of another system, and a bank in Changsha whose first signs are read in two ways each."""
    shop.say(ProductRecord("P-1", "P-1", "LED 灯管"), ProductRecord("P-2", "P-2", "信號燈"))
    say(source("shop"), ProductRecord("P-3", "P-3", "铝合金缆绳"))
    shop.say(CustomerRecord("C2", "C2", "长行贸易"))
    return shop


def skus(text: str) -> list[str]:
    return [one.sku for one in products_like(text)]


def test_a_product_is_found_by_pinyin_and_initials(named: Shop) -> None:
    assert skus("deng") == ["P-1", "P-2"]
    assert skus("dg") == ["P-1"]
    assert skus("DengGuan") == skus("deng guan") == skus("leddg") == ["P-1"]
    assert skus("xhd") == skus("xinhao") == ["P-2"]
    assert skus("灯") == ["P-1"]
    assert (skus("x"), skus("dengx")) == ([], [])


def test_a_product_of_another_system_is_found_too(named: Shop) -> None:
    assert skus("lvhejin") == skus("lhjls") == ["P-3"]


def test_a_customer_is_found_by_each_reading(named: Shop) -> None:
    for text in ("changhang", "changxing", "zhanghang", "zhangxing", "chmy", "zxmy", "maoyi"):
        assert [one.code for one in customers_like(text, named.anna)] == ["C2"], text
    assert [one.code for one in customers_like("yfcb", named.anna)] == ["C1"]


def test_a_renamed_product_is_found_by_its_new_name_alone(named: Shop) -> None:
    named.say(ProductRecord("P-1", "P-1", "锚链"))
    assert (skus("maolian"), skus("dg")) == (["P-1"], [])


def test_suggestions_and_ctrl_k_know_pinyin(named: Shop) -> None:
    page = logged_in(named.anna).get("/orders/new/products/", {"sku": "dg"})
    assert text_of(page) == "P-1 LED 灯管"
    assert [[hit.title for hit in group.hits] for group in found("dengguan", named.anna)] == [["P-1"]]
    assert [[hit.title for hit in group.hits] for group in found("yuanfan", named.anna)] == [["远帆船舶"]]


def test_names_that_were_there_before_are_filled_piece_by_piece(named: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    before = dict(Product.objects.values_list("sku", "sounds"))
    assert before["P-1"] == "leddengguan leddg"
    Product.objects.update(sounds="")
    monkeypatch.setattr(lib_sounds, "PIECE", 1)
    lib_sounds.fill(Product)
    assert dict(Product.objects.values_list("sku", "sounds")) == before
