"""The one shape that all sources speak: what a connector says, in Ordertrail's own words.

A record is what *one* system claims about *one* of its documents. Foreign field names never get this far; quantities and
money are ``Decimal``, days are ``date`` and instants are aware ``datetime``. ``None`` means "this system does not say",
which is not the same as 0. Records are stored as the ``facts`` of a ``SourceVersion`` by ``records.facts``.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class Same:
    """A claim "I am the same real thing as that document": its number, and the code of its source where it is known."""

    number: str
    source: str = ""


@dataclass(frozen=True, slots=True)
class OrderLineRecord:
    """One line of an order as one system knows it; the ``…_qty`` after ``cancelled_qty`` are bare figures, without a paper."""

    ref: str
    sku: str
    qty: Decimal
    name: str = ""
    unit: str = ""
    price: Decimal | None = None
    net: Decimal | None = None
    tax_rate: Decimal | None = None
    promised_date: date | None = None
    cancelled_qty: Decimal = Decimal(0)
    shipped_qty: Decimal | None = None
    invoiced_qty: Decimal | None = None
    vendor: str = ""  # who supplies it, where the goods come straight from there


@dataclass(frozen=True, slots=True)
class OrderRecord:
    """An order as one system knows it. ``shipped``: "all" or "none" where a system only has such a word for the whole order;
    ``invoiced`` and ``paid`` are bare gross amounts in ``currency``. ``same_as`` names the order in other systems."""

    kind: ClassVar[str] = "order"
    ref: str
    number: str
    state: str = "confirmed"  # draft, quoted, confirmed, closed, cancelled
    other_numbers: tuple[str, ...] = ()
    same_as: tuple[Same, ...] = ()
    customer: str = ""  # the customer's ref in this source, else its name
    customer_name: str = ""
    customer_number: str = ""  # the customer's own order number
    order_date: date | None = None
    promised_date: date | None = None
    currency: str = ""
    prices_include_tax: bool = False
    ship_to: str = ""
    salesperson: str = ""
    remark: str = ""
    total: Decimal | None = None  # gross, as the source prints it; compared with the lines, never used instead of them
    shipped: str = ""
    invoiced: Decimal | None = None
    paid: Decimal | None = None
    lines: tuple[OrderLineRecord, ...] = ()
    changed_at: datetime | None = None
    country: str = ""  # where the goods go, as the source writes it


@dataclass(frozen=True, slots=True)
class ShipmentLineRecord:
    """A quantity that left for one order line; ``order`` is the order's ref or number, ``order_line`` its line's ref if known.

    ``scheduled_date`` is the day it was to arrive and ``delivered_date`` the day it did, where a source tells them by line.
    """

    ref: str
    sku: str
    qty: Decimal
    order: str = ""
    order_line: str = ""
    lot: str = ""
    scheduled_date: date | None = None
    delivered_date: date | None = None


@dataclass(frozen=True, slots=True)
class ShipmentRecord:
    """Goods out (``direction`` "out") or back from the customer ("in"). ``shipped_at`` counts only in state "done"."""

    kind: ClassVar[str] = "shipment"
    ref: str
    number: str
    state: str = "done"  # draft, done, cancelled
    direction: str = "out"
    other_numbers: tuple[str, ...] = ()
    same_as: tuple[Same, ...] = ()
    planned_date: date | None = None
    shipped_at: datetime | date | None = None
    arrived_at: datetime | date | None = None
    customer: str = ""
    customer_name: str = ""
    ship_to: str = ""
    carrier: str = ""
    tracking_number: str = ""
    warehouse: str = ""
    reported: bool = False  # made from a bare figure of an order: a word, not a paper
    lines: tuple[ShipmentLineRecord, ...] = ()
    changed_at: datetime | None = None
    mode: str = ""  # how it travels, as the source writes it: air, truck, ocean


@dataclass(frozen=True, slots=True)
class InvoiceLineRecord:
    """A billed quantity or amount for one order (line). ``net`` and ``gross`` in the invoice's currency; one of them must be given."""

    ref: str
    order: str = ""
    order_line: str = ""
    shipment: str = ""
    sku: str = ""
    qty: Decimal | None = None
    net: Decimal | None = None
    tax_rate: Decimal | None = None
    gross: Decimal | None = None


@dataclass(frozen=True, slots=True)
class InvoiceRecord:
    """A bill or a credit note (amounts of a credit note are positive here). ``total`` is gross. ``credits`` is the invoice that a
    credit note credits (its ref or number); a credit note that names none credits the oldest open invoices of its own orders."""

    kind: ClassVar[str] = "invoice"
    ref: str
    number: str
    state: str = "posted"  # draft, posted, cancelled
    type: str = "invoice"  # invoice, advance, credit_note
    other_numbers: tuple[str, ...] = ()
    same_as: tuple[Same, ...] = ()
    customer: str = ""
    customer_name: str = ""
    invoice_date: date | None = None
    due_date: date | None = None
    currency: str = ""
    total: Decimal | None = None
    tax_invoice_number: str = ""
    reported: bool = False
    lines: tuple[InvoiceLineRecord, ...] = ()
    changed_at: datetime | None = None
    credits: str = ""


@dataclass(frozen=True, slots=True)
class AllocationRecord:
    """Which part of a payment settles which invoice (its ref or number), or which order where there is no invoice yet."""

    amount: Decimal
    invoice: str = ""
    order: str = ""


@dataclass(frozen=True, slots=True)
class PaymentRecord:
    """Money in (``direction`` "in") or back to the customer ("out"). ``reference`` is the payer's free text, read for numbers."""

    kind: ClassVar[str] = "payment"
    ref: str
    number: str
    amount: Decimal
    state: str = "done"  # draft, done, cancelled
    direction: str = "in"
    other_numbers: tuple[str, ...] = ()
    same_as: tuple[Same, ...] = ()
    paid_at: datetime | date | None = None
    customer: str = ""
    customer_name: str = ""  # the payer as the bank writes it
    currency: str = ""
    reference: str = ""
    reported: bool = False
    allocations: tuple[AllocationRecord, ...] = ()
    changed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class WorkOrderRecord:
    """An instruction to make a quantity, for an order (line) or for stock."""

    kind: ClassVar[str] = "work_order"
    ref: str
    number: str
    sku: str
    planned_qty: Decimal
    finished_qty: Decimal = Decimal(0)
    state: str = "running"  # draft, running, done, cancelled
    other_numbers: tuple[str, ...] = ()
    same_as: tuple[Same, ...] = ()
    order: str = ""
    order_line: str = ""
    start_at: datetime | date | None = None
    due_date: date | None = None
    finished_at: datetime | date | None = None
    changed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class OpportunityRecord:
    """A possible sale in a CRM; ``order`` is the order it became."""

    kind: ClassVar[str] = "opportunity"
    ref: str
    number: str
    title: str = ""
    customer: str = ""
    customer_name: str = ""
    stage: str = ""
    value: Decimal | None = None
    currency: str = ""
    salesperson: str = ""
    opened_at: datetime | date | None = None
    closed_at: datetime | date | None = None
    order: str = ""
    other_numbers: tuple[str, ...] = ()
    same_as: tuple[Same, ...] = ()
    changed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class ProjectRecord:
    """A project for an order: how far it is, by hours."""

    kind: ClassVar[str] = "project"
    ref: str
    number: str
    title: str = ""
    customer: str = ""
    customer_name: str = ""
    order: str = ""
    state: str = "running"  # draft, running, done, cancelled
    start_at: datetime | date | None = None
    due_date: date | None = None
    finished_at: datetime | date | None = None
    planned_hours: Decimal | None = None
    spent_hours: Decimal | None = None
    other_numbers: tuple[str, ...] = ()
    same_as: tuple[Same, ...] = ()
    changed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Address:
    """A place of a customer by its code."""

    code: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class CustomerRecord:
    """Who orders, as one system writes them. ``tax_number`` links customers of several systems; ``credit_limit`` is in ``currency``,
    ``invoice_address`` the code of an address."""

    kind: ClassVar[str] = "customer"
    ref: str
    number: str
    name: str
    other_names: tuple[str, ...] = ()
    tax_number: str = ""
    country: str = ""
    address: str = ""
    phone: str = ""
    other_numbers: tuple[str, ...] = ()
    same_as: tuple[Same, ...] = ()
    changed_at: datetime | None = None
    currency: str = ""
    credit_limit: Decimal | None = None
    addresses: tuple[Address, ...] = ()
    invoice_address: str = ""


@dataclass(frozen=True, slots=True)
class Pack:
    """A barcode and how many base units its pack holds."""

    code: str
    qty: Decimal = Decimal(1)


@dataclass(frozen=True, slots=True)
class ProductRecord:
    """What is sold; ``number`` is the SKU. ``cost`` is seen only by those with the right to see cost.

    ``cost_method`` is fifo, average or standard ("": the company's, fifo); tolerances are fractions of the ordered quantity.
    """

    kind: ClassVar[str] = "product"
    ref: str
    number: str
    name: str = ""
    unit: str = "pcs"
    category: str = ""
    price: Decimal | None = None
    cost: Decimal | None = None
    barcodes: tuple[str, ...] = ()
    service: bool = False
    other_numbers: tuple[str, ...] = ()
    same_as: tuple[Same, ...] = ()
    changed_at: datetime | None = None
    packs: tuple[Pack, ...] = ()
    cost_method: str = ""
    standard_cost: Decimal | None = None
    tax_rate: Decimal | None = None
    under_tolerance: Decimal | None = None
    over_tolerance: Decimal | None = None
    allow_negative: bool | None = None
    lead_time_days: int | None = None


Record = (
    OrderRecord
    | ShipmentRecord
    | InvoiceRecord
    | PaymentRecord
    | WorkOrderRecord
    | OpportunityRecord
    | ProjectRecord
    | CustomerRecord
    | ProductRecord
)

RECORDS: dict[str, type[Record]] = {
    shape.kind: shape
    for shape in (
        CustomerRecord,
        ProductRecord,
        OrderRecord,
        OpportunityRecord,
        WorkOrderRecord,
        ProjectRecord,
        ShipmentRecord,
        InvoiceRecord,
        PaymentRecord,
    )
}
"""Every kind of document, in the order in which they are consolidated: what is pointed at comes first."""


@dataclass(frozen=True, slots=True)
class Problem:
    """Why one document of a source could not be read: a stable ``code``, the column, and a sentence with the way out."""

    ref: str
    place: str  # "row 17", "sheet 订单, row 17", "page 3, item 8"
    column: str
    code: str
    detail: str
    raw: str = field(default="", repr=False)
