"""What an order of our own allows: its next step, the menu, verbs and their refusals, amendments with their history, choices."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse as real_reverse

from ordertrail.api.tests.company import ORDER_B, e1
from ordertrail.counter import ways
from ordertrail.counter.tests.desk_page import alert_of, logged_in, once_of, text_of
from ordertrail.desk.amend import amend
from ordertrail.desk.cancel_shipment import cancel_shipment
from ordertrail.desk.take_order import LineWanted
from ordertrail.desk.tests.shop import D, Shop, everything, q, refused, whole
from ordertrail.findings.tests.company import say, source
from ordertrail.orders.models import LineWas, Order, OrderLine, Terms
from ordertrail.records.shapes import CustomerRecord, OrderRecord, ProductRecord
from ordertrail.shipping.models import ShipmentLine
from ordertrail.track.gather import gather
from ordertrail.track.promises import moves
from ordertrail.web.tests.people import person

pytestmark = [pytest.mark.django_db, pytest.mark.slow, pytest.mark.store]


@pytest.fixture
def anna(shop: Shop) -> Client:
    """Anna sells."""
    return logged_in(shop.anna)


def send(client: Client, address: str, **told: Any) -> Any:
    """Open a form and send it."""
    return client.post(address, {"once": once_of(client.get(address)), **told})


def primary(answer: Any) -> list[str]:
    """The primary buttons in the head of an order's page."""
    head = answer.content.decode().split('<div class="acts">', 1)[1].split("</main>")[0].split('<div class="card', 1)[0]
    found = re.findall(r'<(?:a|button|summary) class="btn primary"[^>]*>(.*?)</(?:a|button|summary)>', head, re.DOTALL)
    return [" ".join(re.sub(r"<[^>]+>", " ", one).split()) for one in found]


def menu(answer: Any) -> list[str]:
    """The words of the menu on an order's page."""
    found = re.search(r'More with this order.*?<ul class="pop">(.*?)</ul>', answer.content.decode(), re.DOTALL)
    return (
        [" ".join(re.sub(r"<[^>]+>", " ", one).split()) for one in re.findall(r"<li>(.*?)</li>", found[1], re.DOTALL)]
        if found
        else []
    )


def test_an_order_is_led_from_draft_to_closed_and_back(shop: Shop, anna: Client) -> None:
    shop.receive(20)
    order = shop.draft("SO-1", ("LAMP", 10))
    page = anna.get("/orders/SO-1/")
    assert primary(page) == ["Confirm 1,130.00"]
    assert menu(page) == ["Quote", "Cancel the order", "Amend", "Copy into a new order"]
    assert send(anna, "/orders/SO-1/quote/")["Location"] == "/orders/SO-1/"
    assert primary(anna.get("/orders/SO-1/")) == ["Confirm 1,130.00"]
    assert send(anna, f"/orders/~{order}/confirm/")["Location"] == "/orders/SO-1/"
    page = anna.get("/orders/SO-1/")
    assert "Order SO-1 is confirmed." in text_of(page)
    assert "Anna: confirmed the order" in text_of(page)
    assert (primary(page), menu(page)) == ([], ["Close the rest", "Cancel the order", "Amend", "Copy into a new order"])
    send(anna, "/orders/SO-1/close/")
    page = anna.get("/orders/SO-1/")
    assert (primary(page), menu(page)) == (["Reopen"], ["Cancel the order", "Copy into a new order"])
    send(anna, "/orders/SO-1/reopen/")
    assert shop.reserved() == D(10)
    send(anna, "/orders/SO-1/cancel/")
    assert (Order.objects.get().state, shop.reserved()) == ("cancelled", D(0))
    assert (primary(anna.get("/orders/SO-1/")), menu(anna.get("/orders/SO-1/"))) == ([], ["Copy into a new order"])


def test_a_verb_that_is_refused_says_why_and_changes_nothing(shop: Shop, anna: Client) -> None:
    shop.receive(20)
    order = shop.order("SO-1", ("LAMP", 10))
    shop.send((order, 1, 6))
    before = everything()
    for verb, sentence in (
        ("cancel", "6 of SO-1/1 have been shipped. Close the rest, or take the goods back first."),
        ("confirm", "Order SO-1 is confirmed already."),
        ("quote", "Order SO-1 is confirmed already."),
        ("reopen", "Order SO-1 is not closed"),
    ):
        answer = send(anna, f"/orders/SO-1/{verb}/")
        assert (answer.status_code, sentence in alert_of(answer)) == (409, True), verb
        assert everything() == before


def test_a_short_quotation_is_quoted_when_it_is_accepted(shop: Shop, anna: Client) -> None:
    order = shop.draft("SO-1", ("LAMP", 3))
    before = everything()
    answer = send(anna, "/orders/SO-1/quote/")
    assert "asks for 3; 0 can be promised, and nothing more is on its way." in alert_of(answer)
    assert everything() == before
    anna.post("/orders/SO-1/quote/", {"once": once_of(answer), "accept": "stock_short"})
    assert Order.objects.get(pk=order).state == "quoted"


def test_a_verb_sent_twice_is_done_once(shop: Shop, anna: Client) -> None:
    shop.draft("SO-1", ("LAMP", 1))
    form = {"once": once_of(anna.get("/orders/SO-1/confirm/"))}
    first, second = anna.post("/orders/SO-1/confirm/", form), anna.post("/orders/SO-1/confirm/", form)
    assert first["Location"] == second["Location"] == "/orders/SO-1/"
    assert shop.status(Order.objects.get().pk).status == "confirmed"


def test_who_may_not_type_orders_is_offered_nothing_and_refused(shop: Shop) -> None:
    shop.draft("SO-1", ("LAMP", 1))
    before = everything()
    for client in (logged_in(shop.bo), logged_in(person("chen")), logged_in(person("gus"))):
        for verb in ("quote", "confirm", "cancel", "close", "reopen", "amend"):
            assert client.get(f"/orders/SO-1/{verb}/").status_code == 403
            assert client.post(f"/orders/SO-1/{verb}/").status_code == 403
    assert (menu(logged_in(shop.bo).get("/orders/SO-1/")), everything()) == ([], before)


def test_an_order_of_another_system_offers_nothing(shop: Shop, anna: Client) -> None:
    e1()
    page = anna.get(f"/orders/{ORDER_B.number}/")
    assert (page.status_code, menu(page)) == (200, [])
    answer = send(anna, f"/orders/{ORDER_B.number}/cancel/")
    assert "lives in another system" in alert_of(answer)
    assert "lives in another system" in text_of(anna.get(f"/orders/{ORDER_B.number}/amend/"))


def test_the_next_step_leads_to_the_rooms_that_ship_bill_and_collect(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    def reverse(name: str, *args: Any, **more: Any) -> str:
        rooms = {
            "till:new_shipment": "/shipments/new/",
            "till:new_invoice": "/invoices/new/",
            "till:new_payment": "/payments/new/",
        }
        return rooms.get(name) or real_reverse(name, *args, **more)

    monkeypatch.setattr(ways, "reverse", reverse)
    shop.receive(20)
    order = shop.order("SO-1", ("LAMP", 10), invoice_policy="ordered")
    dana = logged_in(person("dana"))
    page = dana.get("/orders/SO-1/")
    assert (primary(page), "/shipments/new/?orders=SO-1" in page.content.decode()) == (["Ship 10"], True)
    assert "Invoice" not in menu(page)
    shop.send((order, 1, 6))
    page = dana.get("/orders/SO-1/")
    assert (primary(page), menu(page)[0]) == (["Ship 4"], "Invoice")
    assert primary(logged_in(person("chen")).get("/orders/SO-1/")) == ["Invoice"]
    assert primary(logged_in(shop.bo).get("/orders/SO-1/")) == ["Ship 4"]


def test_an_amendment_shows_what_changes_and_keeps_how_it_was(shop: Shop, anna: Client) -> None:
    shop.product("ROPE")
    order = shop.order("SO-1", ("LAMP", 10), ("LAMP", 2))
    form = {
        "sku-1": "ROPE",
        "qty-1": "8",
        "price-1": "95",
        "sku-2": "LAMP",
        "qty-2": "2",
        "price-2": "100",
        "revision": "0",
    }
    told = text_of(anna.post("/orders/SO-1/amend/told/", form))
    assert (
        told
        == "1 · Product LAMP → ROPE 1 · Quantity 10 → 8 1 · Price 100.00 → 95.00 Total incl. tax 1,356.00 → 1,084.80 CNY"
    )
    assert Terms.objects.get(pk=order).revision == 0
    answer = send(anna, "/orders/SO-1/amend/", **form, reason="the customer called")
    assert answer["Location"] == "/orders/SO-1/"
    assert shop.status(order).ordered == D("1084.8")
    page = text_of(anna.get("/orders/SO-1/"))
    assert "Order SO-1 is amended: revision 1." in page
    assert "1 1 · Product LAMP → ROPE 1 · Quantity 10 → 8 1 · Price 100.00 → 95.00 the customer called Anna" in page
    send(anna, "/orders/SO-1/amend/", **form | {"qty-1": "7", "revision": "1"}, reason="again")
    page = text_of(anna.get("/orders/SO-1/amend/"))
    assert "2 1 · Quantity 8 → 7 again Anna" in page
    assert "1 · Quantity 10 → 8" in page


def test_an_amendment_that_is_refused_changes_nothing(shop: Shop, anna: Client) -> None:
    shop.receive(20)
    order = shop.order("SO-1", ("LAMP", 10))
    shop.send((order, 1, 6))
    before = [*everything(), list(LineWas.objects.values()), list(OrderLine.objects.values())]
    line = {"sku-1": "LAMP", "qty-1": "10", "price-1": "100", "revision": "0"}
    cases: list[tuple[dict[str, str], str]] = [
        ({"qty-1": "5", "reason": "less"}, "at least 6 stay ordered"),
        ({"price-1": "90", "reason": "less"}, "another price or product needs a new line or order"),
        ({"qty-1": "9"}, "Say why it is amended"),
        ({"reason": "nothing"}, "Nothing is changed yet."),
        ({"qty-1": "0", "reason": "less"}, "“0”: write a figure above 0."),
        ({"qty-1": "", "reason": "less"}, "close or cancel to take all off"),
        ({"sku-1": "NONE", "reason": "other"}, "There is no product “NONE”"),
        ({"qty-1": "9", "reason": "late", "revision": "3"}, "has been amended meanwhile: it is at revision 0"),
    ]
    for told, sentence in cases:
        answer = send(anna, "/orders/SO-1/amend/", **line | told)
        assert (answer.status_code, sentence in alert_of(answer)) == (422, True), (told, alert_of(answer))
        assert f'value="{told.get("reason", "")}"' in answer.content.decode()
        assert [*everything(), list(LineWas.objects.values()), list(OrderLine.objects.values())] == before
    send(anna, "/orders/SO-1/close/")
    page = text_of(anna.get("/orders/SO-1/amend/"))
    assert "Order SO-1 is closed. Reopen it first." in page
    assert "Amend the order" not in page


def test_a_line_is_added_to_a_confirmed_order_and_is_as_any_line(shop: Shop, anna: Client) -> None:
    shop.product("ROPE")
    shop.receive(20)
    shop.receive(3, sku="ROPE")
    order = shop.order("SO-1", ("LAMP", 10))
    form = {"revision": "0", "sku": ["ROPE", "", ""], "qty": ["5", "", ""], "price": ["80", "", ""]}
    told = text_of(anna.post("/orders/SO-1/amend/told/", form))
    assert told == "2 · Added ROPE × 5 · 80.00 Total incl. tax 1,130.00 → 1,582.00 CNY"
    assert OrderLine.objects.count() == 1
    assert send(anna, "/orders/SO-1/amend/", **form, reason="rope for them too")["Location"] == "/orders/SO-1/"
    assert shop.status(order).ordered == D("1582")
    assert (shop.reserved("ROPE"), shop.line(order, 2).to_ship) == (D(3), q(5))
    page = text_of(anna.get("/orders/SO-1/"))
    assert "1 2 · Added ROPE × 5 · 80.00 rope for them too Anna" in page
    shop.send((order, 2, 3))
    shop.receive(2, sku="ROPE")
    assert (shop.line(order, 2).to_ship, shop.reserved("ROPE")) == (q(2), D(2))
    send(anna, "/orders/SO-1/amend/", **{"revision": "1", "qty-2": "4"}, reason="one less")
    page = text_of(anna.get("/orders/SO-1/"))
    assert "2 2 · Quantity 5 → 4 one less Anna" in page
    assert "1 2 · Added ROPE × 5 · 80.00 rope for them too Anna" in page
    whole()


def test_an_added_line_takes_the_products_price_and_a_drafts_total_grows(shop: Shop, anna: Client) -> None:
    order = shop.draft("SO-1", ("LAMP", 1))
    send(anna, "/orders/SO-1/amend/", sku="LAMP", qty="2", reason="two more")
    assert [(one.line, one.qty, one.price, one.gross) for one in OrderLine.objects.order_by("line")] == [
        (1, D(1), D(100), D(113)), (2, D(2), D(100), D(226)),
    ]  # fmt: skip
    assert (shop.status(order).ordered, shop.reserved()) == (D(339), D(0))


def test_a_line_that_cannot_be_added_changes_nothing(shop: Shop, anna: Client) -> None:
    shop.say(ProductRecord("MAST", "MAST", "Mast"))
    shop.order("SO-1", ("LAMP", 10))
    before = [*everything(), list(LineWas.objects.values()), list(OrderLine.objects.values())]
    cases: list[tuple[dict[str, str], str]] = [
        ({"sku": "NONE", "qty": "1"}, "There is no product “NONE”"),
        ({"sku": "LAMP", "qty": ""}, "How much of it?"),
        ({"sku": "LAMP", "qty": "-1"}, "“-1”: write a figure above 0."),
        ({"sku": "", "qty": "4"}, "Which product?"),
        ({"sku": "MAST", "qty": "1"}, "MAST has no price of its own. Give one."),
    ]
    for told, sentence in cases:
        answer = send(anna, "/orders/SO-1/amend/", **told, reason="more")
        assert (answer.status_code, sentence in alert_of(answer)) == (422, True), (told, alert_of(answer))
        assert [*everything(), list(LineWas.objects.values()), list(OrderLine.objects.values())] == before


def test_an_added_line_beyond_the_customers_limit_is_refused(shop: Shop, anna: Client) -> None:
    order = shop.order("SO-1", ("LAMP", 10))
    shop.say(CustomerRecord("C1", "C1", "远帆船舶", currency="CNY", credit_limit=D(1200)))
    more = [LineWanted("LAMP", D(1))]
    refused("over_credit", amend, by=shop.anna, order=order, lines=[], more=more, reason="one more")
    assert (OrderLine.objects.count(), Terms.objects.get(pk=order).revision) == (1, 0)


def test_another_day_is_promised_with_a_reason_and_the_page_tells_both(shop: Shop, anna: Client) -> None:
    order = shop.order("SO-1", ("LAMP", 10), promised_date=date(2026, 9, 21), day=date(2026, 9, 14))
    assert "5 working days from the order" in text_of(anna.get("/orders/SO-1/"))
    form = {"promised_date": "2026-09-25", "revision": "0"}
    assert "2026-09-25" in anna.post("/orders/SO-1/amend/told/", form).content.decode()
    send(anna, "/orders/SO-1/amend/", **form, reason="the mill is late")
    row = Order.objects.get(pk=order)
    assert (row.promised_date, shop.status(order).promised_date) == (date(2026, 9, 25), date(2026, 9, 25))
    assert OrderLine.objects.get().promised_date == date(2026, 9, 25)
    told = gather(order, shop.anna)
    assert told is not None
    assert [(one.was, one.now, one.by, one.why, one.days) for one in moves(told)] == [
        (date(2026, 9, 21), date(2026, 9, 25), "Anna", "the mill is late", 4)
    ]
    page = text_of(anna.get("/orders/SO-1/"))
    assert "Changes of the promised date" in page
    assert "9 working days from the order" in page
    assert "4 d later the mill is late Anna" in page
    before = everything()
    answer = send(anna, "/orders/SO-1/amend/", promised_date="", reason="none")
    assert (answer.status_code, alert_of(answer)) == (
        422, "A day that was promised can be moved, not taken away. Give the new one.",
    )  # fmt: skip
    assert everything() == before
    whole()


def test_a_day_that_another_system_moved_is_told_too(shop: Shop, anna: Client) -> None:
    first = OrderRecord(
        "12", "SO-9", customer_name="Sailfar", order_date=date(2026, 9, 1), promised_date=date(2026, 9, 14)
    )
    shop_system = source("shop")
    say(shop_system, first)
    say(shop_system, replace(first, promised_date=date(2026, 9, 10)))
    told = gather(Order.objects.get(number="SO-9").pk, shop.anna)
    assert told is not None
    assert [(one.was, one.now, one.why, one.days) for one in moves(told)] == [
        (date(2026, 9, 14), date(2026, 9, 10), "", -4)
    ]


def waiting(client: Client) -> tuple[str, str]:
    """The address and the one-time key of the choice on the order's page."""
    page = client.get("/orders/SO-1/").content.decode()
    assert "A shipment was cancelled" in page
    return re.findall(r'action="(/orders/[^"]*/exceptions/\d+/)".*?name="once" value="([^"]+)"', page, re.DOTALL)[0]  # type: ignore[no-any-return]


def test_what_becomes_of_a_cancelled_shipment_is_chosen_once(shop: Shop, anna: Client) -> None:
    shop.receive(20)
    order = shop.order("SO-1", ("LAMP", 10))
    cancel_shipment(by=shop.bo, shipment=shop.load((order, 1, 4)))
    address, key = waiting(anna)
    answer = anna.post(address, {"once": key, "choice": "recreate"})
    assert answer["Location"].startswith("/shipments/")
    assert anna.post(address, {"once": key, "choice": "recreate"})["Location"] == answer["Location"]
    assert "It was decided already" in alert_of(anna.post(address, {"choice": "ignore"}, follow=True))
    (draft,) = ShipmentLine.objects.filter(shipment__state="draft").values_list("shipment", flat=True)
    cancel_shipment(by=shop.bo, shipment=draft)
    address, key = waiting(anna)
    assert (
        logged_in(person("chen")).post(address, {"choice": "ignore"}).status_code == 403
    )  # she bills, and this is goods
    assert logged_in(person("gus")).post(address, {"choice": "ignore"}).status_code == 403
    assert shop.line(order).wanted == q(10)
    assert logged_in(shop.bo).post(address, {"once": key, "choice": "ignore"})["Location"] == "/orders/SO-1/"
    assert shop.line(order).wanted == q(6)
    assert "A shipment was cancelled" not in anna.get("/orders/SO-1/").content.decode()
    assert anna.post("/orders/SO-1/exceptions/999999/", {"choice": "ignore"}).status_code == 404
