"""A product's page: its SKU in every system, who waits for it, and how much of it went out month by month."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from ordertrail.catalog.models import Product
from ordertrail.lib import bulk, clock
from ordertrail.lib.money import QTY_SCALE, from_units
from ordertrail.orders.models import OrderLine, OrderStatus
from ordertrail.orders.queries import only_for
from ordertrail.records.shapes import ProductRecord
from ordertrail.shipping.models import Shipment, ShipmentLine
from ordertrail.track.addresses import href
from ordertrail.track.line_rows import unit_words
from ordertrail.track.papers import Paper, words_of
from ordertrail.track.scope import meant
from ordertrail.web.rights import needs

ZERO = Decimal(0)
SHOWN = 50
"""So many open order lines stand on the page."""
MONTHS = 12


@dataclass(frozen=True, slots=True)
class Named:
    """What one system calls the product."""

    paper: Paper
    sku: str
    name: str
    unit: str
    barcodes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OpenLine:
    """An order line that still has some of the product to ship."""

    href: str
    number: str
    line: int
    customer: str
    promised_date: date | None
    ordered: Decimal
    shipped: Decimal
    to_ship: Decimal
    late: bool


@dataclass(frozen=True, slots=True)
class Month:
    """What went out in one month, returns taken off."""

    first: date
    qty: Decimal


@dataclass(frozen=True, slots=True)
class ProductPage:
    """Everything that the page shows; cost is not among it."""

    product: Product
    unit: str
    names: tuple[Named, ...]
    lines: tuple[OpenLine, ...]
    line_count: int
    to_ship: Decimal
    months: tuple[Month, ...]
    most: Decimal


def product_page(row: Product, person: object, today: date) -> ProductPage:
    """The page of a product, by a fixed number of queries; orders only as far as ``person`` sees them."""
    lines = [] if row.service else _open_lines(row.pk, person, today)
    months = _months(row.pk, person, today)
    return ProductPage(
        row,
        unit_words(row.unit),
        tuple(_names(row)),
        tuple(lines[:SHOWN]),
        len(lines),
        sum((line.to_ship for line in lines), ZERO),
        months,
        max((month.qty for month in months), default=ZERO),
    )


def _mine(person: object) -> tuple[str, list[Any]]:
    """SQL that keeps ``s`` (OrderStatus) to what ``person`` sees, and its values."""
    names = only_for(person)
    return ("", []) if names is None else (f" AND s.salesperson IN {bulk.among('text')}", [bulk.bound(names)])


def _open_lines(product: int, person: object, today: date) -> list[OpenLine]:
    """Every open order line with some of the product left to ship, by promised date; one pass, orders that are done with
    shipping are left out before their shipments are looked at."""
    mine, values = _mine(person)
    rows = bulk.select(
        "SELECT s.order_id, s.number, s.customer_name, l.line, COALESCE(l.promised_date, s.promised_date), l.qty,"
        f" l.qty - l.cancelled_qty, (SELECT COALESCE(SUM(w.qty), 0) FROM {bulk.table(ShipmentLine)} w"
        " WHERE w.order_line_id = l.id AND w.counts AND w.qty > 0)"
        f" FROM {bulk.table(OrderLine)} l JOIN {bulk.table(OrderStatus)} s ON s.order_id = l.order_id"
        f" WHERE l.product_id = %s AND s.is_open AND s.delivery IN ('waiting', 'partially'){mine}",
        [product, *values],
    )
    found = []
    for order, number, customer, line, promised, qty, wanted, shipped in rows:
        if wanted > shipped:
            day = date.fromisoformat(promised) if isinstance(promised, str) else promised
            ordered, gone, left = (from_units(int(units), QTY_SCALE) for units in (qty, shipped, wanted - shipped))
            late = day is not None and day < today
            address = href("order", order, number)
            found.append(OpenLine(address, number, line, customer, day, ordered, gone, left, late))
    return sorted(found, key=lambda line: (line.promised_date or date.max, line.number, line.line))


def _months(product: int, person: object, today: date) -> tuple[Month, ...]:
    """The last twelve months, those without a shipment too."""
    ago = [today.year * 12 + today.month - 1 - back for back in range(MONTHS)]
    firsts = [date(month // 12, month % 12 + 1, 1) for month in ago]
    mine, values = _mine(person)
    joined = f" JOIN {bulk.table(OrderStatus)} s ON s.order_id = l.order_id" if mine else ""
    rows = bulk.select(
        f"SELECT d.shipped_date, SUM(w.qty) FROM {bulk.table(OrderLine)} l{joined}"
        f" JOIN {bulk.table(ShipmentLine)} w ON w.order_line_id = l.id AND w.counts"
        f" JOIN {bulk.table(Shipment)} d ON d.id = w.shipment_id AND d.shipped_date >= %s"
        f" WHERE l.product_id = %s{mine} GROUP BY d.shipped_date",
        [firsts[-1].isoformat(), product, *values],
    )
    sums: dict[str, Decimal] = {}
    for day, units in rows:
        month = str(day)[:7]
        sums[month] = sums.get(month, ZERO) + from_units(int(units), QTY_SCALE)
    return tuple(Month(first, sums.get(f"{first:%Y-%m}", ZERO)) for first in reversed(firsts))


def _names(row: Product) -> list[Named]:
    """What each system writes, its home first."""
    return [
        Named(paper, record.number, record.name, record.unit, record.barcodes)
        for paper, record in words_of("product", row.pk)
        if isinstance(record, ProductRecord)
    ]


@needs("see_orders")
@require_GET
@meant("product")
def product(request: HttpRequest, pk: int) -> HttpResponse:
    """What the product is to every system, and who waits for it."""
    row = get_object_or_404(Product, pk=pk)
    return render(request, "track/product.html", {"page": product_page(row, request.user, clock.today())})
