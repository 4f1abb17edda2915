"""Django's SQLite backend on our one SQLite library."""

from __future__ import annotations

import logging
from typing import Any

from ordertrail.lib.sqlite_library import sqlite3, wal_is_safe  # first: points the standard name at it

from django.db.backends.sqlite3 import base  # isort: skip

from ordertrail.lib.money import piece_units, tax_units

log = logging.getLogger(__name__)


class DatabaseWrapper(base.DatabaseWrapper):
    """A connection with WAL, full durability and foreign keys; without WAL where the library is not safe for it."""

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        """Open the file, set what makes commits durable, and add the two functions that ``recount`` calls."""
        connection = super().get_new_connection(conn_params)
        if not wal_is_safe():
            log.warning("SQLite %s may lose commits in WAL mode; using the rollback journal", sqlite3.sqlite_version)
        journal = "WAL" if wal_is_safe() else "DELETE"
        connection.executescript(
            f"PRAGMA journal_mode={journal}; PRAGMA synchronous=FULL; PRAGMA temp_store=MEMORY;"
            " PRAGMA cache_size=-65536; PRAGMA mmap_size=268435456; PRAGMA wal_autocheckpoint=4000;"
        )
        connection.create_function("ot_piece", 4, piece_units, deterministic=True)
        connection.create_function("ot_tax", 3, tax_units, deterministic=True)
        return connection
