"""Shipments, invoices and payments in answers."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from ordertrail.api.shapes.frame import Listed, Shape
from ordertrail.api.shapes.orders import one_of
from ordertrail.api.written import Day, Id, Money, Qty, Ratio

State = Annotated[str, one_of("draft", "done", "posted", "cancelled")]
Reported = Annotated[bool, Field(description="A bare figure of an order in some system: there is no paper.")]


class ShipmentRow(Shape):
    """Goods that went out to one destination (`shipment`) or came back (`return`)."""

    id: Id
    number: str | None
    state: State
    kind: Annotated[str, one_of("shipment", "return")]
    date: Annotated[Day | None, Field(description="The day it was done.")]
    planned_date: Day | None
    customer_name: str
    ship_to: str
    carrier: str
    tracking_number: str
    home: str
    reported: Reported


class ShipmentLine(Shape):
    """A quantity for one order line; negative when it came back."""

    line: int
    order: Annotated[Id | None, Field(description="Null while no order is known by what the source names.")]
    order_line: int | None
    sku: str
    qty: Qty
    cost: Annotated[Money | None, Field(description="Only for who sees cost; null while none is known.")] = None
    unit_cost: Annotated[Ratio | None, Field(description="Only for who sees cost; null while none is known.")] = None


class Shipment(ShipmentRow):
    """A shipment with its lines."""

    version: int
    customer: str | None
    orders: list[Id]
    lines: list[ShipmentLine]


class Shipped(Shipment):
    """A shipment that went out, with the draft of what stayed behind; null where nothing did."""

    remainder: Id | None


class Apart(Shape):
    """What keeps drafts apart that were proposed together."""

    field: str
    documents: list[Id]
    detail: str


class ProposedShipments(Shape):
    """Drafts that were proposed, one for each key, and which field keeps which of them apart."""

    items: list[Shipment]
    apart: list[Apart]


class Package(Shape):
    """A box of a shipment."""

    id: Id
    code: str


class Picked(Shape):
    """How far the picking of a shipment has come: what is picked in all, and what is left."""

    picked: Qty
    to_pick: Qty


class ReturnRow(Shape):
    """Goods that came back."""

    id: Id
    number: str | None
    state: State
    date: Day | None
    customer_name: str
    home: str


class ReturnLine(Shape):
    """A quantity of one order line that came back."""

    order: Id | None
    line: int | None
    sku: str
    qty: Qty
    cost: Annotated[Money | None, Field(description="At what it came into stock. Only for who sees cost.")] = None


class Return(ReturnRow):
    """A return with its lines, and with what it was credited."""

    version: int
    customer: str | None
    orders: list[Id]
    lines: list[ReturnLine]
    credit_note: Id | None


class InvoiceRow(Shape):
    """What a customer is billed; the amounts of a credit note are negative."""

    id: Id
    number: str | None
    kind: Annotated[str, one_of("invoice", "advance", "credit_note")]
    state: State
    date: Day | None
    due_date: Day | None
    customer_name: str
    currency: str
    net: Money
    tax: Money
    total: Money
    paid: Money
    credited: Money
    written_off: Money
    open: Money
    tax_invoice_number: str
    home: str
    reported: Reported


class InvoiceLine(Shape):
    """What is billed for one order line; ``qty`` null where only money is."""

    line: int
    order: Id | None
    order_line: int | None
    sku: str
    qty: Qty | None
    net: Money
    tax: Money
    gross: Money
    kind: Annotated[str, one_of("goods", "amount", "advance", "deduction")]


class InvoiceShare(Shape):
    """An order's part of an invoice; the parts sum to the total to the cent."""

    order: Id | None
    gross: Money
    paid: Money


class Invoice(InvoiceRow):
    """An invoice with its lines and the orders' shares."""

    version: int
    customer: str | None
    rate: Annotated[str | None, Field(description="Company currency for one unit of the invoice's.")]
    blocks_shipping: bool
    counter_document: Annotated[Id | None, Field(description="The credit note that took all of a posted invoice back.")]
    counters: Annotated[Id | None, Field(description="Of such a credit note: the invoice.")]
    orders: list[Id]
    lines: list[InvoiceLine]
    shares: list[InvoiceShare]


class PaymentRow(Shape):
    """Money that came in (`payment`) or went back (`refund`, its amount is negative)."""

    id: Id
    number: str | None
    kind: Annotated[str, one_of("payment", "refund")]
    state: State
    date: Day | None
    customer_name: Annotated[str, Field(description="The payer, as the bank writes it.")]
    currency: str
    amount: Money
    reference: str
    home: str
    reported: Reported


class PaymentShare(Shape):
    """Which part counts for which order."""

    order: Id
    amount: Money


class Allocation(Shape):
    """Which part settles which invoice."""

    invoice: Id
    amount: Money
    shares: list[PaymentShare]


class Payment(PaymentRow):
    """A payment with what it is for."""

    version: int
    customer: str | None
    rate: Annotated[str | None, Field(description="Company currency for one unit of the payment's.")]
    allocated: Money
    unallocated: Money
    refunded: Money
    written_off: Money
    deposit_for: Annotated[Id | None, Field(description="The order for which money came ahead of any invoice.")]
    exchange_difference: Annotated[
        Money | None, Field(description="Gain, in the company's currency; null while a rate is not known.")
    ]
    allocations: list[Allocation]
    refunds: Annotated[Id | None, Field(description="Of a refund: the payment that it pays back.")]
    refunded_by: list[Id]
    credit_note: Annotated[Id | None, Field(description="Of a refund: the credit note that it pays out.")]


Shipments = Listed[ShipmentRow]
Returns = Listed[ReturnRow]
Invoices = Listed[InvoiceRow]
Payments = Listed[PaymentRow]
