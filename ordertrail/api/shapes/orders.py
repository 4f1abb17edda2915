"""An order in answers (api.md §4)."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from ordertrail.api.shapes.frame import KindRef, Listed, Ref, Shape, Thing
from ordertrail.api.written import Day, Id, Instant, Money, Qty, Ratio


def one_of(*values: str) -> object:
    """A text that is one of these values."""
    return Field(json_schema_extra={"enum": list(values)})


class Status(Shape):
    """Where an order stands: counted, never set."""

    order: Annotated[str, one_of("draft", "quoted", "confirmed", "done", "closed", "cancelled")]
    delivery: Annotated[str, one_of("waiting", "partially", "done", "over", "not_required")]
    invoicing: Annotated[str, one_of("nothing", "to_invoice", "partially", "fully", "over")]
    payment: Annotated[str, one_of("unpaid", "partially", "paid", "overpaid", "refunded")]
    production: Annotated[str, one_of("not_required", "waiting", "partially", "done", "over")]


class RowAmounts(Shape):
    """What an order comes to, gross in its currency (domain.md §1.10)."""

    ordered: Money
    effective: Money
    shipped: Money
    invoiced: Money
    paid: Money
    open_receivable: Money
    not_invoiced: Money
    deposit: Money
    rounding_difference: Money


class Amounts(RowAmounts):
    """The same with what a list leaves out."""

    closed: Money
    returned: Money
    written_off: Money
    tax_difference: Money


class OrderHead(Shape):
    """What a list tells of an order, and its page too."""

    id: Id
    number: str | None
    customer: Annotated[
        str | None, Field(description="The customer's code; null while no customer is known by the name.")
    ]
    customer_id: Id | None
    customer_name: str
    salesperson: str
    date: Day | None
    promised_date: Day | None
    currency: str
    home: Annotated[str, Field(description="The code of the one system that may change it.")]
    status: Status


class OrderRow(OrderHead):
    """One order of a list."""

    amounts: RowAmounts


class Planned(Shape):
    """What it is to bring, all lines as ordered at the products' cost at hand now; null while the cost of a line is not known.
    Only for who sees cost."""

    cost: Money | None
    profit: Money | None
    margin: Ratio | None


class Realised(Planned):
    """What came of it, by what was shipped; null where it is not known. Only for who sees cost."""

    revenue: Annotated[Money | None, Field(description="Net, less what came back; each shipment's piece is rounded.")]


class Duration(Shape):
    """Working days from the order to the delivery; null while one of the two days is not known."""

    planned_days: int | None
    real_days: int | None
    difference: int | None


class ExceptionLine(Shape):
    """A quantity of a line that waits for a choice."""

    line: int
    qty: Qty


class OrderException(Shape):
    """A cancelled shipment or invoice that waits for a choice."""

    id: Id
    kind: Annotated[str, one_of("shipment_cancelled", "invoice_cancelled")]
    document: Id
    lines: list[ExceptionLine]
    choices: list[str]
    open: bool


class OrderLine(Shape):
    """One line with what became of it."""

    line: int
    sku: str
    name: str
    qty: Qty
    unit: str
    price: Money | None
    unit_cost: Annotated[Ratio | None, Field(description="Of the product now. Only for who sees cost.")] = None
    sellable: Annotated[Qty | None, Field(description="Null while no system tells of stock.")]
    tax_rate: str
    net: Money
    tax: Money
    gross: Money
    cancelled_qty: Qty
    reserved_qty: Annotated[Qty | None, Field(description="Null while no system tells of stock.")]
    shipped_qty: Qty
    returned_qty: Qty
    over_qty: Qty
    invoiced_qty: Qty
    to_ship: Qty
    to_invoice: Qty
    progress: Ratio
    paid: Money
    promised_date: Day | None


class Order(OrderHead):
    """An order with all that hangs on it."""

    version: Annotated[
        int, Field(description="Another one whenever anything of the order has changed; the ETag is the same.")
    ]
    revision: Annotated[int, Field(description="How often its home has changed what was ordered.")]
    remark: str
    ship_to: str
    amounts: Amounts
    planned: Planned | None = None
    duration: Duration
    realised: Realised | None = None
    exceptions: list[OrderException]
    lines: list[OrderLine]
    shipments: list[KindRef]
    invoices: list[KindRef]
    payments: list[Ref]


class Saying(Shape):
    """What one source says of one fact. ``agreed`` is the value that counts; ``agrees`` whether this source says the same."""

    fact: str
    source: str
    value: str | None
    amount: Annotated[Money | None, Field(description="Gross, where the fact is worth money.")]
    document: Annotated[Id | None, Field(description="The newest paper behind it; null where the source has none.")]
    number: str | None
    as_of: Instant
    agreed: str | None
    agreed_amount: Money | None
    agrees: bool
    believed: Annotated[bool, Field(description="Whether this is the source whose word counts.")]


class Happening(Shape):
    """One event. Where only its day is known, ``at`` is the end of that day and ``by_day`` is true."""

    at: Instant
    day: Day
    by_day: bool
    learned_at: Instant
    activity: str
    object: Thing
    actor: str | None
    source: str | None
    qty: Qty | None
    amount: Money | None


Orders = Listed[OrderRow]
Sayings = Listed[Saying]
Timeline = Listed[Happening]
