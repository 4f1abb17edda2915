"""The hub's folder: which files are the hub, which snapshot readers open, and who may write. Knows no Django and no DuckDB.

    hub/current            names the two files of the hub: base (copies of store tables) and facts (what boards read)
    hub/snapshots/current  names the copy of the facts that readers open
    hub/quarantine/        files that turned out to be damaged, the newest two
    hub/owner.lock         held by the one process that writes

A pointer is replaced as a whole and only after what it names is on the disk, so that a kill at any moment leaves either the old
hub or the new one.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

KEPT_IN_QUARANTINE = 2


class Busy(Exception):
    """Another process owns the hub now; ``pid`` is its id, 0 where it is not known."""

    def __init__(self, pid: int) -> None:
        super().__init__(f"process {pid} is refreshing the hub")
        self.pid = pid


@dataclass(frozen=True)
class Folder:
    """The folder ``hub`` within the data folder. It need not exist yet."""

    root: Path

    @property
    def snapshots(self) -> Path:
        """Where the copies that readers open lie."""
        return self.root / "snapshots"

    @property
    def scratch(self) -> Path:
        """Where DuckDB spills what does not fit into its memory."""
        return self.root / "scratch"

    @property
    def suspect(self) -> Path:
        """A file that is there when a reader has met damage: the next refresh makes everything again."""
        return self.root / "suspect"

    def make(self) -> None:
        """Make the folder and its parts, for nobody but the owner of the data."""
        for path in (self.root, self.snapshots, self.scratch):
            path.mkdir(parents=True, exist_ok=True, mode=0o700)

    @contextmanager
    def owned(self) -> Iterator[None]:
        """The right to write, for this process alone; Busy when another one has it. The system gives it back on any death."""
        self.make()
        handle = os.open(self.root / "owner.lock", os.O_CREAT | os.O_RDWR, 0o600)
        try:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError as taken:
                raise Busy(int(os.pread(handle, 20, 0) or b"0")) from taken
            os.ftruncate(handle, 0)
            os.pwrite(handle, str(os.getpid()).encode(), 0)
            yield
        finally:
            os.close(handle)

    # --- pointers ---------------------------------------------------------------------------------------------------

    def current(self) -> dict[str, Any] | None:
        """What ``hub/current`` says: ``base``, ``facts`` (names of files), ``done_to``; None without a whole hub."""
        told = read_pointer(self.root / "current")
        return told if told and all((self.root / told[part]).exists() for part in ("base", "facts")) else None

    def point(self, told: Mapping[str, Any]) -> None:
        """Make ``told`` what ``hub/current`` says."""
        write_pointer(self.root / "current", told)

    def fresh(self, part: str) -> Path:
        """A path for a new file of ``part`` ("base" or "facts") that no pointer has named yet."""
        found = [int(path.stem.rpartition("-")[2]) for path in self.root.glob(f"{part}-*.duckdb")]
        return self.root / f"{part}-{max(found, default=0) + 1:06d}.duckdb"

    # --- tidying ----------------------------------------------------------------------------------------------------

    def tidy(self) -> None:
        """Remove what no pointer names: halves that a killed process left, and files that were replaced."""
        named = set((read_pointer(self.root / "current") or {}).values())
        for path in self.root.glob("*.duckdb*"):
            if path.name.removesuffix(".wal") not in named:
                path.unlink(missing_ok=True)
        for path in self.scratch.iterdir():
            path.unlink(missing_ok=True) if path.is_file() else shutil.rmtree(path, ignore_errors=True)

    def quarantine(self) -> list[str]:
        """Put the files of the hub aside, so that the next refresh builds new ones; returns their names there."""
        aside = self.root / "quarantine"
        aside.mkdir(exist_ok=True, mode=0o700)
        stamp = time.strftime("%Y%m%dT%H%M%S", time.gmtime())
        moved = []
        for path in sorted(self.root.glob("*.duckdb*")):
            target = aside / f"{stamp}-{path.name}"
            path.rename(target)
            moved.append(target.name)
        (self.root / "current").unlink(missing_ok=True)
        self.suspect.unlink(missing_ok=True)
        stamps = sorted({path.name.partition("-")[0] for path in aside.iterdir()})
        for path in aside.iterdir():
            if path.name.partition("-")[0] not in stamps[-KEPT_IN_QUARANTINE:]:
                path.unlink()
        return moved


def read_pointer(path: Path) -> dict[str, Any] | None:
    """The object in a pointer file; None when there is none."""
    try:
        told: dict[str, Any] = json.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        return None
    return told


def write_pointer(path: Path, told: Mapping[str, Any]) -> None:
    """Replace a pointer file as a whole, on the disk when this returns."""
    beside = path.with_name(f"{path.name}.{os.getpid()}")
    with beside.open("w", encoding="utf-8") as file:
        json.dump(told, file)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)
    sync_folder(path.parent)


def sync_folder(path: Path) -> None:
    """Have the names in a folder on the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
