"""The lines card of the order page: order lines with their figures, and link rows that lead to shipments and invoices."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _

from ordertrail.billing.models import Invoice, InvoiceLine, InvoiceShare
from ordertrail.orders.models import OrderLine
from ordertrail.orders.rules import cancelled_in_all
from ordertrail.shipping.models import Shipment
from ordertrail.track import lines
from ordertrail.track.addresses import href
from ordertrail.track.gather import Gathered
from ordertrail.track.lines import NO_LINE, ZERO, Billed, Child, LineFacts, LineFigures, Went


@dataclass(frozen=True, slots=True)
class Paper:
    """A document that a link row leads to."""

    number: str
    href: str
    day: date | None
    reported: bool = False


@dataclass(frozen=True, slots=True)
class ChildRow:
    """A link row as it is shown."""

    child: Child
    shipment: Paper | None
    invoice: Paper | None


@dataclass(frozen=True, slots=True)
class LineRow:
    """An order line as it is shown; ``line`` is empty for what was billed to the order and to none of its lines."""

    line: OrderLine | None
    name: str
    unit: str
    product: str  # the address of the product's page
    promised_date: date | None  # where it is not the order's
    figures: LineFigures
    children: tuple[ChildRow, ...]


@dataclass(frozen=True, slots=True)
class Lines:
    """Every line and their sums; quantities are summed only where all lines have one unit."""

    rows: tuple[LineRow, ...]
    total: LineFigures
    unit: str | None
    links: int
    links_shown: bool


def unit_words(unit: str) -> str:
    """A unit in the reader's language; what a source writes otherwise stays as it is."""
    return _("pcs") if unit.lower() in ("pcs", "pc", "piece", "pieces", "件", "個", "个") else unit


MOST_LINKS = 200
"""From so many link rows on they are shown only when asked for: nobody reads a thousand of them."""


def build(told: Gathered, *, all_links: bool = False) -> Lines:
    """The lines card of an order; ``all_links`` shows its link rows however many there are."""
    papers = _Papers(told)
    billed = _billed(told)
    went = _went(told)
    rows = [_row(told, line, went.get(line.pk, ()), billed.get(line.line, ()), papers) for line in told.lines]
    if other := _no_line(told, billed.get(NO_LINE, ()), papers):
        rows.append(other)
    units = {row.unit for row in rows if row.line is not None}
    links = sum(len(row.figures.children) for row in rows)
    return Lines(
        tuple(rows),
        _total([row.figures for row in rows]),
        units.pop() if len(units) == 1 else None,
        links,
        all_links or links <= MOST_LINKS,
    )


def _went(told: Gathered) -> dict[int, list[Went]]:
    """Counted and planned shipment lines by order line, in the order of shipping; drafts last."""

    def place(shipment: Shipment) -> tuple[bool, bool, object, str, int]:
        when = shipment.shipped_at or shipment.planned_date
        return shipment.state == "draft", when is None, str(when), shipment.number, shipment.pk

    found: dict[int, list[Went]] = defaultdict(list)
    best = told.status.goods_source
    for row in sorted(told.shipment_lines, key=lambda row: (*place(row.shipment), row.line)):
        planned = row.shipment.state == "draft" and row.shipment.home_id == best
        if row.order_line_id is not None and (row.counts or planned):
            found[row.order_line_id].append(Went(row.shipment_id, row.qty, planned))
    return found


def _billed(told: Gathered) -> dict[int, list[Billed]]:
    """What each invoice bills to each line (by number; NO_LINE where it names none), oldest invoice first. The order's share of
    an invoice, and what is paid of it, fall to the lines by ``billing.rules.line_paid``."""
    numbers = {line.pk: line.line for line in told.lines}
    paid: dict[int, Decimal] = defaultdict(Decimal)
    for money in told.payment_shares:
        if money.counts and money.invoice_id is not None:
            paid[money.invoice_id] += money.amount
    by_invoice: dict[int, list[InvoiceLine]] = defaultdict(list)
    for row in told.invoice_lines:
        if row.counts:
            by_invoice[row.invoice_id].append(row)
    found: dict[int, list[Billed]] = defaultdict(list)
    for share in sorted(
        _counted_shares(told), key=lambda s: (str(s.invoice.invoice_date), s.invoice.number, s.invoice_id)
    ):
        parts = [(numbers.get(row.order_line_id or 0, NO_LINE), row) for row in by_invoice[share.invoice_id]]
        amounts = [(line, row.gross) for line, row in parts]
        gross, settled = (
            lines.spread(amount, amounts, told.order.digits) for amount in (share.gross, paid[share.invoice_id])
        )
        qty: dict[int, Decimal | None] = {}
        for line, row in parts:
            before = qty.get(line, ZERO)
            qty[line] = None if before is None or row.qty is None or line == NO_LINE else before + row.qty
        for line in sorted(gross):
            found[line].append(Billed(share.invoice_id, qty[line], gross[line], settled.get(line, ZERO)))
    return found


def _counted_shares(told: Gathered) -> list[InvoiceShare]:
    return [share for share in told.invoice_shares if share.counts]


class _Papers:
    """The shipments and invoices of the order, ready to be linked to."""

    def __init__(self, told: Gathered) -> None:
        shipments = {row.shipment_id: row.shipment for row in told.shipment_lines}
        invoices = {row.invoice_id: row.invoice for row in told.invoice_lines}
        self.shipments = {
            pk: _paper("shipment", row, row.shipped_date or row.planned_date) for pk, row in shipments.items()
        }
        self.invoices = {pk: _paper("invoice", row, row.invoice_date) for pk, row in invoices.items()}

    def child(self, child: Child) -> ChildRow:
        """A link row with its two documents."""
        return ChildRow(child, self.shipments.get(child.shipment or 0), self.invoices.get(child.invoice or 0))


def _paper(kind: str, row: Shipment | Invoice, day: date | None) -> Paper:
    return Paper(row.number, href(kind, row.pk, "" if row.reported else row.number), day, row.reported)


def _row(told: Gathered, line: OrderLine, went: Iterable[Went], billed: Iterable[Billed], papers: _Papers) -> LineRow:
    product = line.product
    service, sent = bool(product and product.service), tuple(went)
    shipped = sum((row.qty for row in sent if row.qty > 0 and not row.planned), ZERO)
    delivery = told.status.delivery
    cancelled = cancelled_in_all(line.qty, line.cancelled_qty, shipped, service=service, delivery=delivery)
    figures = lines.figures(
        LineFacts(line.line, line.qty, cancelled, line.gross, told.order.digits, service, sent, tuple(billed))
    )
    promised = line.promised_date if line.promised_date != told.order.promised_date else None
    return LineRow(
        line,
        line.name or (product.name if product else "") or line.sku,
        unit_words(line.unit or (product.unit if product else "")),
        href("product", product.pk, product.sku) if product else "",
        promised,
        figures,
        tuple(papers.child(child) for child in figures.children),
    )


def _no_line(told: Gathered, billed: Iterable[Billed], papers: _Papers) -> LineRow | None:
    """What invoices bill to the order without naming a line of it."""
    rows = tuple(Billed(b.invoice, None, b.gross, b.paid) for b in billed)
    if not rows:
        return None
    figures = lines.figures(LineFacts(NO_LINE, ZERO, ZERO, ZERO, told.order.digits, service=True, billed=rows))
    return LineRow(None, _("Billed without a line"), "", "", None, figures, tuple(map(papers.child, figures.children)))


def _total(rows: list[LineFigures]) -> LineFigures:
    def total(name: str) -> Decimal:
        return sum((getattr(row, name) for row in rows), ZERO)

    return LineFigures(
        total("ordered"),
        total("shipped"),
        total("returned"),
        total("to_ship"),
        total("invoiced_qty"),
        total("invoiced"),
        total("paid"),
        total("gross"),
    )
