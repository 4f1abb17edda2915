"""Receipts, adjustments and reservations as the API tells them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.conf import settings

from ordertrail.api import written
from ordertrail.api.door import Caller
from ordertrail.api.shapes import stock as shapes
from ordertrail.catalog.models import Product
from ordertrail.lib.money import half_up, minor_digits
from ordertrail.orders.models import OrderLine
from ordertrail.stock.models import GoodsReceipt, Move, ReceiptLine, Reservation


def receipt_head(row: GoodsReceipt) -> dict[str, Any]:
    """What a list and the page tell of a receipt."""
    return {
        "id": str(row.pk), "number": row.number or None, "state": row.state, "date": row.receipt_date,
        "warehouse": row.warehouse.code, "home": row.home.code,
    }  # fmt: skip


def receipts(rows: Sequence[GoodsReceipt]) -> list[shapes.ReceiptRow]:
    """Receipts of a list."""
    return [shapes.ReceiptRow(**receipt_head(row)) for row in rows]


def receipt(pk: int, by: Caller) -> shapes.Receipt:
    """One receipt. GoodsReceipt.DoesNotExist where there is none."""
    row = GoodsReceipt.objects.select_related("home", "warehouse").get(pk=pk)
    lines = list(ReceiptLine.objects.filter(receipt=pk).order_by("line"))
    skus = _skus(line.product_id for line in lines)
    return shapes.Receipt(
        **receipt_head(row),
        version=0,
        lines=[
            shapes.ReceiptLine(
                line=line.line,
                sku=skus[line.product_id],
                qty=written.qty(line.qty),
                **(_cost(line.qty, line.unit_cost) if by.sees_cost() else {}),
            )
            for line in lines
        ],
    )


def _cost(qty: Decimal, unit_cost: Decimal) -> dict[str, str]:
    currency = settings.COMPANY.currency
    cost = half_up(qty * unit_cost, minor_digits(currency))
    return {"unit_cost": written.decimals(unit_cost, 2), "cost": written.money(cost, currency)}


def adjustment(reason: str, day: date, moves: Sequence[int], by: Caller) -> shapes.Adjustment:
    """What an adjustment has booked; it is known by its first move."""
    rows = list(Move.objects.filter(pk__in=moves).order_by("pk"))
    skus = _skus(row.product_id for row in rows)
    currency = settings.COMPANY.currency
    return shapes.Adjustment(
        id=str(moves[0]),
        date=day,
        reason=reason,
        lines=[
            shapes.AdjustmentLine(
                line=n,
                sku=skus[row.product_id],
                qty=written.qty(row.qty),
                **({"cost": written.money(row.value, currency)} if by.sees_cost() else {}),
            )
            for n, row in enumerate(rows, 1)
        ],
    )


def reservations(rows: Sequence[Reservation]) -> list[shapes.Reservation]:
    """Reservations of a list."""
    lines = OrderLine.objects.in_bulk([row.order_line_id for row in rows])
    return [
        shapes.Reservation(
            id=str(row.pk),
            order=str(row.order),
            line=lines[row.order_line_id].line,
            sku=lines[row.order_line_id].sku,
            qty=written.qty(row.qty),
            at=written.instant(row.at),
            ended_at=written.instant(row.ended_at) if row.ended_at else None,
        )
        for row in rows
    ]


def _skus(products: Any) -> dict[int, str]:
    return dict(Product.objects.filter(pk__in=set(products)).values_list("pk", "sku"))
