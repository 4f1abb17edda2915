"""How far the changes may be followed: up to the last ``Change`` row before which none can still appear."""

from __future__ import annotations

from collections.abc import Callable

from django.db import connection

from ordertrail.desk.models import Change
from ordertrail.lib import bulk


class Horizon:
    """What a process remembers on PostgreSQL, where a transaction may draw an id and commit after a later one: the rows that it has
    seen, each until every transaction that ran then has ended.

    >>> horizon = Horizon()
    >>> horizon.settled(7, oldest=100, following=103)  # 100 still runs: it may hold a row before 7
    0
    >>> horizon.settled(9, oldest=102, following=105)  # 100 has ended, 102 runs since before row 7 was seen
    0
    >>> horizon.settled(9, oldest=104, following=105)  # all that ran when row 7 was seen have ended
    7
    >>> horizon.settled(9, oldest=106, following=106)  # nothing else runs
    9
    """

    def __init__(self) -> None:
        self.waiting: list[tuple[int, int]] = []
        self.done = 0

    def look(self, ask: Callable[[str], int]) -> int:
        """The last row that may be followed now, by a connection outside of any transaction whose one number ``ask`` gives.

        Whoever has drawn an id up to ``last`` has a transaction number below the one that we draw after seeing it (a verb writes its
        changes last, so it has one by then). A snapshot's xmax would not do: it lies one past the last *ended* transaction, so that
        one which began later and still runs is not below it.
        """
        last = ask(f"SELECT COALESCE(MAX(id), 0) FROM {bulk.table(Change)}")
        if last == self.done and not self.waiting:
            return last  # idle rounds draw no number
        following = ask("SELECT pg_current_xact_id()::text::bigint")
        oldest = ask("SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint")
        return self.settled(last, oldest, following)

    def settled(self, last: int, oldest: int, following: int) -> int:
        """The last row that may be followed, when first ``last`` was seen, then ``following`` drawn as a transaction's number, and then
        the ``oldest`` running transaction looked up."""
        while self.waiting and self.waiting[0][1] <= oldest:
            self.done = self.waiting.pop(0)[0]
        if oldest >= following:
            self.waiting.clear()
            self.done = last
        elif last > (self.waiting[-1][0] if self.waiting else self.done):
            self.waiting.append((last, following))
        return self.done


_horizon = Horizon()


def settled() -> int:
    """The id of the last ``Change`` row that may be followed; on PostgreSQL 0 while that is not known.

    On SQLite there is one writer at a time, so rows appear in the order of their ids.
    """
    if connection.vendor == "postgresql":
        return _horizon.look(_number)
    return _number(f"SELECT COALESCE(MAX(id), 0) FROM {bulk.table(Change)}")


def _number(sql: str) -> int:
    return int(bulk.select(sql)[0][0])
