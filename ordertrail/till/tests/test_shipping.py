"""Bo ships at the pages: orders go together or apart, a draft goes out in parts, goods come back; who may not is told so."""

from __future__ import annotations

import pytest

from ordertrail.desk.tests.shop import Shop
from ordertrail.shipping.models import Shipment, ShipmentLine
from ordertrail.stock.models import Move
from ordertrail.till.tests.sending import Sender, form_of, rows, text_of

D = "2026-09-16"


@pytest.fixture
def bo(shop: Shop) -> Sender:
    return Sender(shop.bo)


def line(order: int, number: int = 1) -> int:
    return order * 65536 + number


def test_two_orders_of_one_address_go_together_and_what_stays_is_named(shop: Shop, bo: Sender) -> None:
    a = shop.order("A", ("LAMP", 10, 100))
    b = shop.order("B", ("LAMP", 5, 80))
    page = text_of(bo.get("/shipments/new/?orders=A&orders=B"))
    assert "Must be alike Customer 远帆船舶 Ship to" in page
    assert "orders: 2 · lines: 2" in page
    draft = bo.send("/shipments/new/?orders=A&orders=B")
    shipment = Shipment.objects.get()
    assert draft == f"/shipments/~{shipment.pk}/"
    assert shop.on(shipment.pk) == [(a, 10), (b, 5)]
    assert "Pick" in bo.get(draft)
    gone = bo.send(f"{draft}ship/", {f"qty-{line(a)}": "6"})
    rest = Shipment.objects.get(state="draft")
    page = text_of(bo.get(gone))
    shipment.refresh_from_db()
    assert f"Shipment {shipment.number} has gone out; the rest is on the new draft ~{rest.pk}." in page
    assert (shop.on(shipment.pk), shop.on(rest.pk)) == ([(a, 6), (b, 5)], [(a, 4)])
    values = Move.objects.filter(kind="shipment").order_by("pk").values_list("value", flat=True)
    assert [f"{-value:.2f}" for value in values] == ["360.00", "330.00"]


def test_another_address_is_named_with_its_way_out(shop: Shop, bo: Sender) -> None:
    a = shop.order("A", ("LAMP", 2, 100), ship_to="north")
    b = shop.order("B", ("LAMP", 1, 100), ship_to="south")
    page = bo.get("/shipments/new/?orders=A&orders=B")
    assert "Another delivery address 2 Quay ≠ 1 Pier A shipment of its own" in text_of(page)
    assert f'href="/shipments/new/?orders=~{b}"' in page.replace("%7E", "~")
    bo.send("/shipments/new/?orders=A&orders=B")
    assert list(ShipmentLine.objects.values_list("order", flat=True)) == [a]
    bo.send("/shipments/new/?orders=A&orders=B", every="1")
    assert Shipment.objects.count() == 2
    page = text_of(bo.get("/shipments/new/?orders=A&orders=B"))
    assert "Nothing of these orders can be shipped now" in page
    assert f"2 on draft ~{Shipment.objects.earliest('pk').pk}" in page


def test_a_draft_order_waits_and_one_without_stock_says_so(shop: Shop, bo: Sender) -> None:
    shop.draft("D", ("LAMP", 1, 100))
    shop.order("E", ("LAMP", 30, 100))
    page = text_of(bo.get("/shipments/new/?orders=D&orders=E"))
    assert "Order D is not confirmed. Confirm it first." in page
    assert "Less than is to ship" not in page  # said by a sign
    assert 'aria-label="Less than is to ship"' in bo.get("/shipments/new/?orders=E")
    draft = bo.send("/shipments/new/?orders=E")
    said = bo.refused(f"{draft}ship/", "20", date=D)
    assert form_of(said)[f"qty-{line(shop_order('E'))}"] == "30"


def shop_order(number: str) -> int:
    from ordertrail.orders.models import Order

    return Order.objects.get(number=number).pk


def test_sent_twice_it_is_made_once(shop: Shop, bo: Sender) -> None:
    shop.order("A", ("LAMP", 10, 100))
    form = form_of(bo.get("/shipments/new/?orders=A"))
    assert bo.post("/shipments/new/", form) == bo.post("/shipments/new/", form)
    assert Shipment.objects.count() == 1


def test_too_much_is_refused_and_what_was_typed_is_kept(shop: Shop, bo: Sender) -> None:
    a = shop.order("A", ("LAMP", 10, 100))
    page = bo.refused("/shipments/new/?orders=A", "has 10 left to ship", {f"qty-{line(a)}": "11"})
    assert form_of(page)[f"qty-{line(a)}"] == "11"
    bo.refused("/shipments/new/?orders=A", "“many” is no number", {f"qty-{line(a)}": "many"})
    bo.refused("/shipments/new/?orders=A", "Nothing is chosen", {f"qty-{line(a)}": "0"})
    preview = form_of(bo.get("/shipments/new/?orders=A")) | {"preview": "1", f"qty-{line(a)}": "7"}
    answer = bo.client.post("/shipments/new/", preview, headers={"HX-Request": "true"})
    assert "A/1 7 3" in " ".join(text_of(f"<main>{answer.content.decode()}").split())
    assert not Shipment.objects.exists()


def test_picked_cancelled_and_taken_back(shop: Shop, bo: Sender) -> None:
    a = shop.order("A", ("LAMP", 10, 100))
    draft = bo.send("/shipments/new/?orders=A")
    assert "Picked 4; 6 left to pick." in text_of(bo.get(bo.send(f"{draft}pick/", code="LAMP", times="4")))
    bo.refused(f"{draft}pick/", "12", code="LAMP", times="12")
    assert "Picked 10; 0 left to pick." in text_of(bo.get(bo.send(f"{draft}pick/", complete="1")))
    bo.send(f"{draft}ship/")
    back = bo.send(f"{draft}return/", {f"qty-{line(a)}": "3"}, credit="no")
    assert shop.on(int(back.split("~")[1].strip("/"))) == [(a, -3)]
    assert shop.line(a).returned == 3_000_000
    bo.refused(f"{draft}return/", "7", {f"qty-{line(a)}": "8"})
    b = shop.order("B", ("LAMP", 1, 100))
    other = bo.send("/shipments/new/?orders=B")
    bo.send(f"{other}ship/")
    bo.send(f"{other}cancel/")
    assert shop.line(b).to_ship == 1_000_000


def test_to_choose_from_stand_open_orders_and_the_list_leads_here(shop: Shop, bo: Sender) -> None:
    a = shop.order("A", ("LAMP", 2, 100))
    assert "A Lamp 远帆船舶" in text_of(bo.get("/shipments/new/"))
    assert 'formaction="/shipments/new/"' in bo.get("/orders/")
    answer = bo.client.post("/shipments/new/", {"order": [f"~{a}"], "pick": "1"})
    assert answer["Location"].replace("%7E", "~") == f"/shipments/new/?orders=~{a}"


def test_who_may_not_ship_is_told_so_and_sees_no_button(shop: Shop) -> None:
    shop.order("A", ("LAMP", 2, 100))
    draft = Sender(shop.bo).send("/shipments/new/?orders=A")
    before = rows()
    for who in ("chen", "gus"):
        other = Sender(who)
        assert "ship and take back goods" in text_of(other.get("/shipments/new/?orders=A", 403))
        assert other.client.post(f"{draft}ship/", {}).status_code == 403
    assert f"{draft}ship/" not in Sender(shop.anna).get(draft)
    assert Sender(shop.bo).get("/shipments/~999/ship/", 404)
    assert rows() == before
