"""Lists of orders that stay quick at a million rows: pages by key, exact counts, sums and streams over ``OrderStatus`` alone.

A filter is a queryset; its conditions are taken over as SQL and put into statements whose way through the table is fixed,
because the planner cannot know whether a filter's rows are many or few and would now and then walk a whole index. A page is
looked for twice at most: *near*, among the next ten thousand rows in the order asked for (a few milliseconds), then *far*,
through all that match (one pass over the table, about 0.1 s a million rows). Golden files hold the plans.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import OperationalError, connection
from django.db.models import QuerySet

from ordertrail.lib import bulk
from ordertrail.lib.money import MONEY_SCALE, from_units
from ordertrail.orders.models import OrderStatus

NEAR = 10_000
"""How many rows in the order asked for are tried before all that match are gathered."""
CROWDED = 100_000
"""Orders in a queue from which on a pass over the table (0.1 s a million) is quicker than the queue's index."""

SUMMED = ("ordered", "to_ship", "not_invoiced", "open_receivable")
"""The amounts that lists add up."""

INDEXES = {
    "promised_date": "status_promised",
    "order_date": "status_ordered_on",
    "number": "status_number",
    "customer_name": "status_customer_name",
    "ordered": "status_amount",
    "open_receivable": "status_receivable",
}
"""The declared sorts, by column, and the index that gives each its order."""

NULLABLE = frozenset({"promised_date", "order_date"})
"""Sorts whose column may be empty; such rows count as the largest."""

_FREE = {"sqlite": "+"}
"""The sign that takes a column out of SQLite's choice of an index."""

Sql = tuple[str, list[Any]]
_ALL: Sql = ("TRUE", [])


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page begins: beyond the row with this value in the sort's column and this order id."""

    value: Any
    order: int


@dataclass(frozen=True, slots=True)
class Sums:
    """What a selection adds up to in one currency: how many orders, and the amounts of ``SUMMED``, gross."""

    currency: str
    count: int
    ordered: Decimal
    to_ship: Decimal
    not_invoiced: Decimal
    open_receivable: Decimal


@dataclass(frozen=True, slots=True)
class Queue:
    """Orders that wait for something: a condition written out, because SQLite recognises a partial index by its literals and
    not by bound values, and that index, in the order of promised dates."""

    sql: str
    index: str


QUEUES = {
    "open": Queue("is_open", "status_open"),
    "ship": Queue("is_open AND delivery IN ('waiting', 'partially')", "status_to_ship"),
    "invoice": Queue("is_open AND invoicing IN ('to_invoice', 'partially')", "status_to_invoice"),
    "collect": Queue("is_open AND open_receivable > 0", "status_to_collect"),
}
"""The conditions of ``OrderStatus``' partial indexes."""


@dataclass(frozen=True, slots=True)
class Listing:
    """A selection of orders.

    ``rows``: the conditions, over the columns of this one table or in subqueries; ``queue``: a further one that a partial index
    serves. ``narrow``: the conditions find their rows by an index, so that a pass over the table would be the longer way;
    ``few``: so few that they are gathered at once.
    """

    rows: QuerySet[OrderStatus]
    queue: Queue | None = None
    narrow: bool = False
    few: bool = False

    def page(self, column: str, *, descending: bool, size: int, beyond: Place | None = None) -> list[OrderStatus]:
        """The next ``size`` rows beyond a place, in the order of ``column`` and then of the order's id. Two queries at most."""
        where = self._where()
        if where is None:
            return []
        base: Sql = (self.queue.sql, []) if self.queue and column == "promised_date" else _ALL
        step = _Step(column, descending, beyond)
        if base == where:
            return step.plain(where, size)
        if self.few:
            return step.far(where, size, self._scan(where))
        near = step.near(base, where, size)
        return near if len(near) == size else step.far(where, size, self._scan(where))

    def count(self) -> int:
        """How many orders match: counted now."""
        where = self._where()
        if where is None:
            return 0
        return int(bulk.select(f"SELECT COUNT(*) FROM {_table()}{self._scan(where)} WHERE {where[0]}", where[1])[0][0])

    def sums(self) -> list[Sums]:
        """What they add up to, one row a currency, the one with the most orders first."""
        where = self._where()
        if where is None:
            return []
        amounts = ", ".join(f"SUM({name})" for name in SUMMED)
        rows = bulk.select(
            f"SELECT currency, COUNT(*), {amounts} FROM {_table()}{self._scan(where)} WHERE {where[0]}"
            " GROUP BY currency ORDER BY COUNT(*) DESC, currency",
            where[1],
        )
        return [Sums(row[0], int(row[1]), *(from_units(int(units), MONEY_SCALE) for units in row[2:])) for row in rows]

    def stream(
        self, column: str, columns: tuple[str, ...], *, descending: bool, size: int = 2_000
    ) -> Iterator[tuple[Any, ...]]:
        """Every row as a tuple of ``columns`` in store units, read as it goes: by the sort's own index, so that nothing is
        gathered in memory first."""
        where = self._where()
        if where is None:
            return
        names = ", ".join(f"{_table()}.{connection.ops.quote_name(_column(name))}" for name in columns)
        for part in _parts(column, descending):
            hint = "" if self.narrow or self.few else bulk.by_index(INDEXES[column])
            ordered = f"ORDER BY {_quoted(column)}{_down(descending)}, {_quoted('order')}{_down(descending)}"
            rest = f"WHERE ({where[0]}) AND {part} {ordered}"
            with connection.chunked_cursor() as cursor:
                try:
                    cursor.execute(f"SELECT {names} FROM {_table()}{hint} {rest}", where[1])
                except OperationalError:
                    if not hint or bulk.indexes([INDEXES[column]]):
                        raise
                    # A first load has left the index out (desk.filling): sorted instead.
                    cursor.execute(f"SELECT {names} FROM {_table()} {rest}", where[1])
                while rows := cursor.fetchmany(size):
                    yield from rows

    def _where(self) -> Sql | None:
        """All conditions; None where nothing can match."""
        try:
            text, params = condition(self.rows)
        except EmptyResultSet:
            return None
        if self.queue is None:
            return text, params
        return (self.queue.sql if text == _ALL[0] else f"{self.queue.sql} AND ({text})"), params

    def _scan(self, where: Sql) -> str:
        """What makes SQLite gather by the queue's index or by a pass over the table, where another would lead it astray."""
        if connection.vendor != "sqlite" or self.narrow or self.few or where == _ALL:
            return ""
        if self.queue is None:
            return " NOT INDEXED"
        alone = where[0] == self.queue.sql
        return bulk.by_index(self.queue.index) if alone or not self._crowded() else " NOT INDEXED"

    def _crowded(self) -> bool:
        """Whether so many orders wait in the queue that a pass over the table is quicker than fetching each by the index."""
        waiting = f"SELECT 1 FROM {_table()} WHERE {self.queue.sql if self.queue else 'FALSE'} LIMIT {CROWDED + 1}"
        return int(bulk.select(f"SELECT COUNT(*) FROM ({waiting}) AS some")[0][0]) > CROWDED


@dataclass(frozen=True, slots=True)
class _Step:
    """One step through the rows in the order of ``column``, away from ``beyond``."""

    column: str
    descending: bool
    beyond: Place | None

    def plain(self, where: Sql, size: int) -> list[OrderStatus]:
        """The rows where an index gives condition and order at once."""
        rows: list[OrderStatus] = []
        for beyond, more in self._stretches():
            if left := size - len(rows):
                sql = f"SELECT * FROM {_table()} WHERE {where[0]} AND {beyond} {self._ordered()} LIMIT {left}"
                rows += _raw(sql, [*where[1], *more])
        return rows

    def near(self, base: Sql, where: Sql, size: int) -> list[OrderStatus]:
        """Matching rows among the next ``NEAR`` in order."""
        beyond, more = self._stretches()[0]
        inner = f"SELECT * FROM {_table()} WHERE {base[0]} AND {beyond} {self._ordered()} LIMIT {NEAR}"
        sql = f"SELECT * FROM ({inner}) AS {_table()} WHERE {where[0]} {self._ordered()} LIMIT {size}"
        return _raw(sql, [*base[1], *more, *where[1]])

    def far(self, where: Sql, size: int, scan: str) -> list[OrderStatus]:
        """All matching rows, sorted; the signs keep SQLite from walking the sort's index instead."""
        free = _FREE.get(connection.vendor, "")
        stretches = self._stretches(free)
        beyond = " OR ".join(text for text, _ in stretches)
        more = [value for _, values in stretches for value in values]
        sql = f"SELECT * FROM {_table()}{scan} WHERE ({where[0]}) AND ({beyond}) {self._ordered(free)} LIMIT {size}"
        return _raw(sql, [*where[1], *more])

    def _ordered(self, free: str = "") -> str:
        empty = (" NULLS FIRST" if self.descending else " NULLS LAST") if self.column in NULLABLE else ""
        down = _down(self.descending)
        return f"ORDER BY {free}{_quoted(self.column)}{down}{empty}, {free}{_quoted('order')}{down}"

    def _stretches(self, free: str = "") -> list[Sql]:
        """The conditions of what lies beyond, one after the other: rows with a value, and rows without."""
        sign = "<" if self.descending else ">"
        column, order = free + _quoted(self.column), free + _quoted("order")
        if self.beyond is None:
            return [_ALL]
        if self.beyond.value is None:
            rest: list[Sql] = [(f"({column} IS NULL AND {order} {sign} %s)", [self.beyond.order])]
            return [*rest, (f"{column} IS NOT NULL", [])] if self.descending else rest
        field: Any = OrderStatus._meta.get_field(self.column)
        key = [field.get_db_prep_value(self.beyond.value, connection), self.beyond.order]
        found: list[Sql] = [(f"({column}, {order}) {sign} (%s, %s)", key)]
        if self.column in NULLABLE and not self.descending:
            found.append((f"{column} IS NULL", []))
        return found


def condition(rows: QuerySet[OrderStatus]) -> Sql:
    """The WHERE of a queryset over this one table as SQL and its parameters; EmptyResultSet where nothing can match."""
    sql, params = rows.order_by().values("pk").query.sql_with_params()
    return sql.partition(" WHERE ")[2] or _ALL[0], list(params)


def _raw(sql: str, params: list[Any]) -> list[OrderStatus]:
    return list(OrderStatus.objects.raw(sql, params))


def _parts(column: str, descending: bool) -> list[str]:
    """Rows with a value and rows without, in the order in which they are read."""
    if column not in NULLABLE:
        return ["TRUE"]
    parts = [f"{_quoted(column)} IS NOT NULL", f"{_quoted(column)} IS NULL"]
    return parts[::-1] if descending else parts


def _table() -> str:
    return bulk.table(OrderStatus)


def _column(name: str) -> str:
    return str(getattr(OrderStatus._meta.get_field(name), "column", name))


def _quoted(name: str) -> str:
    return f"{_table()}.{connection.ops.quote_name(_column(name))}"


def _down(descending: bool) -> str:
    return " DESC" if descending else ""
