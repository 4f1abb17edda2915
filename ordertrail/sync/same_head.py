"""Rows that repeat their document's key: what each of them says of the document, and where they contradict each other."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from django.utils.translation import gettext as _

from ordertrail.sync.connectors.base import Notes, RawDocument, Value
from ordertrail.sync.values import Bad, show

Read = tuple[str, str, Callable[[Value], Any]]
"""A field, its column, and what a cell of it means."""

WHOSE = frozenset(
    {
        "customer", "customer_name", "customer_number", "currency", "type", "direction", "order_date", "invoice_date",
        "shipped_at", "paid_at",
    }
)  # fmt: skip
"""Fields in which rows of one document cannot differ: then they are two documents under one number."""


def agree(fields: Iterable[Read], raw: RawDocument, notes: Notes) -> tuple[str, Bad] | None:
    """The column and the refusal where rows tell of another customer or day; of other cells the first row's count, with a note."""
    for field, column, line, other in _differing(fields, raw):
        first = raw.row.get(column)
        if field in WHOSE:
            detail = _(
                "Line 1 of “%(ref)s” says “%(one)s” and line %(line)s says “%(other)s”: that is two documents under one number."
                " Give one of them a number of its own, or mend the cell, and send the file again."
            )
            told = {"ref": show(raw.ref), "one": show(first), "line": line, "other": show(other)}
            return column, Bad("rows_contradict", detail % told)
        detail = _("Rows of “%(ref)s” say “%(one)s” and “%(other)s”; what the first row says was taken.")
        told = {"ref": show(raw.ref), "one": show(first), "other": show(other)}
        notes.add("rows_differ", detail % told, column=column, place=raw.place)
    return None


def _differing(fields: Iterable[Read], raw: RawDocument) -> Iterator[tuple[str, str, int, Value]]:
    """Field, column, number of the line and its cell where that means something else than the first row's; empty ones say nothing."""

    def same(read: Callable[[Value], Any], one: Value, other: Value) -> bool:
        try:
            return bool(read(one) == read(other))
        except Bad:
            return False

    for field, column, read in fields:
        first = raw.row.get(column)
        if first in (None, ""):
            continue
        for line, row in enumerate(raw.lines, 1):
            other = row.get(column)
            if other not in (None, "", first) and not same(read, first, other):
                yield field, column, line, other
                break
