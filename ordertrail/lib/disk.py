"""A full disk: told apart from every other fault, and said in one sentence with the way out."""

from __future__ import annotations

import errno
import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.utils.translation import gettext as _

from ordertrail.lib.refused import Refused

_ERRORS = (errno.ENOSPC, errno.EDQUOT)
_WORDS = ("no space left on device", "disk is full", "disk full", "disk quota exceeded")
"""How the system, SQLite, PostgreSQL and DuckDB say it."""


def is_full(fault: BaseException | str) -> bool:
    """Whether ``fault`` (or its text), or what it came from, is that there is no room on the disk.

    >>> is_full(OSError(28, "No space left on device")), is_full(OSError(5, "Input/output error"))
    (True, False)
    >>> is_full("OperationalError: database or disk is full")
    True
    """
    if isinstance(fault, str):
        return any(words in fault.lower() for words in _WORDS)
    if isinstance(fault, OSError) and fault.errno in _ERRORS:
        return True
    came_from = fault.__cause__ or fault.__context__
    return is_full(str(fault)) or (came_from is not None and is_full(came_from))


def full() -> Refused:
    """The refusal to go on: where there is no room, and that nothing was lost."""
    free = shutil.disk_usage(settings.HOME).free // 1_000_000
    detail = _(
        "The disk is full: %(free)s MB are left for %(folder)s. Free some room there; what was going on"
        " goes on where it stood, and nothing is lost."
    )
    return Refused("disk_full", detail % {"free": free, "folder": settings.HOME})


@contextmanager
def room() -> Iterator[None]:
    """Refused("disk_full") instead of whichever fault says that there is no room."""
    try:
        yield
    except Exception as fault:
        if not is_full(fault):
            raise
        raise full() from fault
