"""The one projection: ``OrderStatus``, recounted from link rows; never incremented."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection

from ordertrail.desk.agree import FAMILIES, Beliefs
from ordertrail.lib import bulk
from ordertrail.orders.models import OrderStatus

COLUMNS = (
    "order", "company", "home", "number", "customer", "customer_name", "salesperson", "order_date", "promised_date", "currency",
    "status", "delivery", "invoicing", "payment", "production", "is_open", "first_name", "line_count", "ordered_qty",
    "shipped_qty", "to_ship_qty", "invoiced_qty", "finished_qty", "planned_qty", "ordered", "effective", "shipped", "to_ship",
    "invoiced", "paid", "deposit", "written_off", "open_receivable", "not_invoiced", "rounding_difference", "first_shipped_date",
    "last_shipped_date", "due_date",
)  # fmt: skip
SOURCES = ("goods_source", "invoice_source", "money_source", "production_source")


@cache
def _sql() -> str:
    return (Path(__file__).parent / "sql" / "recount.sql").read_text("utf-8")


def counted(orders: Collection[int], beliefs: Beliefs) -> list[tuple[Any, ...]]:
    """What ``OrderStatus`` must hold for these orders (``COLUMNS`` in store units), by one query over link rows."""
    if not orders:
        return []
    told = {
        "ids": bulk.bound(orders),
        "goods_told": int(beliefs.told("goods")),
        "invoices_told": int(beliefs.told("invoice")),
        "money_told": int(beliefs.told("money")),
        "tax_by_line": int(settings.COMPANY.taxes_by_line),
    }
    sql = _sql().replace("{orders}", bulk.among().replace("%s", "%(ids)s"))
    with connection.cursor() as cursor:
        cursor.execute(sql, told)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
        return rows


def recount(orders: Collection[int], beliefs: Beliefs, believed: Mapping[int, tuple[int | None, ...]]) -> None:
    """Write the status rows of ``orders`` (and none for those that are gone): the last step of each verb and each batch.

    ``believed``: per order the source believed for goods, invoices, money and production.
    """
    nobody: tuple[int | None, ...] = (None,) * len(FAMILIES)
    rows = [(*row, *believed.get(row[0], nobody)) for row in counted(orders, beliefs)]
    bulk.delete(OrderStatus, "order", sorted(set(orders) - {row[0] for row in rows}))
    bulk.insert(OrderStatus, (*COLUMNS, *SOURCES), rows, upsert_on="order_id")
