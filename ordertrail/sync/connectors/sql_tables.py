"""Tables and queries of a source, checked against what the database really has before a statement names them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from django.utils.translation import gettext as _
from sqlalchemy.engine import Connection
from sqlalchemy.sql.elements import ColumnElement, quoted_name

from ordertrail.lib.refused import Refused
from ordertrail.sync.drift import closest

_QUERY = re.compile(r"\s*(?:SELECT|WITH)\s", re.IGNORECASE)


_PLAIN = (sa.Integer, sa.String, sa.Date, sa.DateTime, sa.Boolean)


@dataclass(frozen=True)
class Table:
    """A table, view or query to read from, and those of its columns that are read."""

    source: sa.FromClause
    name: str
    columns: tuple[str, ...]
    unplain: tuple[int, ...]
    """Places of the columns whose values a landing may not hold as the driver gives them (``jsonl.cell``)."""

    def column(self, name: str) -> ColumnElement[Any]:
        """One column, quoted by SQLAlchemy where a statement names it."""
        found: ColumnElement[Any] = self.source.c[name]
        return found


def table_names(connection: Connection) -> list[str]:
    """The tables and views that a person may name, sorted."""
    inspector = sa.inspect(connection)
    return sorted({*inspector.get_table_names(), *inspector.get_view_names()})


def table(connection: Connection, name: str, alias: str, wanted: Iterable[str]) -> Table:
    """What ``name`` stands for: a table or view (``schema.table`` too), or a SELECT that an administrator wrote.

    All columns are read but binary ones that ``wanted`` does not name. Refused("table_missing").
    """
    if _QUERY.match(name):
        return _query(connection, name, alias)
    inspector = sa.inspect(connection)
    schema, plain = _found(connection, name)
    columns = inspector.get_columns(plain, schema=schema)
    wanted = set(wanted)
    names = [c["name"] for c in columns if c["name"] in wanted or not isinstance(c["type"], sa.LargeBinary)]
    source = sa.table(quoted_name(plain, quote=None), *(sa.column(column) for column in names), schema=schema).alias(
        alias
    )
    safe = {c["name"] for c in columns if isinstance(c["type"], _PLAIN)}
    return Table(source, name, tuple(names), tuple(at for at, column in enumerate(names) if column not in safe))


def _found(connection: Connection, name: str) -> tuple[str | None, str]:
    """Schema and name of a table that exists; the refusal names those that look most alike."""
    inspector = sa.inspect(connection)
    here = table_names(connection)
    if name in here:
        return None, name
    schema, dot, plain = name.partition(".")
    if dot and schema in inspector.get_schema_names():
        there = {*inspector.get_table_names(schema=schema), *inspector.get_view_names(schema=schema)}
        if plain in there:
            return schema, plain
        here = [f"{schema}.{one}" for one in sorted(there)]
    near = closest(name, here)
    hint = (
        _("Did you mean “%(name)s”?") % {"name": near}
        if near
        else _("There are: %(names)s.") % {"names": ", ".join(here[:20])}
    )
    raise Refused("table_missing", _("The database has no table “%(name)s”. %(hint)s") % {"name": name, "hint": hint})


def _query(connection: Connection, text: str, alias: str) -> Table:
    bare = text.strip().rstrip(";")
    columns = tuple(connection.execute(sa.text(f"SELECT * FROM ({bare}) AS checked WHERE 1 = 0")).keys())
    clause = sa.text(bare).columns(*(sa.column(name) for name in columns))
    return Table(clause.subquery(alias), "query", columns, tuple(range(len(columns))))
