"""Products as the API tells them, and how bodies name them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from ordertrail.api import beside, written
from ordertrail.api.door import Caller
from ordertrail.api.problems import wrong_field
from ordertrail.api.shapes import products as shapes
from ordertrail.catalog.models import Barcode, Product
from ordertrail.desk.availability import Promise, stock_of
from ordertrail.lib.money import MONEY_SCALE, QTY_SCALE, from_units
from ordertrail.records.models import DESK, SourceDocument
from ordertrail.stock.queries import has_moved, stock_value
from ordertrail.stock.reading import unit_cost

WANTED = ("open_demand", "pending_shipment")
"""Figures of stock that orders tell, whoever keeps the goods."""


def product_head(row: Product) -> dict[str, Any]:
    """What a list and the page tell of a product; its price is in the company's currency."""
    return {
        "id": str(row.pk), "sku": row.sku, "name": row.name, "unit": row.unit, "kind": "service" if row.service else "goods",
        "category": row.category, "home": row.home.code,
        "price": None if row.price is None else written.money(row.price, settings.COMPANY.currency),
    }  # fmt: skip


def products(rows: Sequence[Product]) -> list[shapes.ProductRow]:
    """Products of a list."""
    return [shapes.ProductRow(**product_head(row)) for row in rows]


def product(pk: int, by: Caller, day: date | None = None) -> shapes.Product:
    """One product with its stock, now or at the end of ``day``. Product.DoesNotExist where there is none."""
    row = Product.objects.select_related("home").get(pk=pk)
    cost: dict[str, Any] = {}
    figures: dict[str, Any] = {name: _qty(units) for name, units in stock_of(pk, day).items()}
    kept = row.home.kind == DESK or has_moved(pk)
    if by.sees_cost():
        money = from_units(stock_value(row, day), MONEY_SCALE)
        cost = {
            "standard_cost": None if row.standard_cost is None else written.four(row.standard_cost),
            "unit_cost": written.four(from_units(unit_cost(row, day), QTY_SCALE)),
            "value": written.money(money, settings.COMPANY.currency) if kept else None,
        }
    barcodes = Barcode.objects.filter(product=pk).order_by("pk")
    return shapes.Product(
        **product_head(row),
        version=0,
        cost_method=row.cost_method,
        tax_rate=None if row.tax_rate is None else written.decimals(row.tax_rate, 2),
        barcodes=[shapes.Barcode(code=one.code, qty=written.qty(one.qty)) for one in barcodes],
        under_tolerance=written.decimals(row.under_tolerance, 2),
        over_tolerance=written.decimals(row.over_tolerance, 2),
        allow_negative=row.allow_negative,
        lead_time_days=row.lead_time_days,
        stock=shapes.Stock(
            **(figures if kept else {name: figures[name] if name in WANTED else None for name in figures})
        ),
        **cost,
    )


def atp(found: Promise, by: Caller) -> shapes.Atp:
    """What may be promised, and what of that which the caller may see stands in the way."""
    asked = {flow.document for flow in found.limiting}
    seen = beside.ask().seen("order", asked, by.person)
    numbers = dict(SourceDocument.objects.filter(pk__in=asked).values_list("pk", "number"))
    return shapes.Atp(
        available=_qty(found.available),
        earliest_date=found.earliest,
        limiting=[
            shapes.Limit(
                kind=flow.kind,
                id=str(flow.document),
                number=numbers.get(flow.document) or None,
                date=flow.day,
                qty=_qty(-flow.qty),
            )
            for flow in found.limiting
            if flow.document in seen
        ],
    )


def named(skus: Sequence[str], path: str = "lines.{}.sku") -> list[Product]:
    """The product that each of these texts of a body means: its SKU, else what else leads to it. Problem 422 with the place of the
    first that means none, or several."""
    exact: dict[str, list[Product]] = {}
    for row in Product.objects.filter(sku__in=set(skus)).order_by("pk"):
        exact.setdefault(row.sku, []).append(row)
    found = []
    for place, sku in enumerate(skus):
        rows: Collection[Product] = exact.get(sku) or Product.objects.filter(pk__in=beside.ask().found("product", sku))
        if len(rows) != 1:
            sentence = (
                _("There is no product %(sku)s.")
                if not rows
                else _("Several products are called %(sku)s; name one by its id.")
            )
            raise wrong_field(path.format(place), "unknown_product", sentence % {"sku": sku[:60]})
        found.append(next(iter(rows)))
    return found


def _qty(units: int) -> str:
    return written.qty(from_units(units, QTY_SCALE))
