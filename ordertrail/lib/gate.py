"""The one gate before every write: first come, first served, for web and worker alike.

SQLite's own busy handler lets one writer starve another (a trial: 1 order beside 1,039, the loser after 5 s with an error). A file
lock before the transaction makes it fair and quick. PostgreSQL has many writers and needs no gate.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.conf import settings
from django.db import connection, transaction

_whole: ContextVar[bool] = ContextVar("whole", default=False)


@contextmanager
def writing() -> Iterator[None]:
    """One transaction that is written whole or not at all, and on the disk when it ends. Not to be nested, but in ``whole``."""
    if _whole.get():
        with transaction.atomic():
            yield
        return
    with _gate(), transaction.atomic(durable=True):
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


@contextmanager
def _gate() -> Iterator[None]:
    if connection.vendor != "sqlite" or connection.in_atomic_block:
        yield
        return
    settings.HOME.mkdir(parents=True, exist_ok=True)
    handle = os.open(settings.HOME / "write.lock", os.O_CREAT | os.O_RDWR, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)
