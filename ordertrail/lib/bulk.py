"""Many rows at once, by plain SQL: what a sync writes by the thousand. ``bulk_create`` is for forms.

Values are given as Python objects in the order of ``columns`` and turned into what the column keeps (``Decimal`` into integers,
instants into UTC, JSON into text) by one converter a column, chosen once, for all rows of the column together.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from functools import cache, lru_cache, partial
from typing import Any

import orjson
from django.db import connection, models

from ordertrail.lib.fields import ScaledField
from ordertrail.lib.money import to_units

Row = Sequence[Any]
Convert = Callable[[Row], Row]
"""All values of a column into what the store keeps of them."""
_PLAIN = {int, str, type(None)}
"""Kinds of values that go in as they are: most columns hold nothing else, which is seen without a look at each."""


def _each(turn: Callable[[Any], Any]) -> Convert:
    def convert(values: Row) -> Row:
        kinds = set(map(type, values))
        return values if kinds <= _PLAIN else [value if type(value) in _PLAIN else turn(value) for value in values]

    return convert


@lru_cache(maxsize=1024)  # a batch carries one instant of learning for thousands of rows
def _instant(value: datetime) -> Any:
    return connection.ops.adapt_datetimefield_value(value)


def _converter(field: Any) -> Convert | None:
    """How a value of ``field`` is turned for the driver; None when it goes in as it is. An ``int`` for a scaled field is
    already in store units, a text for a day what SQLite itself gave."""
    if isinstance(field, ScaledField):
        return _each(partial(to_units, scale=field.scale))
    if isinstance(field, models.DateTimeField):
        return _each(_instant)
    if isinstance(field, models.DateField):
        return _each(date.isoformat) if connection.vendor == "sqlite" else None
    if isinstance(field, models.JSONField):
        return lambda values: [json.dumps(value, ensure_ascii=False) for value in values]
    if isinstance(field, models.BooleanField) and connection.vendor == "sqlite":
        return lambda values: list(map(int, values))
    return None


@cache
def _plan(
    model: type[models.Model], columns: tuple[str, ...], vendor: str
) -> tuple[tuple[tuple[int, Convert], ...], list[str]]:
    fields = [model._meta.get_field(name) for name in columns]
    turns = tuple((place, turn) for place, field in enumerate(fields) if (turn := _converter(field)))
    return turns, [str(getattr(field, "column", "")) for field in fields]


def _converted(model: type[models.Model], columns: tuple[str, ...], rows: Iterable[Row]) -> tuple[list[str], list[Row]]:
    turns, names = _plan(model, columns, connection.vendor)
    by_column: list[Row] = list(zip(*rows, strict=True))
    if by_column:
        for place, turn in turns:
            by_column[place] = turn(by_column[place])
    return names, list(zip(*by_column, strict=True))


def insert(model: type[models.Model], columns: tuple[str, ...], rows: Iterable[Row], *, upsert_on: str = "") -> int:
    """Insert ``rows`` into the model's table; with ``upsert_on`` (a column) a row that is there is overwritten. Returns the count.

    Must stand in a transaction. IntegrityError as the database raises it.
    """
    names, ready = _converted(model, columns, rows)
    if not ready:
        return 0
    quote = connection.ops.quote_name
    listed = ", ".join(quote(name) for name in names)
    marks = ", ".join(["%s"] * len(names))
    sql = f"INSERT INTO {quote(model._meta.db_table)} ({listed}) VALUES ({marks})"
    if upsert_on:
        sets = ", ".join(f"{quote(name)} = excluded.{quote(name)}" for name in names if name != upsert_on)
        sql += f" ON CONFLICT ({quote(upsert_on)}) DO UPDATE SET {sets}"
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql" and not upsert_on and len(ready) > 50:
            with cursor.copy(f"COPY {quote(model._meta.db_table)} ({listed}) FROM STDIN") as copy:
                for values in ready:
                    copy.write_row(values)
        else:
            cursor.executemany(sql, ready)
    return len(ready)


def update(model: type[models.Model], columns: tuple[str, ...], rows: Iterable[Row]) -> int:
    """Set ``columns[1:]`` of the rows whose ``columns[0]`` (the key) is given first in each row. Returns how many were asked."""
    names, ready = _converted(model, columns, rows)
    if not ready:
        return 0
    quote = connection.ops.quote_name
    sets = ", ".join(f"{quote(name)} = %s" for name in names[1:])
    sql = f"UPDATE {quote(model._meta.db_table)} SET {sets} WHERE {quote(names[0])} = %s"
    with connection.cursor() as cursor:
        cursor.executemany(sql, [[*values[1:], values[0]] for values in ready])
    return len(ready)


def delete(model: type[models.Model], column: str, keys: Sequence[int]) -> None:
    """Delete the rows whose ``column`` is one of ``keys``, without Django's collector; children must go first."""
    if keys:
        with connection.cursor() as cursor:
            cursor.execute(f"DELETE FROM {table(model)} WHERE {_column(model, column)} IN {among()}", [bound(keys)])


def select(sql: str, params: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
    """All rows of a query, as the driver gives them (money and quantities as store integers)."""
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
        return rows


def among(kind: str = "bigint") -> str:
    """SQL after ``IN`` for one bound list (see ``bound``), of any length and with one prepared text: ``kind`` bigint or text."""
    if connection.vendor == "sqlite":
        return "(SELECT value FROM json_each(%s))"
    return f"(SELECT unnest(%s::{kind}[]))"


def by_index(name: str) -> str:
    """SQL after a table that makes SQLite search by this index, which it would not by itself; fails where it can't be used."""
    return f" INDEXED BY {connection.ops.quote_name(name)}" if connection.vendor == "sqlite" else ""


def indexes(names: Iterable[str]) -> set[str]:
    """Those of ``names`` that are indexes of the SQLite store."""
    sql = f"SELECT name FROM sqlite_master WHERE type = 'index' AND name IN {among('text')}"
    return {row[0] for row in select(sql, [bound(names)])}


def bound(values: Iterable[Any]) -> Any:
    """The parameter for ``among``."""
    listed = list(values)
    return orjson.dumps(listed).decode() if connection.vendor == "sqlite" else listed


def next_ids(model: type[models.Model], count: int) -> range | list[int]:
    """``count`` fresh ids for rows of ``model`` that are written with their id. Must stand in the writing transaction: on SQLite
    only the write lock keeps others from drawing the same."""
    if connection.vendor == "sqlite":
        top = select(f"SELECT COALESCE(MAX(id), 0) FROM {table(model)}")[0][0]
        return range(top + 1, top + 1 + count)
    rows = select(
        "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)", [model._meta.db_table, count]
    )
    return [row[0] for row in rows]


def table(model: type[models.Model]) -> str:
    """The quoted name of the model's table."""
    return str(connection.ops.quote_name(model._meta.db_table))


def _column(model: type[models.Model], name: str) -> str:
    return str(connection.ops.quote_name(str(getattr(model._meta.get_field(name), "column", name))))
