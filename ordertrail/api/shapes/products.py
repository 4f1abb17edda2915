"""Products in answers, and what is sent to type one."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from ordertrail.api.given import NameIn, NumberIn, PriceIn, QtyIn, RateIn
from ordertrail.api.shapes.frame import Body, Listed, Shape
from ordertrail.api.shapes.orders import one_of
from ordertrail.api.written import Day, Id, Money, Qty, Ratio


class ProductRow(Shape):
    """What is sold."""

    id: Id
    sku: str
    name: str
    unit: str
    kind: Annotated[str, one_of("goods", "service")]
    category: str
    price: Money | None
    home: str


class Barcode(Shape):
    """A code on goods and how many base units it stands for."""

    code: str
    qty: Qty


class Stock(Shape):
    """What is there, what is held, what is wanted and what comes. ``on_hand`` of a past day is what was there at its end. Null where
    nobody tells of stock: another system keeps the product, and none of it was ever received here."""

    on_hand: Qty | None
    reserved: Qty | None
    free: Annotated[Qty | None, Field(description="On hand and held for nobody.")]
    open_demand: Annotated[Qty, Field(description="What confirmed orders still want, up to the day asked for.")]
    pending_shipment: Annotated[Qty, Field(description="On draft shipments.")]
    incoming: Annotated[Qty | None, Field(description="Planned receipts, up to the day asked for.")]
    forecast: Annotated[Qty | None, Field(description="On hand + incoming − open demand.")]
    sellable: Annotated[Qty | None, Field(description="On hand − all open demand; below 0 it is shown so.")]


class Product(ProductRow):
    """A product with its stock."""

    version: int
    cost_method: Annotated[str, one_of("fifo", "average", "standard")]
    tax_rate: Annotated[str | None, Field(description="A fraction; null where the company's holds.")]
    barcodes: list[Barcode]
    under_tolerance: str
    over_tolerance: str
    allow_negative: bool
    lead_time_days: int | None
    stock: Stock
    standard_cost: Annotated[Ratio | None, Field(description="Only for who sees cost.")] = None
    unit_cost: Annotated[
        Ratio | None, Field(description="What one costs now, or on the day. Only for who sees cost.")
    ] = None
    value: Annotated[Money | None, Field(description="What the stock is worth. Only for who sees cost.")] = None


class Limit(Shape):
    """What stands in the way of a promise: an order or a quotation that wants goods by then."""

    kind: Annotated[str, one_of("order", "quotation")]
    id: Id
    number: str | None
    date: Day
    qty: Qty


class Atp(Shape):
    """What may be promised for a day."""

    available: Qty
    earliest_date: Annotated[Day | None, Field(description="When it can be had; null: not by what is known.")]
    limiting: list[Limit]


class BarcodeIn(Body):
    """A code on goods and how many base units it stands for."""

    code: Annotated[str, Field(min_length=1, max_length=100, pattern=r"^\S+$")]
    qty: QtyIn = "1"  # type: ignore[assignment]


Kind = Literal["goods", "service"]
Method = Literal["fifo", "average", "standard"]
Unit = Annotated[str, Field(min_length=1, max_length=20, pattern=r"\S")]
Category = Annotated[str, Field(max_length=100)]
Days = Annotated[int, Field(strict=True, ge=0, le=3650)]
Codes = Annotated[list[BarcodeIn], Field(max_length=100)]


class ProductIn(Body):
    """A new product."""

    sku: NumberIn
    name: NameIn
    unit: Unit = "pcs"
    kind: Kind = "goods"
    price: PriceIn
    tax_rate: RateIn | None = None
    cost_method: Method = "fifo"
    standard_cost: PriceIn | None = None
    category: Category = ""
    barcodes: Codes = []
    under_tolerance: RateIn | None = None
    over_tolerance: RateIn | None = None
    allow_negative: Annotated[bool, Field(strict=True)] = False
    lead_time_days: Days | None = None


class ProductChange(Body):
    """Fields of a product that change; what is left out stays. The SKU itself never changes."""

    sku: NumberIn | None = None
    name: NameIn | None = None
    unit: Unit | None = None
    kind: Kind | None = None
    price: PriceIn | None = None
    tax_rate: RateIn | None = None
    cost_method: Method | None = None
    standard_cost: PriceIn | None = None
    category: Category | None = None
    barcodes: Codes | None = None
    under_tolerance: RateIn | None = None
    over_tolerance: RateIn | None = None
    allow_negative: Annotated[bool, Field(strict=True)] | None = None
    lead_time_days: Days | None = None


Products = Listed[ProductRow]
