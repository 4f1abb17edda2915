"""The manufacturing system: home of work orders. It exports a CSV file a week into a watched folder, anew each day.

UTF-8 with a byte order mark, Chinese headers. A file holds the work orders touched in its week, as they stood at its
end, so that the same 工单号 stands in several files: the row with the latest 更新时间 is the one that holds.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from datetime import date, datetime
from pathlib import Path

from ordertrail.demo.truth import WorkOrder

FOLDER = "mes"
COLUMNS = (
    "工单号",
    "料号",
    "品名",
    "计划数",
    "完工数",
    "状态",
    "销售订单",
    "行号",
    "开工时间",
    "计划完工",
    "完工时间",
    "更新时间",
)
STATES = {"draft": "已排产", "running": "生产中", "done": "已完工", "cancelled": "已关闭"}


def at(moment: datetime | None) -> str:
    """A time as the MES writes it: local, to the minute; blank when it has not come."""
    return "" if moment is None else moment.strftime("%Y-%m-%d %H:%M")


def cells(work: WorkOrder) -> tuple[str, ...]:
    """A work order's row as it stands now."""
    return (
        work.number,
        work.product.sku,
        work.product.zh,
        str(work.planned),
        str(work.finished),
        STATES[work.state],
        work.order.number if work.order else "",
        str(work.line.no) if work.line else "",
        at(work.started_at),
        work.due_date.isoformat(),
        at(work.finished_at),
        work.changed_at.strftime("%Y-%m-%d %H:%M:%S"),
    )


def file_name(day: date) -> str:
    """The name of the export of the week of ``day``.

    >>> file_name(date(2026, 9, 16))
    'MES工单_2026W38.csv'
    """
    year, week, _ = day.isocalendar()
    return f"MES工单_{year}W{week:02d}.csv"


def write_file(folder: Path, day: date, rows: Iterable[tuple[str, ...]]) -> None:
    """Write the export of the week of ``day`` with ``rows``, replacing what was exported earlier that week."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    writer.writerows(rows)
    (folder / FOLDER).mkdir(parents=True, exist_ok=True)
    (folder / FOLDER / file_name(day)).write_bytes(text.getvalue().encode("utf-8-sig"))
