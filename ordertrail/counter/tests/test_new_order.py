"""Anna types orders on one screen: suggested, told and counted while she types, kept once, refused without a change."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest
from django.test import Client

from ordertrail.catalog.models import Barcode
from ordertrail.counter.tests.desk_page import alert_of, lines, logged_in, once_of, text_of
from ordertrail.desk.receive import Part, receive
from ordertrail.desk.tests.shop import D, Shop, everything, q
from ordertrail.orders.models import Order, OrderLine, OrderStatus, Terms
from ordertrail.parties.models import Person
from ordertrail.records.shapes import CustomerRecord, Pack
from ordertrail.web.tests.people import person

pytestmark = [pytest.mark.django_db, pytest.mark.slow, pytest.mark.store]


@pytest.fixture
def anna(shop: Shop) -> Client:
    """Anna sells; she sees no cost."""
    return logged_in(shop.anna)


def typed(client: Client, **told: Any) -> Any:
    """The form of a new order, sent."""
    key = once_of(client.get("/orders/new/"))
    return client.post("/orders/new/", {"once": key, "customer": "C1", "then": "draft", **told})


def test_an_order_is_kept_as_a_draft_quoted_and_confirmed(shop: Shop, anna: Client) -> None:
    shop.receive(20)
    told_ = {"number": "SO-1", "promised_date": "2026-09-30", "ship_to": "south", "remark": "Call first."}
    answer = typed(anna, **told_, **lines(("LAMP", "10"), ("", "")))
    assert (answer.status_code, answer["Location"]) == (302, "/orders/SO-1/")
    order = Order.objects.get(number="SO-1")
    assert (order.state, order.ship_to, str(order.promised_date), order.remark, order.salesperson) == (
        "draft", "2 Quay", "2026-09-30", "Call first.", "anna",
    )  # fmt: skip
    assert "The order is kept as a draft." in text_of(anna.get("/orders/SO-1/"))
    answer = typed(anna, then="quote", **lines(("lamp", "2", "90", "5")))
    assert answer["Location"] == "/orders/SO-2026-00001/"
    line = OrderLine.objects.get(order__number="SO-2026-00001")
    assert (line.qty, line.price, line.discount, line.net, line.gross) == (D(2), D(90), D("0.05"), D(171), D("193.23"))
    answer = typed(
        anna,
        then="confirm",
        discount="10",
        prices_include_tax="1",
        invoice_policy="ordered",
        **lines(("LAMP", "1", "113")),
    )
    placed = OrderStatus.objects.get(number="SO-2026-00002")
    assert (placed.status, placed.ordered, Terms.objects.get(pk=placed.pk).invoice_policy) == (
        "confirmed",
        D("101.7"),
        "ordered",
    )
    assert shop.reserved() == D(1)


def test_sent_twice_it_is_one_order(shop: Shop, anna: Client) -> None:
    form = {"once": once_of(anna.get("/orders/new/")), "customer": "C1", "then": "confirm", **lines(("LAMP", "1"))}
    first, second = anna.post("/orders/new/", form), anna.post("/orders/new/", form)
    assert first["Location"] == second["Location"] == "/orders/SO-2026-00001/"
    assert Order.objects.count() == 1
    other = anna.post("/orders/new/", {**form, **lines(("LAMP", "2"))})
    assert other.status_code == 422
    assert "sent already" in alert_of(other)
    assert Order.objects.count() == 1


def test_what_is_refused_changes_nothing_and_keeps_what_was_typed(shop: Shop, anna: Client) -> None:
    shop.draft("SO-1", ("LAMP", 1))
    before = everything()
    cases: list[tuple[dict[str, Any], str]] = [
        ({"number": "SO-1", **lines(("LAMP", "1"))}, "Order SO-1 is there already"),
        ({"customer": "", **lines(("LAMP", "1"))}, "Whom is the order for?"),
        ({"customer": "nobody", **lines(("LAMP", "1"))}, "There is no customer “nobody”"),
        (lines(("", "")), "An order needs a line"),
        (lines(("NONE", "1")), "There is no product “NONE”"),
        (lines(("LAMP", "")), "How much of it?"),
        (lines(("LAMP", "-1")), "“-1”: write a figure above 0."),
        (lines(("LAMP", "1.1234567")), "has more than 6 decimals"),
        (lines(("LAMP", "one")), "“one” is no figure"),
        (lines(("LAMP", "1", "1e9")), "“1e9” is no figure of ordinary size."),
        (lines(("LAMP", "1", "", "101")), "“101”: at most 100 %"),
        (lines(("LAMP", "1", "", "", "2026-02-30")), "“2026-02-30” is no day"),
        ({"date": "2026-09-17", **lines(("LAMP", "1"))}, "2026-09-17 is still to come"),
        ({"ship_to": "west", **lines(("LAMP", "1"))}, "Customer C1 has no address west"),
        ({"currency": "RMB", **lines(("LAMP", "1"))}, "Write CNY"),
        ({"number": "SO/1", **lines(("LAMP", "1"))}, "“SO/1” cannot be a number here"),
        (lines(("LAMP", "99999999999", "99999999999")), "comes to more than can be kept"),
    ]
    for told, sentence in cases:
        answer = typed(anna, remark="kept words", **told)
        assert (answer.status_code, sentence in alert_of(answer)) == (422, True), (told, alert_of(answer))
        page = answer.content.decode()
        assert "kept words" in page
        for text in told.get("sku", []):
            assert f'value="{text}"' in page
        assert everything() == before


def test_a_quotation_that_cannot_be_kept_keeps_no_draft_until_it_is_accepted(shop: Shop, anna: Client) -> None:
    shop.product("ROPE", lead_time_days=3)
    before = everything()
    answer = typed(anna, then="quote", **lines(("ROPE", "2")))
    assert "asks for 2; 0 can be promised" in alert_of(answer)
    assert everything() == before
    assert 'name="accept" value="stock_short"' in answer.content.decode()
    answer = anna.post(
        "/orders/new/",
        {"once": once_of(answer), "customer": "C1", "then": "quote", "accept": "stock_short", **lines(("ROPE", "2"))},
    )
    assert Order.objects.get().state == "quoted"


def test_over_the_credit_limit_nothing_is_kept(shop: Shop, anna: Client) -> None:
    shop.say(CustomerRecord("C2", "C2", "Nordlys", credit_limit=D(100)))
    answer = typed(anna, customer="C2", then="confirm", **lines(("LAMP", "1")))
    assert "the limit is 100.00" in alert_of(answer)
    assert Order.objects.count() == 0


def told(client: Client, **form: Any) -> str:
    answer = client.post("/orders/new/told/", {"customer": "C1", "changed": "all"} | form)
    assert answer.status_code == 200
    return answer.content.decode()


def part(page: str, name: str) -> str:
    """What is put into one place."""
    rest = page.split(f'id="{name}"', 1)[1].partition(">")[2]
    inner = re.split(r"<\w+ id=", rest)[0]
    return " ".join(re.sub(r"<[^>]+>", " ", inner).split())


def test_each_line_is_told_its_stock_day_and_price_and_the_whole_what_it_comes_to(shop: Shop, anna: Client) -> None:
    shop.product("ROPE", lead_time_days=3)
    shop.receive(20)
    receive(shop.bo, day=date(2026, 9, 30), planned=True, lines=[Part(shop.sku("ROPE"), q(50), q(7))])
    shop.order("SO-1", ("LAMP", 5))
    page = told(anna, **lines(("LAMP", "12", "", "10"), ("LAMP", "4"), ("ROPE", "3", "9.99"), ("NONE", "1")))
    assert part(page, "stock-1").split() == ["15", "pcs", "earliest", "09-16"]
    assert part(page, "stock-2") == "15 pcs no more on its way"  # 12 of 15 stand on the line above
    assert part(page, "stock-3") == "0 pcs all of it from 09-30"
    assert part(page, "name-4").startswith("There is no product “NONE”")
    assert (part(page, "net-1"), part(page, "net-2"), part(page, "net-3")) == ("1,080.00", "400.00", "29.97")
    assert 'data-set="price-1" data-placeholder="100"' in page
    assert re.findall(r"data-(net|tax|gross)>.*?([\d,.]+)</span>", page) == [
        ("net", "1,509.97"), ("tax", "196.30"), ("gross", "1,706.27"),
    ]  # fmt: skip
    assert "3 of 4 counted" in page


def test_the_screen_counts_what_the_order_will_come_to_to_the_cent(shop: Shop, anna: Client) -> None:
    form = {"discount": "5", **lines(("LAMP", "3", "9.99"), ("LAMP", "7", "3.33"), ("LAMP", "1", "100"))}
    page = told(anna, **form)
    typed(anna, number="SO-1", **form)
    gross = re.findall(r"data-gross>.*?([\d,.]+)</span>", page)[0]
    assert D(gross) == OrderStatus.objects.get(number="SO-1").ordered == D("164.55")


def test_only_who_sees_cost_is_told_cost_and_margin(shop: Shop, anna: Client) -> None:
    shop.receive(20, "61.2345")
    dana = logged_in(person("dana"))
    page = told(dana, **lines(("LAMP", "10")))
    assert part(page, "margin-1") == "612.35 38.8%"
    assert "387.65" in page
    for seen in (told(anna, **lines(("LAMP", "10"))), anna.get("/orders/new/").content.decode()):
        assert "61.2" not in seen
        assert "margin" not in seen.lower()
        assert "612.35" not in seen


def test_what_is_typed_may_be_a_barcode_another_number_or_a_name(shop: Shop, anna: Client) -> None:
    shop.product("ROPE", packs=(Pack("6901234567892", D(1)), Pack("16901234567899", D(12))))
    assert Barcode.objects.count() == 2
    page = told(anna, **lines(("16901234567899", "2"), ("Lamp", "1")))
    assert 'data-set="sku-1" data-from="16901234567899" data-value="ROPE"' in page
    assert 'data-set="qty-1" data-from="2" data-value="24"' in page
    assert 'data-set="sku-2" data-from="Lamp" data-value="LAMP"' in page
    typed(anna, number="SO-1", customer="远帆", **lines(("16901234567899", "2")))
    assert OrderLine.objects.get().qty == D(24)
    options = anna.get("/orders/new/products/?sku=69012").content.decode()
    assert re.findall(r'data-value="(\w+)"', options) == ["ROPE"]
    assert re.findall(r'data-value="(\w+)"', anna.get("/orders/new/products/?sku=am").content.decode()) == ["LAMP"]
    for text in ("c1", "帆船"):
        assert 'data-value="C1"' in anna.get("/orders/new/customers/", {"customer": text}).content.decode()


def test_a_customer_is_told_with_its_addresses(shop: Shop, anna: Client) -> None:
    page = told(anna, customer="远帆船舶", changed="customer")
    assert 'data-set="customer" data-from="远帆船舶" data-value="C1"' in page
    assert '<option value="north">north · 1 Pier</option>' in page


def test_a_copy_asks_for_the_same_again(shop: Shop, anna: Client) -> None:
    shop.draft(
        "SO-1", ("LAMP", 3, "9.9"), discount=D("0.05"), invoice_policy="ordered", ship_to="south", remark="Fragile"
    )
    page = anna.get("/orders/new/?copy=SO-1").content.decode()
    for told_ in (
        'value="C1"',
        'value="LAMP"',
        'value="9.9"',
        'id="discount" name="discount" value="5"',
        ">Fragile<",
        '<option value="south" selected>',
    ):
        assert told_ in page
    assert anna.get("/orders/new/?copy=SO-9").status_code == 404


def test_a_copy_keeps_a_rate_that_is_not_the_product_s(shop: Shop, anna: Client) -> None:
    shop.product("ROPE", tax_rate=D("0.06"))
    typed(anna, number="SO-1", tax_rate=["0", ""], **lines(("LAMP", "1"), ("ROPE", "1")))
    assert [row.tax_rate for row in OrderLine.objects.order_by("line")] == [D(0), D("0.06")]
    page = anna.get("/orders/new/?copy=SO-1").content.decode()
    assert re.findall(r'name="tax_rate" value="(\d*)"', page)[:2] == ["0", ""]
    assert re.findall(r'id="tax-rate-\d" .*?placeholder="(\d*)"', page)[:2] == ["13", "6"]
    assert "“101”: at most 100 %" in alert_of(typed(anna, tax_rate=["101"], **lines(("LAMP", "1"))))


def test_a_draft_without_a_number_can_be_opened_from_the_list(shop: Shop, anna: Client) -> None:
    typed(anna, **lines(("LAMP", "1")))
    order = Order.objects.get()
    assert f">~{order.pk}</a>" in anna.get("/orders/?queue=all").content.decode()
    assert f"~{order.pk}" in text_of(anna.get(f"/orders/~{order.pk}/"))


def test_the_guest_and_the_store_may_not(shop: Shop) -> None:
    for who, status in ((person("gus"), 403), (shop.bo, 403)):
        client = logged_in(who)
        for path in ("/orders/new/", "/orders/new/customers/?customer=c", "/orders/new/products/?sku=l"):
            assert client.get(path).status_code == status
        for path in ("/orders/new/", "/orders/new/told/"):
            assert client.post(path, {"customer": "C1", **lines(("LAMP", "1"))}).status_code == status
    assert Order.objects.count() == 0


def test_who_sees_own_customers_alone_is_suggested_no_others(shop: Shop, anna: Client) -> None:
    shop.say(CustomerRecord("C2", "C2", "Evening Star"))
    shop.draft("SO-1", ("LAMP", 1))
    Person.objects.filter(pk=shop.anna.pk).update(own_customers_only=True)
    assert "Evening" not in anna.get("/orders/new/customers/?customer=even").content.decode()
    assert "There is no customer “C2” that you may see" in alert_of(typed(anna, customer="C2", **lines(("LAMP", "1"))))
    assert "C1" in anna.get("/orders/new/customers/?customer=c1").content.decode()
    made = anna.post("/customers/new/", {"code": "C-7", "name": "Nordlys"})
    assert made["Location"] == "/customers/C-7/"
    assert anna.get("/customers/C-7/").status_code == 200  # written down by her, so hers before the first order
    assert typed(anna, customer="C-7", number="SO-7", **lines(("LAMP", "1")))["Location"] == "/orders/SO-7/"


def test_a_line_is_told_by_a_fixed_number_of_queries(
    shop: Shop, anna: Client, django_assert_max_num_queries: Any
) -> None:
    shop.receive(20)
    for n in range(30):
        shop.product(f"P{n}")
    told(anna, **lines(("LAMP", "1")))
    for count in (1, 30):
        rows = [("LAMP", "1"), *((f"P{n}", "1") for n in range(count))]
        with django_assert_max_num_queries(22):
            told(anna, changed="1", **lines(*rows))


def test_a_long_list_from_a_sheet_is_one_order(shop: Shop, anna: Client) -> None:
    rows = [("LAMP", "1", str(price)) for price in range(1, 401)]
    assert "400" in part(told(anna, **lines(*rows)), "totals")
    typed(anna, number="SO-1", **lines(*rows))
    assert OrderLine.objects.filter(order__number="SO-1").count() == 400
    assert OrderStatus.objects.get().ordered == D("90626")  # 80,200 and 13 % tax


def test_drafts_are_found_again(shop: Shop, anna: Client) -> None:
    shop.draft("SO-1", ("LAMP", 1))
    shop.order("SO-2", ("LAMP", 1))
    page = anna.get("/orders/?queue=all&state=draft&state=quoted").content.decode()
    assert ("SO-1" in page, "SO-2" in page) == (True, False)
    assert "/orders/?queue=all&amp;state=draft&amp;state=quoted" in anna.get("/orders/new/").content.decode()
