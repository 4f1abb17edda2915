"""Explain: unfold a figure of an order to link rows, to what sources said, to the bytes that it came in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from ordertrail.billing.models import InvoiceShare, PaymentShare
from ordertrail.lib.numbers import number_key
from ordertrail.lib.refused import Refused
from ordertrail.orders.models import Order, OrderLine, OrderStatus
from ordertrail.records.models import Number, SourceDocument, SourceVersion
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
    """A figure with all that it is made of; the counted parts sum to it."""

    order: str
    figure: str
    value: Decimal
    parts: tuple[Part, ...]


def _lines(order: int) -> list[tuple[int, str, Decimal, bool]]:
    return [
        (order, f"{line.order.number}/{line.line}", line.gross, True)
        for line in OrderLine.objects.filter(order=order).select_related("order").order_by("line")
    ]


def _shipped(order: int) -> list[tuple[int, str, Decimal, bool]]:
    rows = ShipmentLine.objects.filter(order=order).select_related("shipment").order_by("pk")
    return [(row.shipment_id, row.shipment.number, row.qty, row.counts) for row in rows]


def _invoiced(order: int) -> list[tuple[int, str, Decimal, bool]]:
    rows = InvoiceShare.objects.filter(order=order).select_related("invoice").order_by("pk")
    return [(row.invoice_id, row.invoice.number, row.gross, row.counts) for row in rows]


def _paid(order: int) -> list[tuple[int, str, Decimal, bool]]:
    rows = PaymentShare.objects.filter(order=order, invoice__isnull=False).select_related("payment").order_by("pk")
    return [(row.payment_id, row.payment.number, row.amount, row.counts) for row in rows]


def _finished(order: int) -> list[tuple[int, str, Decimal, bool]]:
    rows = WorkOrder.objects.filter(order=order).order_by("pk")
    return [(row.pk, row.number, row.finished_qty, row.counts) for row in rows]


FIGURES: dict[str, tuple[str, Callable[[int], list[tuple[int, str, Decimal, bool]]]]] = {
    "ordered": ("ordered", _lines),
    "shipped": ("shipped_qty", _shipped),
    "invoiced": ("invoiced", _invoiced),
    "paid": ("paid", _paid),
    "finished": ("finished_qty", _finished),
}
"""The figures that can be unfolded: the column of ``OrderStatus``, and its link rows."""


def explain(number: str, figure: str) -> Explanation:
    """The ``figure`` (a key of ``FIGURES``) of the order that ``number`` names, unfolded.

    Refused("unknown_order"), ("ambiguous") with the ids, ("unknown_figure").
    """
    if figure not in FIGURES:
        detail = _("“%(figure)s” cannot be unfolded; these can: %(names)s.")
        raise Refused("unknown_figure", detail % {"figure": figure, "names": ", ".join(FIGURES)})
    order = _order(number)
    column, rows = FIGURES[figure]
    parts = tuple(Part(*row, told=_told(row[0])) for row in rows(order.pk))
    return Explanation(order.number, figure, getattr(OrderStatus.objects.get(order=order), column), parts)


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
