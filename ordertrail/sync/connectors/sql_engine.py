"""Connections to SQL databases: how each kind is opened, and one consistent, read-only snapshot of it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

import sqlalchemy as sa
from django.utils.translation import gettext as _
from sqlalchemy.engine import URL, Connection, Engine, make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError
from sqlalchemy.pool import NullPool

from ordertrail.lib.refused import Refused
from ordertrail.lib.sqlite_library import sqlite3

_DRIVERS = {
    "postgres": "postgresql+psycopg",
    "postgresql": "postgresql+psycopg",
    "mysql": "mysql+pymysql",
    "mariadb": "mariadb+pymysql",
}
_TIMEOUTS: dict[str, dict[str, Any]] = {
    "postgresql": {"connect_timeout": 5},
    "mysql": {"connect_timeout": 5, "read_timeout": 600},
    "mariadb": {"connect_timeout": 5, "read_timeout": 600},
}
"""Seconds; reading may be long on a first load, so only connecting is hurried."""


def address(text: str, password: str) -> URL:
    """The database's address with its driver and password; Refused("address_invalid") when it is none."""
    try:
        url = make_url(text)
    except ArgumentError:
        raise Refused(
            "address_invalid",
            _("“%(url)s” is no address of a database. Examples: %(examples)s.")
            % {
                "url": text,
                "examples": "sqlite:////data/oms.sqlite3, postgresql://reader@host/erp, mysql://reader@host/wms",
            },
        ) from None
    url = url.set(drivername=_DRIVERS.get(url.drivername, url.drivername))
    return url.set(password=password) if password else url


def engine(url: URL, encoding: str = "") -> Engine:
    """An engine that keeps no connections. SQLite files are opened read-only, by the same library as the store.

    ``encoding`` is that of the texts of an SQLite file written by a program that did not use UTF-8.
    """
    try:
        if url.get_backend_name() == "sqlite":
            return sa.create_engine("sqlite://", module=sqlite3, creator=_sqlite(url, encoding), poolclass=NullPool)
        arguments = _TIMEOUTS.get(url.get_backend_name(), {})
        return sa.create_engine(url, poolclass=NullPool, connect_args=arguments)
    except (NoSuchModuleError, ModuleNotFoundError) as missing:
        raise Refused(
            "driver_missing",
            _("No driver for “%(name)s” is installed here (%(why)s).") % {"name": url.drivername, "why": missing},
        ) from None


def _sqlite(url: URL, encoding: str) -> Any:
    path = Path(url.database or "")
    if not path.is_file():
        raise Refused("source_unreachable", _("There is no SQLite file at %(path)s.") % {"path": path})

    def connect() -> Any:
        opened = sqlite3.connect(
            f"file:{quote(str(path))}?mode=ro", uri=True, timeout=30, isolation_level=None, check_same_thread=False
        )
        if encoding:
            opened.text_factory = lambda text: text.decode(encoding)
        return opened

    return connect


@contextmanager
def snapshot(opened: Engine) -> Iterator[Connection]:
    """One transaction that sees the database as it was at its start, whatever others write, and that cannot write."""
    kind = opened.dialect.name
    options: dict[str, Any] = {}
    if kind == "postgresql":
        options = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
    elif kind != "sqlite":
        options = {"isolation_level": "SERIALIZABLE" if kind == "oracle" else "REPEATABLE READ"}
    with opened.connect() as connection:
        if kind in ("mysql", "mariadb"):
            connection.exec_driver_sql("SET SESSION TRANSACTION READ ONLY")
            connection.rollback()
        connection.execution_options(**options)
        if kind == "sqlite":
            connection.exec_driver_sql("BEGIN")
        try:
            yield connection
        finally:
            connection.rollback()
