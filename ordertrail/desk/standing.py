"""Reading how far order lines have come: one query over the link rows, whatever the number of orders. What every rule of the desk
counts from, in its own transaction."""

from __future__ import annotations

from collections.abc import Collection
from functools import cache
from pathlib import Path

from django.db import connection

from ordertrail.lib import bulk
from ordertrail.orders.standing import LineStanding


@cache
def _sql() -> str:
    return (Path(__file__).parent / "sql" / "standing.sql").read_text("utf-8")


def standings(orders: Collection[int]) -> dict[int, list[LineStanding]]:
    """The lines of each of these orders, by line number."""
    found: dict[int, list[LineStanding]] = {order: [] for order in orders}
    if orders:
        sql = _sql().replace("{orders}", bulk.among().replace("%s", "%(ids)s"))
        with connection.cursor() as cursor:
            cursor.execute(sql, {"ids": bulk.bound(orders)})
            for row in cursor.fetchall():
                pk, order, line, product, sku, *told = row
                service, by_order, *figures = told
                one = LineStanding(pk, order, line, product, sku, bool(service), bool(by_order), *map(int, figures))
                found[order].append(one)
    return found


def by_line(orders: Collection[int]) -> dict[int, LineStanding]:
    """The same lines by their ids."""
    return {line.id: line for lines in standings(orders).values() for line in lines}
