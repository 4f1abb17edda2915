"""Steps that write work orders and projects as their groups agree on them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ordertrail.lib import bulk
from ordertrail.lib.moments import moment
from ordertrail.lib.numbers import number_key
from ordertrail.orders.queries import LineFinder
from ordertrail.records.merge import Merged
from ordertrail.records.queries import Finder
from ordertrail.records.rules import Standing
from ordertrail.records.shapes import ProjectRecord, WorkOrderRecord
from ordertrail.work.models import Project, WorkOrder

WORK_ORDER = (
    "id", "company", "home", "number", "state", "order_key", "order", "order_line", "sku", "planned_qty", "finished_qty",
    "start_at", "start_date", "due_date", "finished_at", "finished_date", "standing", "counts",
)  # fmt: skip
PROJECT = (
    "id", "company", "home", "number", "title", "state", "customer_name", "order_key", "order", "start_date", "due_date",
    "finished_date", "planned_hours", "spent_hours",
)  # fmt: skip


def remove_work_orders(ids: Sequence[int]) -> None:
    """Delete the rows of these work orders."""
    bulk.delete(WorkOrder, "id", ids)


def remove_projects(ids: Sequence[int]) -> None:
    """Delete the rows of these projects."""
    bulk.delete(Project, "id", ids)


def write_work_orders(work: Sequence[Merged[WorkOrderRecord]], orders: Finder, standing: Standing) -> set[int]:
    """Write the agreed work orders, each joined to its order's line; returns the ids of the orders concerned."""
    orders.learn((m.names_from, m.record.order) for m in work)
    found = {m.group: orders.find(m.names_from, m.record.order) for m in work}
    touched = {order for order in found.values() if order is not None}
    lines = LineFinder(touched)
    bulk.insert(WorkOrder, WORK_ORDER, [_work_order(m, found[m.group], lines, standing) for m in work])
    return touched


def _work_order(
    merged: Merged[WorkOrderRecord], order: int | None, lines: LineFinder, standing: Standing
) -> tuple[Any, ...]:
    r = merged.record
    line = lines.find(order, r.order_line, r.sku)
    start_at, start_date, _ = moment(r.start_at)
    finished_at, finished_date, _ = moment(r.finished_at)
    return (
        merged.group, 1, merged.home, r.number[:100], r.state, number_key(r.order)[:100], order, line and line.id, r.sku[:100],
        r.planned_qty, r.finished_qty, start_at, start_date, r.due_date, finished_at, finished_date,
        standing(merged.home, False), False,
    )  # fmt: skip


def write_projects(projects: Sequence[Merged[ProjectRecord]], orders: Finder) -> set[int]:
    """Write the agreed projects; returns the ids of the orders concerned."""
    orders.learn((m.names_from, m.record.order) for m in projects)
    rows = []
    for merged in projects:
        r = merged.record
        rows.append(
            (merged.group, 1, merged.home, r.number[:100], r.title[:200], r.state, r.customer_name[:200],
             number_key(r.order)[:100], orders.find(merged.names_from, r.order), moment(r.start_at)[1], r.due_date,
             moment(r.finished_at)[1], r.planned_hours, r.spent_hours)
        )  # fmt: skip
    bulk.insert(Project, PROJECT, rows)
    return {row[8] for row in rows if row[8] is not None}
