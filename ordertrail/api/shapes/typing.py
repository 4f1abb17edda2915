"""What is sent to type orders and to do something to them."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from ordertrail.api.given import DayIn, Named, NumberIn, PriceIn, QtyIn, RateIn
from ordertrail.api.shapes.frame import Body, Shape
from ordertrail.api.shapes.orders import Order
from ordertrail.api.written import Id

MOST_LINES = 2_000
MOST_NAMED = 1_000


def _at_most_all(value: Decimal) -> Decimal:
    if value > 1:
        raise ValueError("at most 1")
    return value


def _with_a_sign(value: str) -> str:
    if not any(sign.isalnum() for sign in value):
        raise ValueError("a letter or figure")
    return value


DiscountIn = Annotated[RateIn, AfterValidator(_at_most_all), Field(description="A fraction: 0.05 is 5 % off.")]
OrderNumberIn = Annotated[NumberIn, AfterValidator(_with_a_sign)]


class LineIn(Body):
    """One line of an order to be typed; price and tax rate follow from the product where they are left out."""

    sku: Annotated[str, Field(min_length=1, max_length=100)]
    qty: QtyIn
    price: PriceIn | None = None
    discount: DiscountIn | None = None
    tax_rate: RateIn | None = None
    ship_date: DayIn | None = None


class OrderIn(Body):
    """An order to be typed; what is left out follows from the customer and the company."""

    number: OrderNumberIn | None = None
    customer: Named
    date: DayIn | None = None
    promised_date: DayIn | None = None
    ship_to: Annotated[str | None, Field(max_length=60, description="The code of one of the customer's addresses.")] = (
        None
    )
    currency: Annotated[str, Field(min_length=1, max_length=20, description="A code of ISO 4217.")] | None = None
    discount: DiscountIn | None = None
    invoice_policy: Literal["delivered", "ordered"] = "delivered"
    prices_include_tax: bool = False
    reserve: Literal["at_confirm", "manual"] = "at_confirm"
    remark: Annotated[str, Field(max_length=4000)] | None = None
    lines: Annotated[list[LineIn], Field(min_length=1, max_length=MOST_LINES)]


class NothingIn(Body):
    """A verb that takes nothing."""


class DoneIn(Body):
    """A verb that takes nothing but the day it is done."""

    date: DayIn | None = None


class QuoteIn(DoneIn):
    """A quotation; ``stock_short`` is accepted where it is named."""

    accept: Annotated[list[Literal["stock_short"]], Field(max_length=10)] = []


class ChangeIn(Body):
    """What changes of one line; what is left out stays."""

    line: Annotated[int, Field(ge=1, le=65_535, strict=True)]
    sku: Annotated[str, Field(min_length=1, max_length=100)] | None = None
    qty: QtyIn | None = None
    price: PriceIn | None = None


class AmendIn(DoneIn):
    """An amendment and why it is made."""

    lines: Annotated[list[ChangeIn], Field(min_length=1, max_length=MOST_LINES)]
    reason: Annotated[str, Field(min_length=1, max_length=300, pattern=r"\S")]


class ChoiceIn(Body):
    """What becomes of a cancelled document."""

    choice: Literal["recreate", "ignore"]


class Made(Shape):
    """The draft that a choice has made."""

    kind: str
    id: Id


class OrderChosen(Order):
    """An order after a choice, with the draft that was made; null where none was."""

    created: Made | None


class PieceIn(Body):
    """A quantity of one order line."""

    order: Named
    line: Annotated[int, Field(ge=1, le=65_535, strict=True)]
    qty: QtyIn


class BackIn(PieceIn):
    """A quantity that comes back; without a shipment it came with the latest ones."""

    shipment: Named | None = None


Pieces = Annotated[list[PieceIn], Field(min_length=1, max_length=MOST_LINES)]


class ShipmentIn(Body):
    """Orders whose shipments are proposed, or the pieces of one shipment."""

    orders: Annotated[list[Named], Field(min_length=1, max_length=MOST_NAMED)] | None = None
    lines: Pieces | None = None
    date: DayIn | None = None


class ShipIn(DoneIn):
    """What goes out: these pieces, or all of the draft."""

    lines: Pieces | None = None


class ReturnIn(DoneIn):
    """What came back."""

    lines: Annotated[list[BackIn], Field(min_length=1, max_length=MOST_LINES)]
    credit: bool = True


class PackageIn(Body):
    """What lies in one box."""

    lines: Pieces


class PickIn(Body):
    """A scanned code; a pack's code counts what is in the pack."""

    code: Annotated[str, Field(min_length=1, max_length=100)]
    qty: Annotated[QtyIn, Field(description="How often the code is scanned; 1 where it is left out.")] | None = None
