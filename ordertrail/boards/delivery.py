"""Delivery statistics: how much was delivered and how much of it late, by country, vendor, mode or month."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _

from ordertrail.hub.publish import Snapshot
from ordertrail.hub.read import query
from ordertrail.lib.refused import Refused

KEYS = {
    "country": "country",
    "vendor": "vendor",
    "mode": "mode",
    "month": "strftime(delivered_date, '%Y-%m')",
}
"""What rows can be made by, and the SQL of it."""

PARTS = "{fact_shipment_part}"
"""What is counted: some parts of shipments, each of several lines."""
LINES = """(
    SELECT l.*, 1 AS lines, CASE WHEN is_late THEN 1 ELSE 0 END AS late_lines, FALSE AS sole_of_order, FALSE AS sole_of_shipment
    FROM {fact_shipment_line} AS l
    WHERE qty > 0
)"""
"""The same line by line, for a filter that tells lines of one part from each other."""

_COUNTED = """
    SELECT every, COALESCE(key, ''), CAST(SUM(orders) AS BIGINT), CAST(SUM(lines) AS BIGINT) AS lines,
           CAST(SUM(shipments) AS BIGINT), CAST(SUM(late) AS BIGINT)
    FROM (
        SELECT GROUPING(key) AS every, key, COALESCE(SUM(orders), 0) AS orders, COALESCE(SUM(lines), 0) AS lines,
               COALESCE(SUM(shipments), 0) AS shipments, COALESCE(SUM(late), 0) AS late
        FROM (
            SELECT key, COUNT(*) FILTER (WHERE sole_of_order) AS orders, SUM(lines) AS lines,
                   COUNT(*) FILTER (WHERE sole_of_shipment) AS shipments, SUM(late_lines) AS late
            FROM {rows} AS t GROUP BY key
        ) AS sole
        GROUP BY GROUPING SETS ((key), ())
        UNION ALL SELECT 0, key, COUNT(DISTINCT order_id), 0, 0, 0 FROM {rows} AS t WHERE NOT sole_of_order GROUP BY key
        UNION ALL SELECT 1, NULL, COUNT(DISTINCT order_id), 0, 0, 0 FROM {rows} AS t WHERE NOT sole_of_order
        UNION ALL SELECT 0, key, 0, 0, COUNT(DISTINCT shipment_id), 0 FROM {rows} AS t WHERE NOT sole_of_shipment GROUP BY key
        UNION ALL SELECT 1, NULL, 0, 0, COUNT(DISTINCT shipment_id), 0 FROM {rows} AS t WHERE NOT sole_of_shipment
    ) AS counted
    GROUP BY every, key
"""
"""An order or shipment that is in one part is counted by adding up, which is ten times as quick as telling all of them apart; only
those in several parts are told apart."""


@dataclass(frozen=True)
class Delivered:
    """One row: orders, shipment lines and shipments that were delivered, and the lines that came after their day. ``key`` is empty for
    the total, and where a source tells no country, vendor, mode or day."""

    key: str
    orders: int
    lines: int
    shipments: int
    late: int

    @property
    def late_share(self) -> Decimal | None:
        """Late lines over lines, between 0 and 1; None without lines."""
        return Decimal(self.late) / self.lines if self.lines else None


@dataclass(frozen=True)
class Deliveries:
    """Rows by key (months in their order, else the most lines first) and their total; an order or shipment with several keys counts
    in each row, and once in the total."""

    rows: tuple[Delivered, ...]
    total: Delivered


def delivery(
    by: str,
    source: str = "",
    date_from: date | None = None,
    date_to: date | None = None,
    person: object = None,
    *,
    on: Snapshot | None = None,
    table: str = PARTS,
    scope: str = "TRUE",
    params: dict[str, object] | None = None,
) -> Deliveries:
    """What was delivered from ``date_from`` to ``date_to`` (both belong to it; by the day of delivery), of the shipments of ``source``
    (which only ``PARTS`` know).

    Late: delivered day > scheduled day, by line (metric ``on_time``). ``person``: whose rows; ``scope`` and ``params``: a board's
    further filter on ``table`` (``PARTS`` or ``LINES``). Refused("unknown_key") for another ``by``.
    """
    if by not in KEYS:
        detail = _("Deliveries go by %(keys)s, not by %(by)s.") % {"keys": ", ".join(KEYS), "by": by}
        raise Refused("unknown_key", detail, [{"path": "by", "code": "unknown_key", "detail": detail}])
    parts, bound = [scope], dict(params or {})
    for name, sql, value in (
        ("from_day", "delivered_date >= $from_day", date_from),
        ("to_day", "delivered_date <= $to_day", date_to),
        ("of_source", "source = $of_source", source or None),
    ):
        if value is not None:
            parts.append(sql)
            bound[name] = value
    rows = f"(SELECT COALESCE({KEYS[by]}, '') AS key, * FROM {table} AS p WHERE {' AND '.join(parts)})"
    sql = f"{_COUNTED.replace('{rows}', rows)} ORDER BY {'key' if by == 'month' else 'lines DESC, key'}"
    found = [(row[0], Delivered(*row[1:])) for row in query(sql, bound, person, on=on).rows]
    total = next(row for every, row in found if every)
    return Deliveries(tuple(row for every, row in found if not every), total)
