"""Snapshots: copies of the facts under names of their own, so that readers never block the writer and never see half a refresh.

Copy, then the pointer. The copy is not forced onto the disk (a third of a gigabyte every five seconds, most of it gone before the
disk would have it): the pointer names the run of the system in which it was made, and no other run trusts it. A reader holds a shared
lock on the snapshot's ``.readers`` file; a snapshot that is no longer pointed at is removed once nobody holds one. Knows no Django and
no DuckDB.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any

from ordertrail.hub.folder import Folder, read_pointer, sync_folder, write_pointer

EVERY_SECONDS = 5.0


@dataclass(frozen=True)
class Snapshot:
    """What readers open: the file's name, the change up to which it follows, when the store was read for it (seconds since 1970),
    when it was published, and in which run of the system."""

    name: str
    done_to: int
    read_at: float
    published_at: float
    run: str = ""


def newest(folder: Folder) -> Snapshot | None:
    """The snapshot that readers should open now; None before the first one."""
    told = read_pointer(folder.snapshots / "current")
    return Snapshot(**told) if told and told.get("run") in ("", this_run()) else None


@cache
def this_run() -> str:
    """What tells this run of the system from the one before a crash; "" where the system does not say."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text("ascii").strip()
    except OSError:
        return ""


def due(folder: Folder, done_to: int) -> bool:
    """Whether facts that follow up to ``done_to`` are newer than the newest snapshot, and that one is old enough."""
    last = newest(folder)
    if last is None or not (folder.snapshots / last.name).exists():
        return True
    return last.done_to != done_to and time.time() - last.published_at >= EVERY_SECONDS


def publish(folder: Folder, facts: Path, done_to: int, read_at: float) -> Snapshot:
    """Publish a copy of ``facts``, which nobody writes meanwhile and whose write-ahead log is empty."""
    name = f"hub-{_number(folder):06d}.duckdb"
    target = folder.snapshots / name
    _copy(facts, target)
    target.chmod(0o400)
    sync_folder(folder.snapshots)
    made = Snapshot(name, done_to, read_at, time.time(), this_run())
    told: dict[str, Any] = asdict(made)
    write_pointer(folder.snapshots / "current", told)
    remove_old(folder)
    return made


def _number(folder: Folder) -> int:
    """One more than any snapshot has had, be it of another run."""
    told = read_pointer(folder.snapshots / "current")
    names = [path.name for path in folder.snapshots.glob("hub-*.duckdb")] + ([str(told["name"])] if told else [])
    return max((int(name.removesuffix(".duckdb").rpartition("-")[2]) for name in names), default=0) + 1


def _copy(source: Path, target: Path) -> None:
    """Copy a file within the system's own memory; where the file system can share blocks, it does."""
    with source.open("rb") as old, target.open("wb") as new:
        left = os.fstat(old.fileno()).st_size
        try:
            while left > 0 and (done := os.copy_file_range(old.fileno(), new.fileno(), left)):
                left -= done
        except (AttributeError, OSError):  # no such call here, or not between these two
            new.truncate(0)
            old.seek(0)
            new.seek(0)
            shutil.copyfileobj(old, new, 1 << 20)
        if not this_run():
            new.flush()
            os.fsync(new.fileno())


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
