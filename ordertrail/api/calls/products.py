"""Products: the list, one with its stock, typing and changing one, and what of it may be promised."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from ordertrail.api import given, products
from ordertrail.api.calls.declare import get, patch, post
from ordertrail.api.calls.documents import page_of, told
from ordertrail.api.door import Caller, caller
from ordertrail.api.naming import meant
from ordertrail.api.once import once
from ordertrail.api.params import Param
from ordertrail.api.problems import wrong_field
from ordertrail.api.shapes import products as shapes
from ordertrail.api.shapes.frame import Listed
from ordertrail.api.versions import check_match, versioned
from ordertrail.catalog.models import Product
from ordertrail.desk.availability import promise
from ordertrail.desk.type_product import Code, change_product, type_product
from ordertrail.lib.money import QTY_SCALE, to_units
from ordertrail.web.filters import Field, FilterSet, Lookup, Sort

PRODUCTS = FilterSet(
    fields=(Field("q", "Name or SKU", search=True), Field("category", "Category"), Field("source", "Source")),
    sorts=(Sort("sku", "SKU", "sku"),),
)
DAY = {"type": "string", "format": "date"}


def day_params() -> Sequence[Param]:
    """The day of a product's stock."""
    return (Param("date", "Stock at the end of this day; what is wanted and what comes up to it.", DAY),)


def atp_params() -> Sequence[Param]:
    """What is to be promised, and for when."""
    words = "How much; without it: anything at all."
    return (Param("date", "For this day; today without it.", DAY), Param("qty", words))


@get("/products", right="see_orders", answer=shapes.Products, params=told(PRODUCTS))
def list_products(request: HttpRequest) -> Listed[shapes.ProductRow]:
    """Products, by SKU."""
    lookups: dict[str, Lookup] = {
        "q": lambda text: Q(name__icontains=text) | Q(sku__icontains=text), "category": "category", "source": "home__code",
    }  # fmt: skip
    return page_of(request, Product, PRODUCTS, lookups, products.products)


@get("/products/{n}", right="see_orders", answer=shapes.Product, params=day_params)
def get_product(request: HttpRequest, n: str) -> shapes.Product:
    """One product, by id or SKU, with its stock."""
    by = caller(request)
    return _told(meant("product", n, by.person), by, day_of(request, "date"))


@get("/products/{n}/atp", right="see_orders", answer=shapes.Atp, params=atp_params)
def get_product_atp(request: HttpRequest, n: str) -> shapes.Atp:
    """How much of a product may be promised for a day, and when a quantity of it can be had."""
    by = caller(request)
    product = meant("product", n, by.person)
    text = request.GET.get("qty")
    qty = None if text is None else to_units(_qty(text), QTY_SCALE)
    return products.atp(promise(product, day_of(request, "date"), qty), by)


@post("/products", right="keep_catalog", answer=shapes.Product, makes=True)
def post_product(request: HttpRequest, body: shapes.ProductIn) -> HttpResponse:
    """Type a product."""
    by = caller(request)
    fields = _fields(body.model_dump(exclude={"sku", "barcodes"}))
    _check(fields)
    codes = [Code(one.code, Decimal(one.qty)) for one in body.barcodes]
    return once(request, lambda: _told(type_product(by.person, body.sku, barcodes=codes, **fields), by), 201)


@patch("/products/{n}", right="keep_catalog", answer=shapes.Product)
def patch_product(request: HttpRequest, n: str, body: shapes.ProductChange) -> HttpResponse:
    """Change fields of a product that was typed here."""
    by = caller(request)
    pk = meant("product", n, by.person)
    return once(request, lambda: _changed(request, pk, body, by))


def _changed(request: HttpRequest, pk: int, body: shapes.ProductChange, by: Caller) -> shapes.Product:
    before = _told(pk, by)
    check_match(request, before, before.sku)
    if body.sku not in (None, before.sku):
        sentence = _("The SKU of %(sku)s stays: orders name the product by it. Type a new product instead.")
        raise wrong_field("sku", "fixed_field", sentence % {"sku": before.sku})
    given_ = body.model_dump(exclude_unset=True, exclude={"sku", "barcodes"})
    for name in ("name", "unit", "kind", "price", "cost_method", "category", "allow_negative"):
        if name in given_ and given_[name] is None:
            raise wrong_field(name, "wrong_value", _("The field %(name)s cannot be empty.") % {"name": name})
    fields = _fields(given_)
    row = Product.objects.get(pk=pk)
    _check({"cost_method": row.cost_method, "standard_cost": row.standard_cost, **fields})
    codes = None if body.barcodes is None else [Code(one.code, Decimal(one.qty)) for one in body.barcodes]
    return _told(change_product(by.person, pk, fields, codes), by)


def _fields(given_: dict[str, Any]) -> dict[str, Any]:
    """The fields of a body as a record has them."""
    if "kind" in given_:
        given_["service"] = given_.pop("kind") == "service"
    return given_


def _check(fields: dict[str, Any]) -> None:
    """Problem 422 for fractions above 1, and for a standard that is not told."""
    for name in ("tax_rate", "under_tolerance", "over_tolerance"):
        most = 1 if name != "over_tolerance" else 10
        if (fields.get(name) or 0) > most:
            sentence = _("%(name)s is a fraction: 13 %% is “0.13”.") % {"name": name}
            raise wrong_field(name, "wrong_value", sentence)
    if fields.get("cost_method") == "standard" and fields.get("standard_cost") is None:
        sentence = _("A product that is valued at its standard cost needs standard_cost.")
        raise wrong_field("standard_cost", "missing_field", sentence)


def _told(pk: int, by: Caller, day: date | None = None) -> shapes.Product:
    return versioned(products.product(pk, by, day))


def day_of(request: HttpRequest, name: str) -> date | None:
    """A day in the query string. Problem 422 for what is none."""
    text = request.GET.get(name)
    if text is None:
        return None
    try:
        return given.day(text)
    except ValueError:
        sentence = _("%(name)s is %(text)s; write a day as 2026-03-05.")
        raise wrong_field(name, "wrong_value", sentence % {"name": name, "text": text[:40]}) from None


def _qty(text: str) -> Decimal:
    try:
        return given.qty(text)
    except ValueError:
        sentence = _("qty is %(text)s; write a quantity above 0 with at most 6 decimals.")
        raise wrong_field("qty", "wrong_value", sentence % {"text": text[:40]}) from None
