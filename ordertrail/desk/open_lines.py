"""How the open order lines of a product are found: from the product's lines where they are few, else from the open orders. One product
may stand in half a million lines, of which a few are open."""

from __future__ import annotations

from collections.abc import Collection

from ordertrail.lib import bulk
from ordertrail.orders.models import OrderLine, OrderStatus

FEW = 5_000
"""So many lines of a product are looked at one by one; beyond, the open orders are."""


def open_lines(products: Collection[int]) -> str:
    """SQL after FROM with the open lines ``l`` of ``products`` (one bound list, see ``bulk.bound``) and their status rows ``s``, up to
    and with the first conditions of its WHERE. SQLite begins with the table that stands first in a CROSS JOIN."""
    lines, statuses = bulk.table(OrderLine), bulk.table(OrderStatus)
    if few(products):
        return f"{lines} l CROSS JOIN {statuses} s WHERE l.product_id IN {bulk.among()} AND s.order_id = l.order_id AND s.is_open"
    return f"{statuses} s CROSS JOIN {lines} l WHERE s.is_open AND l.order_id = s.order_id AND +l.product_id IN {bulk.among()}"


def lines_of(orders_sql: str) -> str:
    """The same for the lines of a few orders that are known: ``orders_sql`` is ``bulk.among()`` for them; the products come after."""
    lines, statuses = bulk.table(OrderLine), bulk.table(OrderStatus)
    return (
        f"{lines} l CROSS JOIN {statuses} s WHERE l.order_id IN {orders_sql} AND +l.product_id IN {bulk.among()}"
        " AND s.order_id = l.order_id"
    )


def few(products: Collection[int]) -> bool:
    """Whether these products stand in few lines, open or not."""
    (lines,) = bulk.select(
        f"SELECT COUNT(*) FROM (SELECT 1 FROM {bulk.table(OrderLine)} WHERE product_id IN {bulk.among()} LIMIT {FEW + 1}) one",
        [bulk.bound(products)],
    )[0]
    return int(lines) <= FEW
