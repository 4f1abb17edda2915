"""The rows behind a metric's number, where the orders list cannot show them: a page, and a file with all of them."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from ordertrail.boards.asked import BY_ID, Asked, is_lines
from ordertrail.boards.figures import inside
from ordertrail.boards.metric import Column, Kind, Metric, Unit
from ordertrail.boards.stages import STAGES
from ordertrail.hub.read import query, stream
from ordertrail.lib.money import MONEY_SCALE, QTY_SCALE, from_units, minor_digits

SIZE = 50
MOST_ROWS = 1_000_000
BOM = "\ufeff"
"""Tells Excel that the file is UTF-8."""
RUNS = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet would run when a text begins with it."""
OF_ORDER = frozenset({"order_number", "customer_name"})
"""Columns that a line has by its order's id: writing such texts again for each line takes a tenth of a full refresh."""


@dataclass(frozen=True)
class Cell:
    """One value of a row: what it holds, where a click leads ("" nowhere), and its place in the two-line row of a phone."""

    kind: Kind
    value: Any
    currency: str = ""
    order_id: int | None = None
    phone: str = ""

    @property
    def address(self) -> str:
        """What names the order in the address of its page."""
        return f"{BY_ID}{self.order_id}"

    @property
    def words(self) -> str:
        """A text as a page shows it; a step in words."""
        text = "" if self.value is None else str(self.value)
        return str(STAGES.get(text, text))


@dataclass(frozen=True)
class Total:
    """What all rows add up to in one currency ("" where the metric has none)."""

    currency: str
    value: Decimal | None
    many: int


@dataclass(frozen=True)
class Rows:
    """Some rows of a metric, where they begin, how many there are in all, and what all add up to."""

    cells: list[list[Cell]]
    begins: int
    many: int
    totals: list[Total]

    @property
    def first(self) -> int:
        """The place of the first row, counted from 1."""
        return self.begins + 1


def _selected(metric: Metric, asked: Asked) -> tuple[str, dict[str, Any]]:
    days, bound = inside(metric, asked.period(metric))
    rows = f"SELECT * FROM {metric.table} AS r WHERE {metric.where} AND {days} AND {asked.scope(metric.table)}"
    return rows, {**asked.params(), **bound}


def rows(metric: Metric, asked: Asked, begins: int) -> Rows:
    """The rows from place ``begins`` (0 is the first) on, and the totals of all of them."""
    selected, bound = _selected(metric, asked)
    currency = "currency" if metric.by_currency else "''"
    sums = query(
        f"SELECT {currency} AS currency, CAST(SUM({metric.each}) AS BIGINT), CAST(SUM({metric.of or '0'}) AS BIGINT), COUNT(*)"
        f" FROM ({selected}) AS t GROUP BY 1 ORDER BY 2 DESC",
        bound,
        asked.person,
        on=asked.snapshot,
    ).rows
    totals = [Total(row[0], _total(metric, row[1], row[2]), row[3]) for row in sums]
    sql, columns = _reading(metric, selected, SIZE, begins), metric.columns
    page = query(sql, bound, asked.person, on=asked.snapshot).rows
    found = [_cells(columns, row) for row in page]
    return Rows(found, begins, sum(total.many for total in totals), totals)


def _total(metric: Metric, part: int, whole: int) -> Decimal | None:
    if metric.unit is Unit.SHARE:
        return Decimal(part) / whole if whole else None
    return from_units(part, MONEY_SCALE) if metric.unit is Unit.MONEY else Decimal(part)


def _reading(metric: Metric, selected: str, size: int, begins: int) -> str:
    """SQL for some rows with the order's id, the currency and the columns; what lines do not hold of their order comes from it."""
    order_by = metric.order_by or "order_date DESC, order_number"
    page = f"SELECT * FROM ({selected}) AS s ORDER BY {order_by} LIMIT {size:d} OFFSET {begins:d}"
    named = [column.name for column in metric.columns]
    orders = (
        "LEFT JOIN {fact_order} AS o ON o.order_id = t.order_id"
        if is_lines(metric.table) and not OF_ORDER.isdisjoint(named)
        else ""
    )
    columns = ", ".join(f"o.{name}" if orders and name in OF_ORDER else f"t.{name}" for name in named)
    ordered = ", ".join(f"t.{part.strip()}" for part in order_by.split(","))
    return f"SELECT t.order_id, t.currency AS in_currency, {columns} FROM ({page}) AS t {orders} ORDER BY {ordered}"


def phone_places(columns: Sequence[Column]) -> list[str]:
    """Which columns a phone shows, in two lines: the number and the last figure ("p1"), below them the customer and the last day
    ("p2"); the others are seen on a wider page."""
    places = [""] * len(columns)
    numbers = [
        place for place, column in enumerate(columns) if column.kind in (Kind.MONEY, Kind.QTY, Kind.COUNT, Kind.FLAG)
    ]
    days = [place for place, column in enumerate(columns) if column.kind is Kind.DAY]
    customers = [place for place, column in enumerate(columns) if column.name == "customer_name"]
    first = next((place for place, column in enumerate(columns) if column.kind is Kind.ORDER), 0)
    for place in (first, *numbers[-1:]):
        places[place] = "p1"
    for place in (*customers, *days[-1:]):
        places[place] = places[place] or "p2"
    return places


def _cells(columns: Sequence[Column], row: Sequence[Any]) -> list[Cell]:
    found = [_cell(column, value, row[1], row[0]) for column, value in zip(columns, row[2:], strict=True)]
    return [replace(cell, phone=place) for cell, place in zip(found, phone_places(columns), strict=True)]


def _cell(column: Column, value: Any, currency: str, order_id: int) -> Cell:
    if column.kind is Kind.MONEY and value is not None:
        return Cell(Kind.MONEY, from_units(value, MONEY_SCALE), currency)
    if column.kind is Kind.QTY and value is not None:
        return Cell(Kind.QTY, from_units(value, QTY_SCALE))
    return Cell(column.kind, value, order_id=order_id if column.kind is Kind.ORDER else None)


class _Line:
    """A file that gives back each line as it is written."""

    def write(self, line: str) -> str:
        return line


def csv_lines(metric: Metric, asked: Asked) -> Iterator[str]:
    """All rows as lines of a CSV file, with nothing in it that a spreadsheet would run."""
    selected, bound = _selected(metric, asked)
    writer = csv.writer(_Line())
    yield BOM + str(writer.writerow([str(column.head) for column in metric.columns]))
    for row in stream(_reading(metric, selected, MOST_ROWS, 0), bound, asked.person, on=asked.snapshot):
        yield str(writer.writerow([_text(cell) for cell in _cells(metric.columns, row)]))


def _text(cell: Cell) -> str:
    value = cell.value
    if value is None:
        return ""
    if cell.kind is Kind.MONEY:
        short = round(value, minor_digits(cell.currency))
        return str(short if short == value else value.normalize())  # a file hides no rounding
    if cell.kind is Kind.QTY:
        return f"{value.normalize():f}"
    if cell.kind is Kind.FLAG:
        return "1" if value else "0"
    if isinstance(value, date):
        return value.isoformat()
    text = cell.words
    return f"'{text}" if isinstance(value, str) and text.startswith(RUNS) else text
