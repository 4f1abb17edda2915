"""Bo prints what goes along with the goods: whole, on the right sheet, in the right words, without prices unless asked for."""

from __future__ import annotations

from decimal import Decimal

import pytest

from ordertrail.desk.tests.shop import Shop
from ordertrail.orders.models import Order
from ordertrail.papers.tests.reading import Read
from ordertrail.records.shapes import ProductRecord
from ordertrail.shipping.models import Shipment
from ordertrail.till.tests.sending import Sender, rows, text_of

NAME = "航行信号灯（左舷红色，12V，IP67 防水等级）"


@pytest.fixture
def bo(shop: Shop) -> Sender:
    return Sender(shop.bo)


def sold(shop: Shop) -> Shipment:
    """E1: A 6 of 10 at 100, B 5 at 80, on one shipment."""
    a = shop.order("A", ("LAMP", 10, 100), remark="左门卸货\ncall before")
    b = shop.order("B", ("LAMP", 5, 80))
    return Shipment.objects.get(pk=shop.send((a, 1, 6), (b, 1, 5)))


def sold_many(shop: Shop, count: int) -> Shipment:
    """One order of so many products, all of it out."""
    for n in range(count):
        shop.say(ProductRecord(f"HL-{n:03}", f"HL-{n:03}", NAME, price=Decimal(10), unit="箱" if n % 2 else "pcs"))
        shop.receive(n + 1, 1, f"HL-{n:03}")
    order = shop.order("SO-2609-0012", *((f"HL-{n:03}", n + 1, 10) for n in range(count)))
    return Shipment.objects.get(pk=shop.send(*((order, n + 1, n + 1) for n in range(count))))


def at(row: Shipment, query: str = "") -> str:
    return f"/shipments/~{row.pk}/delivery-note/{query}"


def test_e1_goes_on_one_note_with_its_orders_and_remarks(shop: Shop, bo: Sender) -> None:
    row = sold(shop)
    note = Read(bo, at(row))
    assert [page.split("\n") for page in note.pages] == [[
        "Ordertrail", "Delivery note", f"Number: {row.number}", "Date: 2026-09-16", "Customer: 远帆船舶", "Ship to: 1 Pier",
        "Page 1 of 1", "#", "SKU", "Product", "Order", "Unit", "Quantity",
        "1", "LAMP", "Lamp", "A", "pcs", "6", "2", "LAMP", "Lamp", "B", "pcs", "5", "Total", "pcs", "11",
        "Remark on order A: 左门卸货 call before", "Made out by", "Delivered by", "Received by",
    ]]  # fmt: skip
    assert note.sizes == {(210.0, 297.0)}
    assert note.embedded
    assert note.answer["Content-Disposition"] == f'inline; filename="Delivery note {row.number}.pdf"'


def test_prices_stand_on_it_only_where_they_are_asked_for_and_cost_never(shop: Shop, bo: Sender) -> None:
    row = sold(shop)
    (plain,), (priced,) = Read(bo, at(row)).pages, Read(bo, at(row, "?prices=1")).pages
    for figure in ("113.00", "678.00", "90.40", "452.00", "1,130.00"):
        assert figure in priced.split("\n")
        assert figure not in plain
    assert "Price incl. tax\nAmount incl. tax" in priced
    assert not {"60.00", "66.00", "70.00", "360.00", "330.00", "690.00"} & set(priced.split("\n"))


def test_many_lines_break_over_sheets_each_with_the_head(shop: Shop, bo: Sender) -> None:
    row = sold_many(shop, 60)
    for query, size, count in (("", (210.0, 297.0), 3), ("?paper=continuous", (241.0, 93.1), 7)):
        note = Read(bo, at(row, query))
        pages = note.pages
        assert (note.sizes, len(pages)) == ({size}, count)
        for number, page in enumerate(pages, 1):
            assert f"Page {number} of {count}" in page.split("\n")
            assert f"Number: {row.number}" in page.split("\n")
            assert "\n#\nSKU\nProduct\nOrder\nUnit\nQuantity\n" in page
        lines = [line for page in pages for line in page.split("\n")]
        assert [line for line in lines if line.startswith("HL-")] == [f"HL-{n:03}" for n in range(60)]
        assert "Total\npcs\n900\n箱\n930" in pages[-1]
        assert ["Received by" in page for page in pages] == [False] * (count - 1) + [True]


def test_it_speaks_the_language_of_who_prints_or_the_one_that_is_chosen(shop: Shop, bo: Sender) -> None:
    row = sold_many(shop, 1)
    (hans,), (hant,) = (Read(bo, at(row, f"?lang={code}")).pages for code in ("zh-hans", "zh-hant"))
    assert hans.split("\n")[1:13] == [
        "送货单", f"单号：{row.number}", "日期：2026-09-16", "客户：远帆船舶", "收货地址：1 Pier", "第 1 页，共 1 页",
        "#", "SKU", "产品", "订单", "单位", "数量",
    ]  # fmt: skip
    assert NAME in hans.replace("\n", "")
    assert hans.endswith("制单\n送货\n签收")
    assert hant.split("\n")[1] == "送貨單"
    assert hant.endswith("製單\n送貨\n簽收")


def test_a_sign_that_the_font_does_not_have_is_seen_to_be_missing(shop: Shop, bo: Sender) -> None:
    a = shop.order("A", ("LAMP", 1, 100), remark="镕堃喆 臺灣 ½ \U00020000 end")
    row = Shipment.objects.get(pk=shop.send((a, 1, 1)))
    assert "镕堃喆 臺灣 ½ □ end" in Read(bo, at(row)).pages[0]


def test_a_draft_says_so_and_what_came_back_or_is_cancelled_has_none(shop: Shop, bo: Sender) -> None:
    row = sold(shop)
    order = shop.order("C", ("LAMP", 2, 100))
    draft = Shipment.objects.get(pk=shop.load((order, 1, 2)))
    assert "Delivery note (draft)\n" in Read(bo, at(draft)).pages[0]
    back = Shipment.objects.get(pk=shop.back((order_of(row), 1, 1)))
    shop.unship(draft.pk)
    before = rows()
    for one, words in ((back, f"With shipment {back.number} goods came back"), (draft, f"~{draft.pk} is cancelled")):
        page = bo.get(at(one), 422)
        assert words in text_of(page)
        assert 'role="alert"' in page
        assert "delivery-note" not in bo.get(f"/shipments/~{one.pk}/")
    assert "paper: “a5” is none of: a4, continuous." in text_of(bo.get(at(row, "?paper=a5"), 422))
    assert "lang: “fr” is none of" in text_of(bo.get(at(row, "?lang=fr"), 422))
    assert rows() == before


def order_of(row: Shipment) -> int:
    order = row.lines.order_by("line")[0].order_id
    assert order is not None
    return order


def test_the_shipment_s_page_leads_to_it_and_who_sees_a_part_gets_no_paper(shop: Shop, bo: Sender) -> None:
    row = sold(shop)
    page = bo.get(f"/shipments/~{row.pk}/").replace("%7E", "~")
    for query in ("", "?paper=continuous", "?prices=1", "?lang=zh-hans", "?lang=zh-hant"):
        assert f'href="{at(row)}{query}"' in page
    kept = Order.objects.get(number="B").salesperson
    Order.objects.filter(number="B").update(salesperson="Mei")
    shop.anna.own_customers_only = True
    shop.anna.save()
    anna = Sender(shop.anna)
    assert "delivery-note" not in anna.get(f"/shipments/~{row.pk}/")
    anna.get(at(row), 404)
    Order.objects.filter(number="B").update(salesperson=kept)
    Read(anna, at(row))
    assert "may not see orders" in text_of(Sender("gus").get(at(row), 403))
