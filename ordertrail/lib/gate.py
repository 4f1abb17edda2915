"""The one gate before every write: first come, first served, for web and worker alike.

SQLite's own busy handler lets one writer starve another (a trial: 1 order beside 1,039, the loser after 5 s with an error). A file
lock before the transaction makes it fair and quick; our SQLite backend takes it for each transaction and each single statement that
writes, so that nobody can forget it. PostgreSQL has many writers and needs no gate; only ``rewriting`` is alone there.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.conf import settings
from django.db import connection, transaction

REWRITING_LOCK = 7_302
"""The advisory lock of ``rewriting`` on PostgreSQL."""

LOG_PAGES = 12_000
"""Pages (4 KB) in SQLite's log before they are written back into the file."""

_whole: ContextVar[bool] = ContextVar("whole", default=False)


class Gate:
    """One connection's way through the gate of its data folder. The lock goes with the process, so that a kill leaves none behind."""

    def __init__(self) -> None:
        self._handle: int | None = None

    def enter(self) -> bool:
        """Wait until it is our turn; False when we are inside already."""
        if self._handle is not None:
            return False
        settings.HOME.mkdir(parents=True, exist_ok=True)
        handle = os.open(settings.HOME / "write.lock", os.O_CREAT | os.O_RDWR, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
        except BaseException:
            os.close(handle)
            raise
        self._handle = handle
        return True

    def leave(self) -> None:
        """Let the next one in; nothing when we are outside."""
        if self._handle is not None:
            handle, self._handle = self._handle, None
            os.close(handle)


@contextmanager
def writing() -> Iterator[None]:
    """One transaction that is written whole or not at all, and on the disk when it ends. Not to be nested, but in ``whole``."""
    with transaction.atomic(durable=not _whole.get()):
        yield


@contextmanager
def rewriting() -> Iterator[None]:
    """``writing`` for verbs that make domain rows again out of what sources say: one such transaction at a time.

    Two at once would make the same order's row again from what each of them sees, and one would overwrite or double the other's. On
    SQLite the gate keeps them apart; on PostgreSQL this lock does, first come, first served, and nobody else waits for it.
    """
    with writing():
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_xact_lock(%s)", [REWRITING_LOCK])
        yield


@contextmanager
def whole() -> Iterator[None]:
    """A verb and what must be written with it (the kept answer of an API call) as one transaction: ``writing`` inside is a part."""
    with writing():
        before = _whole.set(True)
        try:
            yield
        finally:
            _whole.reset(before)
