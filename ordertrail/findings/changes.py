"""How far the changes may be followed: up to the last ``Change`` row before which none can still appear."""

from __future__ import annotations

from django.db import connection

from ordertrail.desk.models import Change
from ordertrail.lib import bulk

_waiting: list[tuple[int, int]] = []
"""On PostgreSQL: (last row seen, first transaction that may begin after it), until all transactions before it have ended."""


def settled() -> int:
    """The id of the last ``Change`` row that may be followed; 0 while that is not known.

    On SQLite there is one writer at a time, so rows appear in the order of their ids. On PostgreSQL a transaction may draw an id and
    commit after a later one; so a row counts as settled when every transaction that ran when it was seen has ended.
    """
    if connection.vendor != "postgresql":
        return _last()
    last = _last()  # before the snapshot: whoever drew a smaller id has ended by then, or is among the running
    oldest, following = bulk.select(
        "SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint,"
        " pg_snapshot_xmax(pg_current_snapshot())::text::bigint"
    )[0]
    if oldest == following:
        _waiting.clear()
        return last
    done = 0
    while _waiting and _waiting[0][1] <= oldest:
        done = _waiting.pop(0)[0]
    if not _waiting or _waiting[-1][0] < last:
        _waiting.append((last, following))
    return done


def _last() -> int:
    return int(bulk.select(f"SELECT COALESCE(MAX(id), 0) FROM {bulk.table(Change)}")[0][0])
