"""What truly happened in the demo company: its documents, before any system writes them down in its own way.

Quantities are whole pieces (or metres of cable), money is ``Decimal`` in CNY, times are in the company's zone
(Asia/Shanghai). Where a system knows a document late, wrongly or not at all, that is said here too, in fields that
begin with the system's name: the truth and the lies stand side by side, so that both can be counted.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

CHINA = ZoneInfo("Asia/Shanghai")

VAT = Decimal("0.13")
"""The tax rate of goods sold at home; goods sold abroad carry 0."""


def local(year: int, month: int, day: int, hour: int, minute: int = 0, second: int = 0) -> datetime:
    """A time in the company's zone."""
    return datetime(year, month, day, hour, minute, second, tzinfo=CHINA)


FOUNDED = local(2020, 1, 2, 9)
"""When the company's master data were first typed in."""


@dataclass(frozen=True, slots=True)
class Habits:
    """How a customer buys and pays. ``pays``: each invoice "exact", a "batch" a month, or "round" sums on account."""

    weight: int = 1  # how often it orders
    price_factor: Decimal = Decimal(1)
    other_address: str = ""  # where every third order goes
    ships_weekly: bool = False  # what is ready waits for Thursday and leaves together
    bills_monthly: bool = False  # one invoice a month, about the 25th
    pays: str = "exact"
    late_days: float = 0.0  # working days after the due date, in the middle


@dataclass(slots=True)
class Customer:
    """A customer, with the name under which each system knows it. ``bank_name`` is what its bank prints."""

    no: int
    zh: str
    en: str
    official: str
    erp_code: str
    tax_number: str
    city: str
    address: str
    phone: str
    salesperson: str
    bank_name: str
    crm_name: str = ""
    crm_tax_number: str = ""
    oms_erp_code: str = ""  # "" where the OMS clerk never typed it
    tax_rate: Decimal = VAT
    terms_days: int = 30
    habits: Habits = Habits()
    crm_twin: str = ""  # the name of a second account in the CRM, typed by mistake
    oms_twin: str = ""  # the name of a second customer in the OMS; odd orders stand there
    since: datetime = FOUNDED


@dataclass(frozen=True, slots=True)
class Product:
    """What is sold. ``made`` products come from own production, ``pack`` is how many go into one carton."""

    sku: str
    zh: str
    en: str
    unit: str
    category: str
    price: Decimal
    cost: Decimal
    pack: int
    made: bool = False
    custom: bool = False


@dataclass(slots=True)
class OrderLine:
    """One product on an order; ``price`` is net for one unit."""

    no: int
    product: Product
    qty: int
    price: Decimal


@dataclass(slots=True)
class Order:
    """An order as it was agreed. ``oms_shipped``: the OMS says "已发货" for the whole of it, true or not."""

    no: int  # counts the company's orders from 1
    number: str
    erp_number: str
    customer: Customer
    lines: list[OrderLine]
    ordered_at: datetime
    promised_date: date
    salesperson: str
    changed_at: datetime
    state: str = "confirmed"  # draft, confirmed, cancelled
    po_number: str = ""
    ship_to: str = ""
    remark: str = ""
    oms_shipped: bool = False
    oms_partly: bool = False
    erp_at: datetime | None = None  # when the ERP got it; None: not yet
    erp_promised: date | None = None  # only where the ERP says another day
    crm_qty: dict[int, int] = field(default_factory=dict)  # line no -> what the CRM says, only where it differs
    crm_promised: date | None = None  # only where the CRM says another day
    crm_at: datetime | None = None  # when the CRM last changed its copy; None: the CRM does not know the order


@dataclass(slots=True)
class ShipmentLine:
    """A quantity that left for one order line."""

    order: Order
    line: OrderLine
    qty: int


@dataclass(slots=True)
class Shipment:
    """Goods out, for one order or several, held by quality control between ``qc_from`` and ``qc_to``."""

    number: str
    wave: str
    customer: Customer
    lines: list[ShipmentLine]
    created_at: datetime
    planned_date: date
    changed_at: datetime
    state: str = "draft"  # draft, held, done, cancelled
    qc_from: datetime | None = None
    qc_to: datetime | None = None
    shipped_at: datetime | None = None
    arrived_at: datetime | None = None  # when the customer signed for it
    ship_to: str = ""
    carrier: str = ""
    waybill: str = ""
    erp_number: str = ""
    erp_at: datetime | None = None  # when the ERP made its delivery note; None: not yet


@dataclass(slots=True)
class InvoiceLine:
    """A billed quantity of one order line; ``net`` is quantity × price."""

    order: Order
    line: OrderLine
    shipment: Shipment | None
    qty: int
    net: Decimal


@dataclass(slots=True)
class Invoice:
    """A posted bill. Its tax is rounded once, for the whole document."""

    number: str
    customer: Customer
    lines: list[InvoiceLine]
    posted_at: datetime
    due_date: date
    fapiao: str
    changed_at: datetime


@dataclass(slots=True)
class Payment:
    """Money in. ``amount`` is what the bank has, ``shares`` what the cashier set against which invoice in the ERP."""

    serial: str  # the bank's; "" where the bank never saw it
    number: str  # the ERP's
    customer: Customer | None
    payer: str
    amount: Decimal
    paid_at: datetime
    remark: str
    shares: list[tuple[Invoice, Decimal]] = field(default_factory=list)
    erp_amount: Decimal | None = None  # only where the ERP says another amount
    erp_at: datetime | None = None  # when the ERP booked it; None: not yet
    erp_cancelled: bool = False  # booked by mistake, and cancelled since


@dataclass(slots=True)
class WorkOrder:
    """An instruction to make a quantity, for an order line or for stock."""

    number: str
    product: Product
    planned: int
    created_at: datetime
    due_date: date
    changed_at: datetime
    order: Order | None = None
    line: OrderLine | None = None
    started_at: datetime | None = None
    finished: int = 0
    finished_at: datetime | None = None
    state: str = "draft"  # draft, running, done, cancelled


@dataclass(slots=True)
class Opportunity:
    """A possible sale; ``order`` is what it became. ``duplicate``: on the customer's second account in the CRM."""

    number: str
    customer: Customer
    title: str
    value: Decimal
    salesperson: str
    opened_at: datetime
    changed_at: datetime
    stage: str = "lead"  # lead, qualified, proposal, negotiation, won, lost
    closed_at: datetime | None = None
    order: Order | None = None
    duplicate: bool = False


@dataclass(slots=True)
class Project:
    """The work around one custom order, planned and spent in hours."""

    number: str
    title: str
    order: Order
    leader: str
    planned_hours: Decimal
    spent_hours: Decimal
    start_date: date
    due_date: date
    changed_at: datetime
    state: str = "running"  # running, done
    finished_date: date | None = None


@dataclass(slots=True)
class History:
    """Everything that happened up to one moment, each list in the order in which the documents were born."""

    customers: list[Customer] = field(default_factory=list)
    products: list[Product] = field(default_factory=list)
    opportunities: list[Opportunity] = field(default_factory=list)
    orders: list[Order] = field(default_factory=list)
    work_orders: list[WorkOrder] = field(default_factory=list)
    projects: list[Project] = field(default_factory=list)
    shipments: list[Shipment] = field(default_factory=list)
    invoices: list[Invoice] = field(default_factory=list)
    payments: list[Payment] = field(default_factory=list)
