"""A first load: indexes that only sort lists are left out while much comes in, and made whole after it.

Each row's place in a sorted list is another page of the file: keeping seven such indexes up row by row took two fifths of a first
load of a million orders; sorting them once at the end takes seconds. A load itself looks up none of them.
"""

from __future__ import annotations

import logging
from typing import Any, Self

from django.db import DatabaseError, connection, models

from ordertrail.lib import bulk
from ordertrail.lib.gate import LOG_PAGES, writing
from ordertrail.orders.listing import INDEXES
from ordertrail.orders.models import OrderLine, OrderStatus

log = logging.getLogger(__name__)

LISTS: dict[type[models.Model], frozenset[str]] = {
    OrderStatus: frozenset(INDEXES.values()),
    OrderLine: frozenset({"line_product"}),
}
"""The indexes that may be left out, by table."""
ALL = frozenset[str]().union(*LISTS.values())
MANY = 50_000
"""Orders that a load must have brought before it is worth it: below, keeping the indexes up takes a few seconds."""
SHARE = 10
"""... and the part (one in ten) of the orders there were before, from which making the indexes again costs less than their upkeep."""
LOG_PAGES_FILLING = 100_000
"""Pages (4 KB) in SQLite's log before they are written back into the file while it is filled; each batch touches the same pages
again, so that writing them rarely (at 400 MB instead of 50) saves a sixth of what SQLite does."""


class Filling:
    """A run that may hold first loads, while it goes. What is committed is on the disk all the same, and the indexes are whole when it
    ends; after a kill the next run, or the next start of the product, makes them."""

    def __init__(self) -> None:
        self._before: int | None = None
        self._brought = 0
        self._left_out = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_fault: object) -> None:
        _log_pages(LOG_PAGES)
        make_whole()

    def brought(self, orders: int) -> None:
        """Count ``orders`` that a first load has written; may leave the indexes out from now on."""
        if self._before is None:
            _log_pages(LOG_PAGES_FILLING)
            self._before = OrderStatus.objects.count()
        self._brought += orders
        if not self._left_out and self._brought >= max(MANY, self._before // SHARE):
            leave_out()
            self._left_out = True


def leave_out() -> None:
    """Drop the indexes of lists; SQLite only, where one writer waits for each page."""
    if connection.vendor == "sqlite":
        with writing(), connection.cursor() as cursor:
            for name in _present():
                cursor.execute(f"DROP INDEX {connection.ops.quote_name(name)}")


def make_whole() -> None:
    """Make the indexes of lists that are missing, each in a transaction of its own so that others get their turn. Where that cannot be
    (a full disk), the product works on without them: lists are slower, but right."""
    if connection.vendor != "sqlite" or _present() == ALL:
        return
    try:
        for model, names in LISTS.items():
            for index in model._meta.indexes:
                if index.name in names:
                    _make(model, index)
    except DatabaseError:
        log.exception("Indexes of lists are missing until the next run or start: lists are slower, but right")


def _make(model: type[models.Model], index: models.Index) -> None:
    sql = index.create_sql(model, connection.SchemaEditorClass(connection))
    with writing():  # looked at inside: another process may have made it a moment ago
        if index.name not in _present():
            with connection.cursor() as cursor:
                cursor.execute(str(sql))


def _present() -> set[str]:
    """The names of the indexes of lists that the store has."""
    return bulk.indexes(ALL)


def _log_pages(pages: int) -> None:
    if connection.vendor == "sqlite":
        connection.ensure_connection()
        driver: Any = connection.connection
        driver.execute(f"PRAGMA wal_autocheckpoint={pages}")
