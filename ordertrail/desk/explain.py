"""Explain: unfold a figure of an order to link rows, to what sources said, to the bytes that it came in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from ordertrail.billing.models import InvoiceShare, PaymentShare, WriteOff
from ordertrail.lib.money import MONEY_SCALE, QTY_SCALE, from_units, piece_units, to_units
from ordertrail.lib.numbers import number_key
from ordertrail.lib.refused import Refused
from ordertrail.orders.models import Order, OrderLine, OrderStatus
from ordertrail.records.models import Number, Source, SourceDocument, SourceVersion
from ordertrail.shipping.models import ShipmentLine
from ordertrail.work.models import WorkOrder


@dataclass(frozen=True, slots=True)
class Told:
    """What one source said of a document, and where that stands: batch, place in it, sha256 of its bytes."""

    source: str
    number: str
    version: str
    learned_at: str
    place: str
    batch: int | None
    sha256: str
    facts: str


@dataclass(frozen=True, slots=True)
class Part:
    """One link row of a figure: the document, what it adds, whether it counts, and who told of it."""

    document: int
    number: str
    value: Decimal
    counts: bool
    told: tuple[Told, ...]


@dataclass(frozen=True, slots=True)
class Explanation:
    """A figure with all that it is made of; the counted parts sum to it.

    ``currency`` is "" for a quantity, ``source`` the codes of those believed, ``as_of`` when the newest of what was said was learned.
    """

    order: str
    figure: str
    value: Decimal
    currency: str
    source: str
    as_of: str
    parts: tuple[Part, ...]


Row = tuple[int, str, Decimal, bool]
"""A document (0: a figure of the order itself), its number or the figure's name, what it adds, and whether it counts."""


def _lines(order: Order, _status: OrderStatus) -> list[Row]:
    lines = OrderLine.objects.filter(order=order).order_by("line")
    return [(order.pk, f"{order.number}/{line.line}", line.gross, True) for line in lines]


def _shipped_qty(order: Order, _status: OrderStatus) -> list[Row]:
    rows = ShipmentLine.objects.filter(order=order, order_line__isnull=False).select_related("shipment").order_by("pk")
    return [(row.shipment_id, row.shipment.number, row.qty, row.counts and row.qty > 0) for row in rows]


def _shipped(order: Order, status: OrderStatus) -> list[Row]:
    """The net (where prices include tax the gross) of what went and came back, and what tax and rounding add once for the order."""
    lines = {line.pk: line for line in OrderLine.objects.filter(order=order)}
    found = []
    for row in ShipmentLine.objects.filter(order=order, order_line__in=lines).select_related("shipment").order_by("pk"):
        line = lines[row.order_line_id or 0]
        amount = to_units(line.gross if order.prices_include_tax else line.net, MONEY_SCALE)
        piece = piece_units(amount, to_units(row.qty, QTY_SCALE), to_units(line.qty, QTY_SCALE), order.digits)
        found.append((row.shipment_id, row.shipment.number, from_units(piece, MONEY_SCALE), row.counts))
    tax = status.shipped - sum((value for *_, value, counts in found if counts), Decimal(0))
    return [*found, *([(0, "tax", tax, True)] if tax else [])]


def _invoiced(order: Order, _status: OrderStatus) -> list[Row]:
    rows = InvoiceShare.objects.filter(order=order).select_related("invoice").order_by("pk")
    return [(row.invoice_id, row.invoice.number, row.gross, row.counts) for row in rows]


def _paid(order: Order, _status: OrderStatus) -> list[Row]:
    rows = PaymentShare.objects.filter(order=order, invoice__isnull=False).select_related("payment").order_by("pk")
    return [(row.payment_id, row.payment.number, row.amount, row.counts) for row in rows]


def _deposit(order: Order, status: OrderStatus) -> list[Row]:
    rows = PaymentShare.objects.filter(order=order, invoice__isnull=True).select_related("payment").order_by("pk")
    found = [(row.payment_id, row.payment.number, row.amount, row.counts) for row in rows]
    tied = status.deposit - sum((value for *_, value, counts in found if counts), Decimal(0))
    return [*found, *([(0, "tied", tied, True)] if tied else [])]


def _written_off(order: Order, _status: OrderStatus) -> list[Row]:
    rows = WriteOff.objects.filter(order=order.pk).select_related("payment").order_by("pk")
    return [(row.payment_id, row.payment.number, row.amount, row.ended_at is None) for row in rows]


def _finished(order: Order, _status: OrderStatus) -> list[Row]:
    rows = WorkOrder.objects.filter(order=order).order_by("pk")
    return [(row.pk, row.number, row.finished_qty, row.counts) for row in rows]


def _effective(_order: Order, status: OrderStatus) -> list[Row]:
    return [(0, "shipped", status.shipped, True), (0, "still to come", status.effective - status.shipped, True)]


def _not_invoiced(_order: Order, status: OrderStatus) -> list[Row]:
    return [
        (0, "effective", status.effective, True), (0, "invoiced", -status.invoiced, True),
        (0, "rounding_difference", status.rounding_difference, True),
    ]  # fmt: skip


def _open_receivable(_order: Order, status: OrderStatus) -> list[Row]:
    return [
        (0, "invoiced", status.invoiced, True), (0, "paid", -status.paid, True),
        (0, "written_off", -status.written_off, True),
    ]  # fmt: skip


def _rounding_difference(_order: Order, status: OrderStatus) -> list[Row]:
    at_price = status.rounding_difference - status.invoiced
    return [(0, "invoiced", status.invoiced, True), (0, "at the order's prices", at_price, True)]


FIGURES: dict[str, tuple[tuple[str, ...], Callable[[Order, OrderStatus], list[Row]]]] = {
    "ordered": (("home",), _lines),
    "effective": (("home", "goods_source"), _effective),
    "shipped": (("goods_source",), _shipped),
    "shipped_qty": (("goods_source",), _shipped_qty),
    "invoiced": (("invoice_source",), _invoiced),
    "not_invoiced": (("home", "goods_source", "invoice_source"), _not_invoiced),
    "rounding_difference": (("home", "invoice_source"), _rounding_difference),
    "paid": (("money_source",), _paid),
    "deposit": (("money_source",), _deposit),
    "written_off": (("money_source",), _written_off),
    "open_receivable": (("invoice_source", "money_source"), _open_receivable),
    "finished_qty": (("production_source",), _finished),
}
"""The figures that can be unfolded, as ``OrderStatus`` calls them: who is believed for each, and its link rows."""


def explain(number: str, figure: str) -> Explanation:
    """The ``figure`` (a key of ``FIGURES``) of the order that ``number`` names, unfolded.

    Refused("unknown_order"), ("ambiguous") with the ids, ("unknown_figure").
    """
    if figure not in FIGURES:
        detail = _("“%(figure)s” cannot be unfolded; these can: %(names)s.")
        raise Refused("unknown_figure", detail % {"figure": figure, "names": ", ".join(FIGURES)})
    order = _order(number)
    status = OrderStatus.objects.get(order=order)
    believed, rows = FIGURES[figure]
    codes = dict(Source.objects.values_list("pk", "code"))
    named = (codes.get(getattr(status, name), "") for name in believed)
    parts = tuple(Part(*row, told=_told(row[0])) for row in rows(order, status))
    learned = [
        datetime.fromisoformat(by.learned_at) for told in (_told(order.pk), *(p.told for p in parts)) for by in told
    ]
    return Explanation(
        order.number, figure, getattr(status, figure), "" if figure.endswith("_qty") else status.currency,
        ", ".join(code for code in dict.fromkeys(named) if code), max(learned).isoformat() if learned else "", parts,
    )  # fmt: skip


def _order(number: str) -> Order:
    named = Number.objects.filter(key=number_key(number), kind="order").values_list("document__group", flat=True)
    groups = set(named.filter(document__gone_at=None)) or set(named)
    if not groups:
        raise Refused(
            "unknown_order", _("No order is called %(number)s; search finds parts of numbers too.") % {"number": number}
        )
    if len(groups) > 1:
        detail = _("%(count)s orders are called %(number)s: %(ids)s.")
        raise Refused(
            "ambiguous", detail % {"count": len(groups), "number": number, "ids": ", ".join(map(str, sorted(groups)))}
        )
    return Order.objects.get(pk=groups.pop())


def _told(group: int) -> tuple[Told, ...]:
    """What every member of the group says now."""
    documents = SourceDocument.objects.filter(group=group).select_related("source").order_by("pk")
    versions = SourceVersion.objects.filter(pk__in=[document.current for document in documents]).select_related("batch")
    by_document: dict[int, Any] = {version.document_id: version for version in versions}
    return tuple(
        Told(
            document.source.code,
            document.number,
            version.version,
            version.learned_at.isoformat(),
            version.place,
            version.batch_id,
            version.batch.sha256 if version.batch else "",
            version.facts,
        )
        for document in documents
        if (version := by_document.get(document.pk))
    )
