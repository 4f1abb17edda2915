"""Receipts, adjustments and reservations in answers, and what is sent to make them."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from ordertrail.api.given import DayIn, Named, NumberIn, PriceIn, QtyIn, SignedQty
from ordertrail.api.shapes.frame import Body, Listed, Shape
from ordertrail.api.shapes.orders import one_of
from ordertrail.api.written import Day, Id, Instant, Money, Qty

LINES = 2_000
"""Lines of one call."""


class ReceiptRow(Shape):
    """Goods that came in, or are planned to."""

    id: Id
    number: Annotated[str | None, Field(description="Null while a planned one has none.")]
    state: Annotated[str, one_of("planned", "done", "cancelled")]
    date: Annotated[Day, Field(description="The day it is planned for, or was done.")]
    warehouse: str
    home: str


class ReceiptLine(Shape):
    """A product and quantity that came in; cost only for who sees cost."""

    line: int
    sku: str
    qty: Qty
    unit_cost: Annotated[str, Field(description="As it was given, up to 6 decimals.")] = ""
    cost: Money = ""


class Receipt(ReceiptRow):
    """A receipt with its lines."""

    version: int
    lines: list[ReceiptLine]


class ReceiptLineIn(Body):
    """A product that comes in."""

    sku: Named
    qty: QtyIn
    unit_cost: PriceIn


class ReceiptIn(Body):
    """Goods that came in on a day, or are planned for it."""

    number: NumberIn | None = None
    date: DayIn
    warehouse: Annotated[
        str | None, Field(max_length=40, description="The code of a warehouse; without it the first.")
    ] = None
    lines: Annotated[list[ReceiptLineIn], Field(min_length=1, max_length=LINES)]
    planned: Annotated[bool, Field(strict=True)] = False


class ReceivedIn(Body):
    """The day on which what was planned has come; today where it is left out."""

    date: DayIn | None = None


class AdjustmentLineIn(Body):
    """By how much a product's stock is another: below 0 for what went, above for what is there."""

    sku: Named
    qty: SignedQty
    unit_cost: PriceIn | None = None


class AdjustmentIn(Body):
    """A difference between the books and the shelf, with its reason."""

    date: DayIn | None = None
    reason: Literal["loss", "found", "supplier_return", "opening"]
    lines: Annotated[list[AdjustmentLineIn], Field(min_length=1, max_length=LINES)]


class AdjustmentLine(Shape):
    """A product's difference; cost (with the sign of the quantity) only for who sees cost."""

    line: int
    sku: str
    qty: Qty
    cost: Money = ""


class Adjustment(Shape):
    """A difference that was booked."""

    id: Id
    date: Day
    reason: Annotated[str, one_of("loss", "found", "supplier_return", "opening")]
    lines: list[AdjustmentLine]


class ReservationIn(Body):
    """A quantity of free stock to be held for an order line."""

    order: Named
    line: Annotated[int, Field(strict=True, ge=1, le=65_535)]
    qty: QtyIn


class Reservation(Shape):
    """Stock that is, or was, held for an order line."""

    id: Id
    order: Id
    line: int
    sku: str
    qty: Qty
    at: Instant
    ended_at: Annotated[Instant | None, Field(description="Null while it is held.")]


Receipts = Listed[ReceiptRow]
Reservations = Listed[Reservation]
