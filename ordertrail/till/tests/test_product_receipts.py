"""Receipts are found by their number, and stand on the page of their product."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from ordertrail.desk.tests.shop import Shop
from ordertrail.parties.models import Person
from ordertrail.stock.models import GoodsReceipt
from ordertrail.web.tests.people import person


def seen(who: Person, path: str) -> str:
    client = Client()
    client.force_login(who)
    answer = client.get(path, headers={"HX-Request": "1"} if path.startswith("/search/") else {})
    assert answer.status_code == 200
    return re.sub(r"\s+", " ", answer.content.decode())


def test_a_product_shows_its_receipts_and_chen_their_cost(shop: Shop) -> None:
    first, second = GoodsReceipt.objects.order_by("pk")
    text = seen(person("chen"), "/products/LAMP/")
    assert text.index(second.number) < text.index(first.number)
    assert ">60.00<" in text
    assert ">70.00<" in text
    assert f'href="/receipts/~{first.pk}/"' in text


def test_who_may_not_see_cost_sees_the_receipts_without(shop: Shop) -> None:
    text = seen(shop.bo, "/products/LAMP/")
    assert GoodsReceipt.objects.all()[0].number in text
    assert ">60.00<" not in text
    assert "Unit cost" not in text


@pytest.mark.parametrize("spelled", ["{}", "gr202600001"])
def test_ctrl_k_finds_a_receipt_by_its_number(shop: Shop, spelled: str) -> None:
    number = GoodsReceipt.objects.order_by("pk")[0].number
    text = seen(person("chen"), f"/search/?q={spelled.format(number)}")
    assert f'href="/receipts/{number}/"' in text
    assert "Receipts" in text
