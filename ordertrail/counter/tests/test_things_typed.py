"""Products and customers are typed on plain forms and changed on them; who is called alike is shown; cost only to who sees it."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from ordertrail.catalog.models import Barcode, Product
from ordertrail.counter.tests.desk_page import alert_of, logged_in, once_of, text_of
from ordertrail.desk.tests.shop import D, Shop
from ordertrail.findings.tests.company import say, source
from ordertrail.parties.models import Customer
from ordertrail.records.shapes import CustomerRecord
from ordertrail.web.tests.people import person

pytestmark = [pytest.mark.django_db, pytest.mark.slow, pytest.mark.store]
LAMP = {"sku": "LAMP-2", "name": "Lamp two", "unit": "pcs", "kind": "goods", "price": "12.50", "cost_method": "fifo"}
NORD = {"code": "C-7", "name": "Nordlys Marine AS"}


@pytest.fixture
def anna(shop: Shop) -> Client:
    """Anna sells; she sees no cost."""
    return logged_in(shop.anna)


def send(client: Client, address: str, told: dict[str, Any]) -> Any:
    return client.post(address, {"once": once_of(client.get(address)), **told})


def rows() -> list[object]:
    return [list(model._default_manager.order_by("pk").values()) for model in (Customer, Product, Barcode)]


def test_a_product_is_typed_and_changed(shop: Shop, anna: Client) -> None:
    more = {
        "barcode": ["6901", "16901", ""],
        "barcode_qty": ["", "12", ""],
        "tax_rate": "6",
        "over_tolerance": "10",
        "lead_time_days": "3",
    }
    answer = send(anna, "/products/new/", LAMP | more)
    assert answer["Location"] == "/products/LAMP-2/"
    row = Product.objects.get(sku="LAMP-2")
    assert (row.price, row.tax_rate, row.over_tolerance, row.lead_time_days, row.service) == (
        D("12.5"),
        D("0.06"),
        D("0.1"),
        3,
        False,
    )
    assert list(row.barcodes.order_by("pk").values_list("code", "qty")) == [("6901", D(1)), ("16901", D(12))]
    page = anna.get("/products/LAMP-2/").content.decode()
    assert f"/products/~{row.pk}/edit/" in page
    page = anna.get("/products/LAMP-2/edit/").content.decode()
    for told in ('value="12.5"', 'value="6901"', 'value="12"', 'id="tax_rate" name="tax_rate" value="6"'):
        assert told in page
    send(anna, "/products/LAMP-2/edit/", LAMP | {"price": "13", "barcode": ["6901"], "barcode_qty": ["1"]})
    row = Product.objects.get(sku="LAMP-2")
    assert (row.price, row.tax_rate, Barcode.objects.filter(product=row).count()) == (D(13), None, 1)


def test_what_is_wrong_with_a_product_is_said_and_nothing_changes(shop: Shop, anna: Client) -> None:
    shop.product("ROPE")
    send(anna, "/products/new/", LAMP | {"barcode": ["6901"], "barcode_qty": ["1"]})
    shop.receive(5, sku="LAMP-2")
    before = rows()
    cases: list[tuple[str, dict[str, Any], str]] = [
        ("/products/new/", {"sku": "ROPE"}, "There is a product ROPE already."),
        ("/products/new/", {"sku": "A B"}, "“A B” cannot be a number here"),
        ("/products/new/", {"sku": "X", "name": ""}, "Give the product a name."),
        ("/products/new/", {"sku": "X", "price": ""}, "Give a price; 0 is one too."),
        ("/products/new/", {"sku": "X", "price": "-1"}, "write a figure from 0 on"),
        ("/products/new/", {"sku": "X", "tax_rate": "101"}, "at most 100 %"),
        ("/products/new/", {"sku": "X", "lead_time_days": "1.5"}, "has more than 0 decimals"),
        (
            "/products/new/",
            {"sku": "X", "barcode": ["6901"], "barcode_qty": [""]},
            "The barcode 6901 stands on LAMP-2.",
        ),
        ("/products/LAMP-2/edit/", {"unit": "m"}, "its unit, kind and cost method stay"),
    ]
    for address, told, sentence in cases:
        answer = send(anna, address, LAMP | told)
        assert (answer.status_code, sentence in alert_of(answer)) == (422, True), (told, alert_of(answer))
        assert rows() == before


def test_cost_stands_only_before_who_sees_it(shop: Shop, anna: Client) -> None:
    dana = logged_in(person("dana"))
    send(dana, "/products/new/", LAMP | {"cost_method": "standard", "standard_cost": "7.25"})
    assert Product.objects.get(sku="LAMP-2").standard_cost == D("7.25")
    assert 'value="7.25"' in dana.get("/products/LAMP-2/edit/").content.decode()
    page = anna.get("/products/LAMP-2/edit/").content.decode()
    assert "7.25" not in page
    assert "standard_cost" not in page
    send(anna, "/products/LAMP-2/edit/", LAMP | {"price": "20"})
    row = Product.objects.get(sku="LAMP-2")
    assert (row.price, row.cost_method, row.standard_cost) == (D(20), "standard", D("7.25"))


def test_a_customer_is_typed_and_changed(shop: Shop, anna: Client) -> None:
    places = {
        "address_code": ["north", "south", ""],
        "address_text": ["1 Pier", "2 Quay", ""],
        "invoice_address": "south",
    }
    answer = send(anna, "/customers/new/", NORD | places | {"currency": "eur", "credit_limit": "1,000.50"})
    assert answer["Location"] == "/customers/C-7/"
    row = Customer.objects.get(code="C-7")
    assert (row.currency, row.credit_limit, row.addresses, row.invoice_address) == (
        "EUR", D("1000.5"), [["north", "1 Pier"], ["south", "2 Quay"]], "south",
    )  # fmt: skip
    page = anna.get("/customers/C-7/").content.decode()
    assert "/orders/new/?customer=C-7" in page
    assert f"/customers/~{row.pk}/edit/" in page
    assert 'value="1000.5"' in anna.get("/customers/C-7/edit/").content.decode()
    send(anna, "/customers/C-7/edit/", {"name": "Nordlys", "address_code": ["north"], "address_text": ["3 Dock"]})
    row = Customer.objects.get(code="C-7")
    assert (row.name, row.credit_limit, row.addresses) == ("Nordlys", None, [["north", "3 Dock"]])


def test_what_is_wrong_with_a_customer_is_said_and_nothing_changes(shop: Shop, anna: Client) -> None:
    before = rows()
    cases: list[tuple[dict[str, Any], str]] = [
        ({"code": "C1"}, "There is a customer C1 already."),
        ({"code": ""}, "Give the customer a code"),
        ({"name": " "}, "Give the customer a name."),
        ({"currency": "RMB"}, "Write CNY"),
        ({"currency": "JPY", "credit_limit": "0.5"}, "An amount in JPY has at most 0 decimals."),
        ({"address_code": ["a", "a"], "address_text": ["1", "2"]}, "The address a is given twice."),
        ({"address_code": [""], "address_text": ["1 Pier"]}, "Give the address a code"),
        ({"invoice_address": "x"}, "There is no address x among"),
    ]
    for told, sentence in cases:
        answer = send(anna, "/customers/new/", NORD | told)
        assert (answer.status_code, sentence in alert_of(answer)) == (422, True), (told, alert_of(answer))
        assert rows() == before


def test_who_is_called_alike_is_shown_while_the_name_is_typed(shop: Shop, anna: Client) -> None:
    shop.say(CustomerRecord("C2", "C2", "Nordlys Marine", tax_number="NO 9", phone="55"))
    for told in (
        {"name": "nordlys marine as"},
        {"name": "Nord"},
        {"name": "远帆船舶用品有限公司"},
        {"tax_number": "NO 9"},
        {"phone": "55"},
        {"code": "C1"},
    ):
        page = text_of(anna.get("/customers/new/likes/", told))
        assert ("Nordlys Marine" in page) != ("远帆船舶" in page), (told, page)
    assert text_of(anna.get("/customers/new/likes/", {"name": "Quite another"})) == ""


def test_a_customer_typed_on_the_way_stands_in_the_order(shop: Shop, anna: Client) -> None:
    answer = anna.post("/customers/new/", NORD | {"inline": "1"}, headers={"HX-Request": "true"})
    assert (answer.status_code, answer["HX-Trigger"]) == (200, '{"typed":{"field":"customer","value":"C-7"}}')
    answer = anna.post("/customers/new/", NORD | {"inline": "1"}, headers={"HX-Request": "true"})
    assert (answer.status_code, "There is a customer C-7 already." in alert_of(answer)) == (422, True)
    assert 'data-take="customer" data-value="C-7"' in answer.content.decode()


def test_what_lives_elsewhere_is_changed_there(shop: Shop, anna: Client) -> None:
    say(source("oms"), CustomerRecord("9", "C-9", "Evening Star"))
    before = rows()
    assert "/edit/" not in anna.get("/customers/C-9/").content.decode()
    assert "Change it there" in text_of(anna.get("/customers/C-9/edit/"))
    answer = anna.post("/customers/C-9/edit/", {"name": "Other"})
    assert "Change it there" in alert_of(answer)
    assert rows() == before


def test_who_keeps_no_catalogue_may_not(shop: Shop) -> None:
    before = rows()
    for client in (logged_in(shop.bo), logged_in(person("gus"))):
        for address in (
            "/products/new/",
            "/customers/new/",
            "/products/LAMP/edit/",
            "/customers/C1/edit/",
            "/customers/new/likes/",
        ):
            assert client.get(address).status_code == 403
            assert client.post(address, LAMP | NORD).status_code == 403
    assert rows() == before
