"""The project system: one XLSX export that is written anew, with three title rows above the header.

Dates are written "2026年3月5日", hours are numbers.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from pathlib import Path

import xlsxwriter

from ordertrail.demo.truth import Project

FOLDER = "projects"
FILE = "项目台账.xlsx"
SHEET = "项目台账"
HEADER_ROW = 4
COLUMNS = (
    "项目编号",
    "项目名称",
    "销售订单",
    "客户",
    "负责人",
    "状态",
    "计划工时",
    "已用工时",
    "开始日期",
    "计划完成",
    "实际完成",
)
STATES = {"running": "进行中", "done": "已完成"}
Cell = str | float


def on(day: date | None) -> str:
    """A day as the project system writes it; blank when it has not come.

    >>> on(date(2026, 3, 5)), on(None)
    ('2026年3月5日', '')
    """
    return "" if day is None else f"{day.year}年{day.month}月{day.day}日"


def _cells(project: Project) -> tuple[Cell, ...]:
    return (
        project.number,
        project.title,
        project.order.number,
        project.order.customer.zh,
        project.leader,
        STATES[project.state],
        float(project.planned_hours),  # a spreadsheet keeps nothing else; half hours are exact
        float(project.spent_hours),
        on(project.start_date),
        on(project.due_date),
        on(project.finished_date),
    )


def write(
    folder: Path, projects: Iterable[Project], exported_at: datetime, extra: Iterable[Sequence[Cell]] = ()
) -> None:
    """Write the export with all ``projects`` and the raw rows ``extra``, as made at ``exported_at``."""
    path = folder / FOLDER / FILE
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f"~{FILE}")  # a watched folder never shows half a file under its real name
    book = xlsxwriter.Workbook(str(fresh), {"strings_to_numbers": False})
    book.set_properties({"title": "项目台账", "created": exported_at.replace(tzinfo=None)})
    sheet = book.add_worksheet(SHEET)
    sheet.set_column(0, len(COLUMNS) - 1, 16)
    sheet.write_row(0, 0, ("港灯贸易 项目台账",))
    sheet.write_row(1, 0, (f"导出时间：{on(exported_at.date())} {exported_at:%H:%M}　导出人：Lan",))
    sheet.write_row(HEADER_ROW - 1, 0, COLUMNS)
    rows = [*map(_cells, projects), *extra]
    for number, row in enumerate(rows, HEADER_ROW):
        sheet.write_row(number, 0, row)
    book.close()
    fresh.replace(path)
