"""Telling damage from everything else that DuckDB may complain of. Knows no Django."""

from __future__ import annotations

import duckdb

_KINDS = (duckdb.IOException, duckdb.SerializationException, duckdb.InternalException, duckdb.FatalException)


def is_damage(error: duckdb.Error) -> bool:
    """Whether DuckDB could not read its own file, or what it read made no sense; a full disk is not damage.

    >>> is_damage(duckdb.IOException("not a valid DuckDB database file")), is_damage(duckdb.BinderException("no column"))
    (True, False)
    >>> is_damage(duckdb.Error("Corrupt database file: computed checksum 1 …")), is_damage(duckdb.IOException("No space left"))
    (True, False)
    """
    text = str(error).lower()
    if "no space left" in text or "disk full" in text:
        return False
    return isinstance(error, _KINDS) or "corrupt" in text
