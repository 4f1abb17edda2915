"""What is sent to bill and to collect."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from ordertrail.api.given import AmountIn, DayIn, Named, PriceIn, QtyFromZero, QtyIn, SignedQty
from ordertrail.api.shapes.documents import Invoice
from ordertrail.api.shapes.frame import Body, Shape
from ordertrail.api.shapes.orders import one_of
from ordertrail.api.written import Id

MOST = 1_000
"""Orders, lines or allocations in one call."""


class PieceIn(Body):
    """A quantity of an order line."""

    order: Named
    line: Annotated[int, Field(ge=1, le=65_535)]
    qty: QtyIn


class InvoiceIn(Body):
    """One of four forms: `orders` proposes over orders; `lines` makes one over these quantities; `order` and `amount` (gross) bill by
    money; with `kind` advance they bill ahead."""

    orders: Annotated[list[Named] | None, Field(min_length=1, max_length=MOST)] = None
    lines: Annotated[list[PieceIn] | None, Field(min_length=1, max_length=MOST)] = None
    order: Named | None = None
    amount: AmountIn | None = None
    kind: Annotated[str | None, one_of("invoice", "advance"), Field(pattern="^(invoice|advance)$")] = None
    blocks_shipping: bool | None = None
    date: DayIn | None = None
    due_date: DayIn | None = None


class LineQtyIn(Body):
    """A quantity of an invoice's line; 0 takes it out."""

    line: Annotated[int, Field(ge=1, le=65_535)]
    qty: QtyFromZero


class InvoiceChangeIn(Body):
    """What becomes of a draft's lines; what is not named stays."""

    lines: Annotated[list[LineQtyIn], Field(min_length=1, max_length=MOST)]


class PostIn(Body):
    """When an invoice is posted and due; `rate`: company currency for one unit of its own."""

    date: DayIn | None = None
    due_date: DayIn | None = None
    rate: PriceIn | None = None


class DatedIn(Body):
    """When it is done; today by default."""

    date: DayIn | None = None


class CreditLineIn(Body):
    """A quantity of an invoice's line that is taken back."""

    line: Annotated[int, Field(ge=1, le=65_535)]
    qty: QtyIn


class CreditIn(DatedIn):
    """What is credited of an invoice, without goods."""

    lines: Annotated[list[CreditLineIn], Field(min_length=1, max_length=MOST)]


class AllocationIn(Body):
    """An amount for an invoice, of one order on it where one is named. A credit note that is taken in may be told with either sign."""

    invoice: Named
    amount: Annotated[SignedQty, Field(description="Above 0; of a credit note also below.")]
    order: Named | None = None


class PaymentIn(Body):
    """Money that came in. Without `allocations` the default rule holds; `[]`: it settles nothing for now."""

    customer: Named
    date: DayIn
    amount: AmountIn
    currency: Annotated[str | None, Field(max_length=10)] = None
    rate: PriceIn | None = None
    reference: Annotated[str, Field(max_length=300)] = ""
    deposit_for: Named | None = None
    allocations: Annotated[list[AllocationIn] | None, Field(max_length=MOST)] = None
    difference: Annotated[str, one_of("keep", "write_off"), Field(pattern="^(keep|write_off)$")] = "keep"


class RefundIn(DatedIn):
    """Money that goes back: of what is left of the payment, or what a credit note owes."""

    amount: AmountIn
    credit_note: Named | None = None


class Apart(Shape):
    """A field that keeps these drafts apart, and how it differs."""

    field: str
    documents: list[Id]
    detail: str


class InvoiceProposal(Shape):
    """One draft for each key, and what keeps them apart."""

    items: list[Invoice]
    apart: list[Apart]
