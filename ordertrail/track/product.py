"""A product's page: its SKU in every system, who waits for it, and how much of it went out month by month."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import ExpressionWrapper, F, OuterRef, Subquery, Sum, Value
from django.db.models.functions import Coalesce, TruncMonth
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from ordertrail.catalog.models import Product
from ordertrail.lib import clock
from ordertrail.lib.fields import QtyField
from ordertrail.orders.models import OrderLine
from ordertrail.orders.queries import visible_orders
from ordertrail.records import facts
from ordertrail.records.models import SourceVersion
from ordertrail.records.shapes import ProductRecord
from ordertrail.shipping.models import ShipmentLine
from ordertrail.track.addresses import href
from ordertrail.track.line_rows import unit_words
from ordertrail.track.papers import Paper, group
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
    went = ShipmentLine.objects.filter(order_line=OuterRef("pk"), counts=True, qty__gt=0).values("order_line")
    shipped = Coalesce(Subquery(went.annotate(sum=Sum("qty")).values("sum")), Value(0), output_field=QtyField())
    left = ExpressionWrapper(F("qty") - F("cancelled_qty") - F("shipped"), output_field=QtyField())
    lines = (
        OrderLine.objects.filter(product=row, order__status__is_open=True, order__in=visible_orders(person))
        .annotate(shipped=shipped)
        .annotate(left=left)
        .filter(left__gt=0)
    )
    if row.service:
        lines = lines.none()
    shown = lines.select_related("order").order_by("order__promised_date", "pk")[:SHOWN]
    months = _months(row, person, today)
    return ProductPage(
        row,
        unit_words(row.unit),
        tuple(_names(row)),
        tuple(_open_line(line, today) for line in shown),
        lines.count(),
        lines.aggregate(sum=Sum("left"))["sum"] or ZERO,
        months,
        max((month.qty for month in months), default=ZERO),
    )


def _open_line(line: OrderLine, today: date) -> OpenLine:
    order = line.order
    promised = line.promised_date or order.promised_date
    told = line.__dict__  # the two annotations
    return OpenLine(
        href("order", order.pk, order.number), order.number, line.line, order.customer_name, promised, line.qty,
        told["shipped"], told["left"], promised is not None and promised < today,
    )  # fmt: skip


def _months(row: Product, person: object, today: date) -> tuple[Month, ...]:
    """The last twelve months, those without a shipment too."""
    firsts = [
        date(today.year + (today.month - 1 - ago) // 12, (today.month - 1 - ago) % 12 + 1, 1) for ago in range(MONTHS)
    ]
    lines = ShipmentLine.objects.filter(
        order_line__product=row, counts=True, shipment__shipped_date__gte=firsts[-1], order__in=visible_orders(person)
    )
    rows = (
        lines.annotate(month=TruncMonth("shipment__shipped_date")).order_by().values("month").annotate(sum=Sum("qty"))
    )
    sums = {told["month"]: told["sum"] for told in rows}
    return tuple(Month(first, sums.get(first, ZERO)) for first in reversed(firsts))


def _names(row: Product) -> list[Named]:
    """What each system writes, its home first."""
    thing = group(row.pk)
    told = dict(
        SourceVersion.objects.filter(pk__in=[paper.current for paper in thing.papers]).values_list(
            "document_id", "facts"
        )
    )
    found = []
    for paper in thing.papers:
        record = facts.load("product", told[paper.id]) if paper.id in told else None
        if isinstance(record, ProductRecord):
            found.append(Named(paper, record.number, record.name, record.unit, record.barcodes))
    return found


@needs("see_orders")
@require_GET
@meant("product")
def product(request: HttpRequest, pk: int) -> HttpResponse:
    """What the product is to every system, and who waits for it."""
    row = get_object_or_404(Product, pk=pk)
    return render(request, "track/product.html", {"page": product_page(row, request.user, clock.today())})
