"""What the page of a single document is made of: facts, lines with the orders they belong to, shares, papers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from ordertrail.billing.models import Allocation, Invoice, Payment, PaymentShare
from ordertrail.catalog.models import Product
from ordertrail.lib.numbers import number_key
from ordertrail.orders.models import OrderLine
from ordertrail.orders.queries import visible_orders
from ordertrail.parties.models import Customer
from ordertrail.records.models import Source
from ordertrail.track.addresses import BY_ID, href
from ordertrail.track.line_rows import unit_words
from ordertrail.track.papers import Paper, group
from ordertrail.track.things import ICONS, KINDS, state_look
from ordertrail.track.when import exact
from ordertrail.work.models import WorkOrder

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Fact:
    """One line of the facts card: a word and a value, which is a text, a day, an instant, a quantity, an amount or a link."""

    words: Promise | str
    value: Any
    currency: str = ""
    href: str = ""
    unit: str = ""


@dataclass(frozen=True, slots=True)
class OrderRef:
    """An order that a document belongs to, as far as this person may see it: hidden ones have no number."""

    id: int
    number: str
    href: str
    customer: str
    customer_href: str


@dataclass(frozen=True, slots=True)
class DocumentPage:
    """What every document's page shows; ``rows``, ``shares`` and ``payments`` are of its kind."""

    kind: str
    kind_words: Promise
    icon: str
    row: Any
    tone: str
    state: Promise | str
    home: Source
    facts: tuple[Fact, ...]
    papers: tuple[Paper, ...]
    rows: tuple[Any, ...] = ()
    shares: tuple[Any, ...] = ()
    payments: tuple[Any, ...] = ()
    hidden: int = 0

    @property
    def called(self) -> str:
        """Its number; its id while it is a draft that has none."""
        return self.row.number or f"{BY_ID}{self.row.pk}"


@dataclass(frozen=True, slots=True)
class LineRow:
    """A line of a shipment or invoice, or an allocation of a payment, with the order that it belongs to."""

    line: Any
    order: OrderRef | None
    place: int | None  # the order line's number
    name: str
    unknown: str  # the order's key as the source wrote it, while no order matches
    unit: str
    product: str  # the address of the product's page; "" while it is not known


@dataclass(frozen=True, slots=True)
class ShareRow:
    """An order's part of an invoice or payment, to the cent; ``counts`` where its source is the one believed for the order."""

    order: OrderRef | None
    amount: Decimal
    paid: Decimal
    counts: bool
    invoice: Invoice | None = None
    credited: Decimal = ZERO
    written_off: Decimal = ZERO

    @property
    def open(self) -> Decimal:
        """What the order still owes of it."""
        return self.amount - self.paid - self.credited - self.written_off

    @property
    def invoice_href(self) -> str:
        """The page of the invoice that it went through; "" without one."""
        return invoice_href(self.invoice)


@dataclass(frozen=True, slots=True)
class AllocationRow:
    """What a payment is set against, as its source told it or as it was read from the payer's text."""

    line: Allocation
    order: OrderRef | None
    invoice: Invoice | None
    unknown: str  # the order's key as the source wrote it, while no order matches

    @property
    def invoice_href(self) -> str:
        """The page of the invoice; "" without one."""
        return invoice_href(self.invoice)


def invoice_href(invoice: Invoice | None) -> str:
    """The page of an invoice; "" without one."""
    return "" if invoice is None else href("invoice", invoice.pk, "" if invoice.reported else invoice.number)


def allocation_rows(
    rows: Iterable[Allocation], shares: Iterable[PaymentShare], orders: Mapping[int, OrderRef], *, all_seen: bool
) -> tuple[AllocationRow, ...]:
    """The allocations that may be seen: all of them, or those that settle something of an order that may be seen."""
    invoices = {share.invoice_id for share in shares if share.order_id in orders}
    return tuple(
        AllocationRow(
            row,
            orders.get(row.order_id or 0),
            row.invoice if row.invoice_id else None,
            row.order_key if row.order_id is None and row.invoice_id is None else "",
        )
        for row in rows
        if all_seen or row.order_id in orders or (row.invoice_id is not None and row.invoice_id in invoices)
    )


def page(kind: str, row: Any, stands: str, facts: Iterable[Fact], **parts: Any) -> DocumentPage:
    """The page of a document with what all kinds have: its state, its home, and the papers that systems have of it."""
    thing = group(row.pk)
    tone, words = state_look(kind, stands)
    told = tuple(fact for fact in facts if fact.value not in (None, ""))
    home = thing.sources[row.home_id]
    return DocumentPage(kind, KINDS[kind], ICONS[kind], row, tone, words, home, told, thing.papers, **parts)


def orders_by_id(ids: Iterable[int | None], person: object) -> dict[int, OrderRef]:
    """Those of the orders that ``person`` may see, by id."""
    wanted = {pk for pk in ids if pk is not None}
    rows = visible_orders(person).filter(pk__in=wanted).select_related("customer")
    return {
        row.pk: OrderRef(
            row.pk, row.number, href("order", row.pk, row.number), row.customer_name, customer_href(row.customer)
        )
        for row in rows
    }


def customer_href(customer: Customer | None) -> str:
    """The page of a customer; "" without one."""
    return "" if customer is None else href("customer", customer.pk, customer.code)


def line_rows(rows: Sequence[Any], orders: Mapping[int, OrderRef]) -> tuple[tuple[LineRow, ...], int]:
    """The lines that may be seen, and how many may not."""
    shown = [row for row in rows if row.order_id is None or row.order_id in orders]
    unmatched = products_by_sku(row.sku for row in shown if row.order_line_id is None)
    return tuple(line_row(row, orders, unmatched) for row in shown), len(rows) - len(shown)


def line_row(row: Any, orders: Mapping[int, OrderRef], unmatched: Mapping[str, Product]) -> LineRow:
    """One line, by what its order's line says of it, else by the product that bears its SKU."""
    line: OrderLine | None = row.order_line if row.order_line_id else None
    product = line.product if line and line.product_id else unmatched.get(number_key(row.sku))
    return LineRow(
        row,
        orders.get(row.order_id or 0),
        line.line if line else None,
        (line.name if line else "") or (product.name if product else "") or row.sku,
        row.order_key if row.order_id is None else "",
        unit_of(line, product),
        href("product", product.pk, product.sku) if product else "",
    )


def products_by_sku(skus: Iterable[str]) -> dict[str, Product]:
    """The products that bear these SKUs, by the key that all spellings share; none where several do."""
    keys = {number_key(sku) for sku in skus if sku}
    rows = list(Product.objects.filter(sku_key__in=keys)) if keys else []
    borne = Counter(row.sku_key for row in rows)
    return {row.sku_key: row for row in rows if borne[row.sku_key] == 1}


def unit_of(line: OrderLine | None, product: Product | None) -> str:
    """What a quantity of an order's line, or of a product, counts."""
    return unit_words((line.unit if line else "") or (product.unit if product else ""))


@dataclass(frozen=True, slots=True)
class Settlement:
    """A payment that settles a part of an invoice."""

    number: str
    href: str
    day: date | datetime | None
    amount: Decimal


def settlements(shares: Iterable[PaymentShare], orders: Mapping[int, OrderRef]) -> tuple[Settlement, ...]:
    """The payments on an invoice, each with what it settles of the orders that may be seen."""
    amounts: dict[int, Decimal] = {}
    payments: dict[int, Payment] = {}
    for share in shares:
        if share.order_id is None or share.order_id in orders:
            payments[share.payment_id] = share.payment
            amounts[share.payment_id] = amounts.get(share.payment_id, ZERO) + share.amount
    return tuple(
        Settlement(
            row.number,
            href("payment", pk, "" if row.reported else row.number),
            exact(row.paid_at) or row.paid_date,
            amounts[pk],
        )
        for pk, row in sorted(payments.items(), key=lambda pair: (str(pair[1].paid_date), pair[0]))
    )


def customer_fact(name: str, orders: Mapping[int, OrderRef]) -> Fact:
    """Whom a document is for: by the name that it bears, else, where it has none, by its orders, as far as these are seen; with the
    customer's page where all its orders are of one."""
    names = sorted({order.customer for order in orders.values() if order.customer})
    pages = {order.customer_href for order in orders.values()}
    return Fact(_("Customer"), name or ", ".join(names), href=pages.pop() if len(pages) == 1 else "")


def made_facts(row: WorkOrder) -> tuple[Fact, ...]:
    """What a work order makes and how much of it: the product's name, and its SKU with a link to its page where it is known."""
    line = row.order_line
    product = line.product if line and line.product_id else products_by_sku([row.sku]).get(number_key(row.sku))
    unit = unit_of(line, product)
    return (
        Fact(_("Product"), product.name if product else ""),
        Fact(_("SKU"), row.sku, href=href("product", product.pk, product.sku) if product else ""),
        Fact(_("Planned quantity"), row.planned_qty, unit=unit),
        Fact(_("Finished quantity"), row.finished_qty, unit=unit),
        Fact(_("Still to finish"), max(ZERO, row.planned_qty - row.finished_qty), unit=unit),
    )


def order_facts(row: Any, person: object) -> tuple[Fact, ...]:
    """The order that a project or opportunity belongs to, and the customer."""
    orders = orders_by_id([row.order_id], person)
    return order_fact(row, orders), customer_fact(row.customer_name, orders)


def order_fact(row: Any, orders: Mapping[int, OrderRef]) -> Fact:
    """The order that a work order, project or opportunity belongs to."""
    known = orders.get(row.order_id or 0)
    if known is not None:
        return Fact(_("Order"), known.number, href=known.href)
    return Fact(_("Order"), row.order_key and _("%(key)s, not known here") % {"key": row.order_key})
