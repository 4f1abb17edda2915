"""The one SQLite library of a process.

Debian's SQLite has the WAL-reset fault, so the wheel's newer one is used where it is installed. A second library in the
same process would drop the first one's file locks when it closes a database, and acknowledged commits could be lost:
nothing else may import ``sqlite3`` or ``pysqlite3`` (an import contract holds it), and the standard name is pointed here.
"""

from __future__ import annotations

import sys

try:
    import pysqlite3 as sqlite3
    from pysqlite3 import dbapi2
except ImportError:  # no wheel for this machine: the standard library's, whose version is judged by ``wal_is_safe``
    import sqlite3
    from sqlite3 import dbapi2

sys.modules["sqlite3"] = sqlite3
sys.modules["sqlite3.dbapi2"] = dbapi2


def wal_is_safe(version: tuple[int, ...] | None = None) -> bool:
    """Whether write-ahead logging may be used with SQLite ``version`` (default: the one loaded).

    The WAL-reset fault is in 3.7.0 to 3.51.2 and was mended in 3.51.3, and in 3.50.7 and 3.44.6.

    >>> wal_is_safe((3, 40, 1)), wal_is_safe((3, 44, 6)), wal_is_safe((3, 50, 7)), wal_is_safe((3, 53, 4))
    (False, True, True, True)
    """
    at = version or sqlite3.sqlite_version_info
    return at >= (3, 51, 3) or (3, 50, 7) <= at < (3, 51) or (3, 44, 6) <= at < (3, 45)


def refusal() -> str:
    """Why the SQLite that is loaded gets no write-ahead log, and the way out; "" where it may have one."""
    if wal_is_safe():
        return ""
    return (
        f"SQLite {sqlite3.sqlite_version} may lose commits with a write-ahead log (mended in 3.44.6, 3.50.7 and 3.51.3): "
        "the rollback journal is used, which is slower; install the wheel pysqlite3"
    )


__all__ = ["refusal", "sqlite3", "wal_is_safe"]
