"""Stock rows follow their product: when products of two systems are joined or parted, every row is again that of its group's row."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.db import connection

from ordertrail.lib import bulk
from ordertrail.records.models import SourceDocument
from ordertrail.stock.models import Average, Layer, Move, ReceiptLine, Reservation, StockBalance

_TYPED: tuple[type[Any], ...] = (Move, ReceiptLine, Reservation)
"""Rows that know the document they were written for; those of ``_BY_MOVE`` have the product of their move."""
_BY_MOVE: tuple[type[Any], ...] = (Layer, Average)


def follow(groups: Collection[int]) -> None:
    """Point every row that was written for a member of these products' groups at the group's row as it is now."""
    if not groups:
        return
    documents, moves = bulk.table(SourceDocument), bulk.table(Move)
    moved = 0
    typed = f'SELECT id FROM {documents} WHERE "group" IN {bulk.among()}'
    now = f'(SELECT d."group" FROM {documents} d WHERE d.id = {{}}.typed)'
    with connection.cursor() as cursor:
        for model in _TYPED:
            table = bulk.table(model)
            group = now.format(table)
            cursor.execute(
                f"UPDATE {table} SET product_id = {group} WHERE typed IN ({typed}) AND product_id <> {group}",
                [bulk.bound(groups)],
            )
            moved += cursor.rowcount if model is Move else 0
        for model in _BY_MOVE:
            table = bulk.table(model)
            group = f"(SELECT m.product_id FROM {moves} m WHERE m.id = {table}.move_id)"
            of_moves = f"SELECT m.id FROM {moves} m WHERE m.typed IN ({typed})"
            cursor.execute(
                f"UPDATE {table} SET product_id = {group} WHERE move_id IN ({of_moves}) AND product_id <> {group}",
                [bulk.bound(groups)],
            )
        if moved:  # balances are sums that are made again when they are worth it
            asked = [bulk.bound(groups), bulk.bound(groups)]
            cursor.execute(
                f"DELETE FROM {bulk.table(StockBalance)} WHERE product_id IN {bulk.among()} OR product_id IN ({typed})",
                asked,
            )
