"""Reading the hub: ``query`` (and ``stream``, for files) alone runs SQL on it, on a snapshot, with the scope of whoever asks.

SQL names each table in braces: ``SELECT count(*) FROM {fact_order} WHERE is_open``. Somebody who may see only their own customers'
orders gets each fact table cut down to those; a query that names a table without braces is not run. Figures are "as of" the
moment at which the store was read for the snapshot. Values are always bound, as ``$name``.
"""

from __future__ import annotations

import logging
import re
import threading
import time
from collections import OrderedDict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
from django.utils.translation import gettext as _

from ordertrail.hub import publish
from ordertrail.hub.damage import is_damage
from ordertrail.hub.publish import Snapshot
from ordertrail.hub.refresh import folder
from ordertrail.hub.tables import tables
from ordertrail.lib.refused import Refused
from ordertrail.orders.queries import only_for

log = logging.getLogger(__name__)

MEMORY = "256MB"
THREADS = 2
SECONDS = 10.0
REMEMBERED = 400
LARGE = 2_000
"""Answers of more rows are not remembered."""
RECENT = 200
"""How many of the last questions are known, to be asked again on the next snapshot."""
PAGE_SECONDS = 5.0
"""How long a snapshot stays open after a figure: a page asks several, and all of one."""
AT_ONCE = 5_000
SCOPE_KEY = "salesperson"
"""The column of every fact table by which rows are limited to a person's own customers."""

_TABLE = re.compile(r"\{(\w+)\}")
_BARE = re.compile(r"(?<![{\w])(?:base|dim|fact)_\w+", re.IGNORECASE)

Row = tuple[Any, ...]


@dataclass(frozen=True)
class Answer:
    """What a query found, on which snapshot, and as of when (an instant in UTC)."""

    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    snapshot: Snapshot

    @property
    def as_of(self) -> datetime:
        """When the store was read for these figures."""
        return datetime.fromtimestamp(self.snapshot.read_at, UTC)

    def dicts(self) -> list[dict[str, Any]]:
        """The rows by column names."""
        return [dict(zip(self.columns, row, strict=True)) for row in self.rows]


class _Reader:
    """One snapshot, open in this process for as long as it is the newest or somebody still asks it."""

    def __init__(self, path: Path) -> None:
        self.users = 0
        self.used_at = 0.0
        self._held = ExitStack()
        self._held.enter_context(publish.held(path))
        try:
            self.connection = duckdb.connect(
                str(path),
                read_only=True,
                config={
                    "enable_external_access": "false",
                    "autoinstall_known_extensions": "false",
                    "autoload_known_extensions": "false",
                    "memory_limit": MEMORY,
                    "threads": THREADS,
                    "lock_configuration": "true",
                },
            )
        except BaseException:
            self._held.close()
            raise

    def is_idle(self) -> bool:
        """Whether nobody reads it, and no page is between two of its figures."""
        return not self.users and time.monotonic() - self.used_at > PAGE_SECONDS

    def close(self) -> None:
        """Close the file and let it be removed."""
        self.connection.close()
        self._held.close()


_lock = threading.Lock()
_readers: dict[str, _Reader] = {}
_remembered: OrderedDict[tuple[Any, ...], Answer] = OrderedDict()
_recent: OrderedDict[tuple[Any, ...], tuple[float, str, dict[str, Any]]] = OrderedDict()


def snapshot() -> Snapshot:
    """The newest snapshot, for a page that asks several queries of one; Refused while there is none yet."""
    newest = publish.newest(folder())
    if newest is None:
        raise Refused(
            "hub_not_ready", _("The boards are being made ready from the orders; this page opens when they are.")
        )
    return newest


def query(sql: str, params: Mapping[str, Any], person: object, *, on: Snapshot | None = None) -> Answer:
    """The rows that ``sql`` finds on the newest snapshot (or on ``on``, while that is still there), limited to what ``person`` may see.

    Refused: ``hub_not_ready`` before the first snapshot, ``hub_slow`` after 10 s, ``hub_damaged`` for a snapshot that cannot be
    read (the next refresh then makes the hub again). ValueError for SQL that names a table without braces.
    """
    text, bound = _ready(sql, params, person)
    with _lock:
        key = _key(text, bound)
        _recent[key] = (time.monotonic(), text, bound)
        _recent.move_to_end(key)
        _shorten(_recent, RECENT)
    return _answered(on or snapshot(), text, bound)


def ask_again(newest: Snapshot, seconds: float) -> Iterator[None]:
    """Ask ``newest`` what was asked in the last ``seconds``, the last first, so that the next to ask finds it ready; yields after each
    question. What is refused now is left to whoever asks it."""
    with _lock:
        questions = [told for told in _recent.values() if told[0] > time.monotonic() - seconds]
    for _at, text, bound in reversed(questions):
        try:
            _answered(newest, text, bound)
        except Refused as refused:
            log.info("%s", refused.detail)
        yield


def _key(text: str, bound: Mapping[str, Any]) -> tuple[Any, ...]:
    return text, tuple((name, repr(value)) for name, value in sorted(bound.items()))


def _shorten(kept: OrderedDict[tuple[Any, ...], Any], size: int) -> None:
    while len(kept) > size:
        kept.popitem(last=False)


def _answered(wanted: Snapshot, text: str, bound: Mapping[str, Any]) -> Answer:
    """The answer that is remembered, else the one found now."""
    key = (wanted.name, *_key(text, bound))
    with _lock:
        if key in _remembered:
            _remembered.move_to_end(key)
            return _remembered[key]
    answer = _asked(wanted, text, bound)
    if len(answer.rows) <= LARGE:
        with _lock:
            _remembered[key] = answer
            _shorten(_remembered, REMEMBERED)
    return answer


def stream(sql: str, params: Mapping[str, Any], person: object, *, on: Snapshot | None = None) -> Iterator[Row]:
    """The rows of ``query`` one after the other, for a file of all of them; as long as it takes, and with little memory."""
    text, bound = _ready(sql, params, person)
    reader, _snapshot = _opened_or_newer(on or snapshot())
    cursor = reader.connection.cursor()
    try:
        cursor.execute(text, bound)
        while rows := cursor.fetchmany(AT_ONCE):
            yield from rows
    finally:
        cursor.close()
        _done_with(reader)


def _ready(sql: str, params: Mapping[str, Any], person: object) -> tuple[str, dict[str, Any]]:
    """SQL with its scope, and the values that it binds."""
    names = only_for(person)
    text = _scoped(sql, names)
    bound = dict(params) if names is None else {**params, "scope_names": names}
    return text, {name: value for name, value in bound.items() if re.search(rf"\${name}\b", text)}


def _scoped(sql: str, names: Sequence[str] | None) -> str:
    """``sql`` with its tables named, each fact table cut down to the rows in scope."""
    if bare := _BARE.search(sql):
        raise ValueError(f"{bare[0]} must stand in braces, so that the scope of rows is added")
    known = {table.name for layer in ("dim", "fact") for table in tables(layer)}

    def named(found: re.Match[str]) -> str:
        name = found[1]
        if name not in known:
            raise ValueError(f"the hub has no table {name}")
        if names is None or not name.startswith("fact_"):
            return name
        return f"(SELECT * FROM {name} WHERE list_contains($scope_names, {SCOPE_KEY}))"

    return _TABLE.sub(named, sql)


def _asked(wanted: Snapshot, text: str, bound: Mapping[str, Any]) -> Answer:
    try:
        reader, wanted = _opened_or_newer(wanted)
        return _run(reader, wanted, text, bound)
    except duckdb.Error as error:
        if not is_damage(error):
            raise
        folder().suspect.touch()
        log.error("%s cannot be read: %s", wanted.name, error)
        raise Refused(
            "hub_damaged", _("The figures of the boards cannot be read; they are being made again.")
        ) from error


def _run(reader: _Reader, wanted: Snapshot, text: str, bound: Mapping[str, Any]) -> Answer:
    cursor = reader.connection.cursor()
    watch = threading.Timer(SECONDS, cursor.interrupt)
    watch.start()
    try:
        cursor.execute(text, dict(bound))
        columns = tuple(column[0] for column in cursor.description)
        return Answer(columns, tuple(cursor.fetchall()), wanted)
    except duckdb.InterruptException as error:
        raise Refused("hub_slow", _("This figure took longer than 10 seconds; choose a shorter period.")) from error
    finally:
        watch.cancel()
        cursor.close()
        _done_with(reader)


def _opened_or_newer(wanted: Snapshot) -> tuple[_Reader, Snapshot]:
    """The reader of a snapshot, or of the newest one where that has been removed since its name was read."""
    try:
        return _opened(wanted), wanted
    except FileNotFoundError:
        newest = snapshot()
        return _opened(newest), newest


def _opened(wanted: Snapshot) -> _Reader:
    """The reader of a snapshot, counted as in use; older ones that nobody uses are closed. A page that is at an older one still
    leaves the newer ones, and what was asked of them ahead, alone."""
    with _lock:
        reader = _readers.get(wanted.name)
        if reader is None:
            reader = _readers[wanted.name] = _Reader(folder().snapshots / wanted.name)
            for name in [name for name, other in _readers.items() if name < wanted.name and other.is_idle()]:
                _readers.pop(name).close()
            for key in [key for key in _remembered if key[0] not in _readers]:
                del _remembered[key]
        reader.users += 1
        return reader


def _done_with(reader: _Reader) -> None:
    with _lock:
        reader.users -= 1
        reader.used_at = time.monotonic()


def forget() -> None:
    """Close every snapshot and forget every answer (a test that changes the data folder; a process about to fork)."""
    with _lock:
        for reader in _readers.values():
            reader.close()
        _readers.clear()
        _remembered.clear()
        _recent.clear()
