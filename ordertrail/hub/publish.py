"""Snapshots: copies of the facts under names of their own, so that readers never block the writer and never see half a refresh.

Copy, fsync, then the pointer. A reader holds a shared lock on the snapshot's ``.readers`` file; a snapshot that is no longer
pointed at is removed once nobody holds one. Knows no Django and no DuckDB.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ordertrail.hub.folder import Folder, read_pointer, sync_folder, write_pointer

EVERY_SECONDS = 5.0


@dataclass(frozen=True)
class Snapshot:
    """What readers open: the file's name, the change up to which it follows, when the store was read for it (seconds since 1970),
    and when it was published."""

    name: str
    done_to: int
    read_at: float
    published_at: float


def newest(folder: Folder) -> Snapshot | None:
    """The snapshot that readers should open now; None before the first one."""
    told = read_pointer(folder.snapshots / "current")
    return Snapshot(**told) if told else None


def due(folder: Folder, done_to: int) -> bool:
    """Whether facts that follow up to ``done_to`` are newer than the newest snapshot, and that one is old enough."""
    last = newest(folder)
    if last is None or not (folder.snapshots / last.name).exists():
        return True
    return last.done_to != done_to and time.time() - last.published_at >= EVERY_SECONDS


def publish(folder: Folder, facts: Path, done_to: int, read_at: float) -> Snapshot:
    """Publish a copy of ``facts``, which nobody writes meanwhile and whose write-ahead log is empty."""
    last = newest(folder)
    number = int(last.name.removesuffix(".duckdb").rpartition("-")[2]) + 1 if last else 1
    name = f"hub-{number:06d}.duckdb"
    target = folder.snapshots / name
    shutil.copyfile(facts, target)
    target.chmod(0o400)
    handle = os.open(target, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
    sync_folder(folder.snapshots)
    made = Snapshot(name, done_to, read_at, time.time())
    told: dict[str, Any] = {
        "name": made.name,
        "done_to": made.done_to,
        "read_at": made.read_at,
        "published_at": made.published_at,
    }
    write_pointer(folder.snapshots / "current", told)
    remove_old(folder)
    return made


def remove_old(folder: Folder) -> None:
    """Remove the snapshots that are not pointed at and that nobody reads."""
    current = newest(folder)
    for path in folder.snapshots.glob("hub-*.duckdb"):
        if current is not None and path.name == current.name:
            continue
        with _lock(path, fcntl.LOCK_EX | fcntl.LOCK_NB) as free:
            if free:
                path.unlink(missing_ok=True)
                _readers(path).unlink(missing_ok=True)


@contextmanager
def held(path: Path) -> Iterator[None]:
    """The right to read a snapshot, that keeps it from being removed; FileNotFoundError when it has gone already."""
    with _lock(path, fcntl.LOCK_SH):
        if not path.exists():
            with suppress(FileNotFoundError):
                _readers(path).unlink()
            raise FileNotFoundError(path)
        yield


def _readers(path: Path) -> Path:
    # Not the snapshot itself: closing any handle on it would drop the locks that DuckDB holds there in this process.
    return path.with_suffix(".readers")


@contextmanager
def _lock(path: Path, how: int) -> Iterator[bool]:
    handle = os.open(_readers(path), os.O_CREAT | os.O_RDWR, 0o600)
    try:
        try:
            fcntl.flock(handle, how)
        except BlockingIOError:
            yield False
        else:
            yield True
    finally:
        os.close(handle)
