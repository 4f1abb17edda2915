"""Reads that are asked again and again: put into SQL once a connection instead of each time.

A read of one order asks some twenty small questions. SQLite answers each in 20 µs; Django takes 1 ms to put it into SQL. Only where
that was measured to matter: elsewhere a queryset says it better.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic, TypeVar

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Model, QuerySet
from django.db.models.query import get_related_populators

Row = TypeVar("Row", bound=Model)
Value = int | str

FIRST = 1_987_654_000
"""Stands for the first value while a read is put into SQL: no value that a read is made with is like it."""


class Prepared(Generic[Row]):
    """A read of rows of one model, with what ``select_related`` brings. ``make`` gives the queryset for some values, which stand in it
    as they are: for ``=`` alone, and never as None.

    >>> of_kind = Prepared(lambda kind: Source.objects.filter(kind=kind))  # doctest: +SKIP
    >>> of_kind("erp")  # doctest: +SKIP
    [<Source: erp>]
    """

    def __init__(self, make: Callable[..., QuerySet[Row]]) -> None:
        self.make = make

    def __call__(self, *values: Value) -> list[Row]:
        """The rows."""
        kinds = tuple(map(type, values))
        connection = connections[DEFAULT_DB_ALIAS]
        known: dict[Any, _Statement] = vars(connection).setdefault("prepared_reads", {})
        statement = known.get((self, kinds))
        if statement is None:
            statement = known[self, kinds] = _Statement(connection, self.make, kinds)
        return statement.rows(values)


class _Statement:
    """A read in SQL, on one connection."""

    def __init__(
        self, connection: BaseDatabaseWrapper, make: Callable[..., QuerySet[Any]], kinds: tuple[type, ...]
    ) -> None:
        self.connection = connection
        marks = [kind(FIRST + at) for at, kind in enumerate(kinds)]
        self.compiler = make(*marks).query.get_compiler(connection=connection)
        self.sql, given = self.compiler.as_sql()
        self.given = tuple(given)
        self.places = {at: marks.index(one) for at, one in enumerate(given) if one in marks}
        if len(set(self.places.values())) < len(kinds):
            raise ValueError(f"a value does not stand in the read as it is: {self.sql}")
        kept = self.compiler.klass_info
        if kept is None or not self.compiler.query.default_cols:
            raise ValueError("only reads of models are prepared")
        self.model: type[Model] = kept["model"]
        first, last = kept["select_fields"][0], kept["select_fields"][-1] + 1
        self.mine = slice(first, last)
        self.names = [select[0].target.attname for select in self.compiler.select[self.mine]]
        self.related = get_related_populators(kept, self.compiler.select, connection.alias)  # type: ignore[call-arg]  # stubs of Django 6

    def rows(self, values: tuple[Value, ...]) -> list[Any]:
        """The rows for these values."""
        params = [values[self.places[at]] if at in self.places else one for at, one in enumerate(self.given)]
        with self.connection.cursor() as cursor:
            cursor.execute(self.sql, params)
            found = cursor.fetchall()
        told = []
        for row in self.compiler.results_iter([found]):
            one = self.model.from_db(self.connection.alias, self.names, row[self.mine])
            for populator in self.related:
                populator.populate(row, one)
            told.append(one)
        return told
