"""An SQLite with the WAL-reset fault gets no write-ahead log: whoever starts says so in a sentence, and ``doctor`` too."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from ordertrail.lib import sqlite_library

OLD = "from sqlite3 import dbapi2\nfrom sqlite3.dbapi2 import *\nsqlite_version, sqlite_version_info = '3.40.1', (3, 40, 1)\n"
"""A wheel that says it is of the version that Debian 12 has."""
SENTENCE = (
    "SQLite 3.40.1 may lose commits with a write-ahead log (mended in 3.44.6, 3.50.7 and 3.51.3): "
    "the rollback journal is used, which is slower; install the wheel pysqlite3"
)
WITH_LOG, WITH_JOURNAL = b"\2\2", b"\1\1"
"""What the file's head says of how it is written."""


def ordertrail(folder: Path, *words: str, old: bool) -> subprocess.CompletedProcess[str]:
    """A command of ours on the data folder in ``folder``, with the old library or with ours."""
    env = {name: value for name, value in os.environ.items() if name != "ORDERTRAIL_DATABASE_URL"}
    env |= {"PYTHONPATH": str(folder / "old")} if old else {}
    command = [sys.executable, "-m", "ordertrail", *words, "--home", str(folder / "home")]
    return subprocess.run(command, env=env, capture_output=True, text=True, check=False)


def head(folder: Path) -> bytes:
    return (folder / "home" / "db.sqlite3").read_bytes()[18:20]


@pytest.mark.slow
@pytest.mark.sqlite
def test_an_unsafe_library_writes_with_the_rollback_journal_and_says_so(tmp_path: Path) -> None:
    (tmp_path / "old").mkdir()
    (tmp_path / "old" / "pysqlite3.py").write_text(OLD, "utf-8")
    (tmp_path / "password").write_text("twelve signs and more", "utf-8")
    words = ("--company", "Old", "--currency", "CNY", "--user", "dana", "--password-file", str(tmp_path / "password"))
    begun = ordertrail(tmp_path, "init", *words, old=True)
    assert (begun.returncode, begun.stderr.count(SENTENCE), head(tmp_path)) == (0, 1, WITH_JOURNAL), begun.stderr
    assert not (tmp_path / "home" / "db.sqlite3-wal").exists()
    told = ordertrail(tmp_path, "doctor", old=True)
    assert (told.returncode, f"SQLite       3.40.1  {SENTENCE}" in told.stderr) == (1, True), told.stderr
    mended = ordertrail(tmp_path, "doctor", old=False)
    assert (mended.returncode, "SQLite 3.40.1" in mended.stderr) == (0, False), mended.stderr
    assert head(tmp_path) == WITH_LOG
    # A store that a safe library has written: the log goes before anything is written.
    assert ordertrail(tmp_path, "verify", old=True).returncode == 0
    assert head(tmp_path) == WITH_JOURNAL


@pytest.mark.parametrize(
    ("version", "safe"),
    [
        ((3, 40, 1), False), ((3, 44, 5), False), ((3, 44, 6), True), ((3, 45, 0), False), ((3, 50, 6), False),
        ((3, 50, 7), True), ((3, 51, 0), False), ((3, 51, 2), False), ((3, 51, 3), True), ((3, 53, 4), True),
    ],
)  # fmt: skip
def test_which_versions_are_safe(version: tuple[int, ...], safe: bool) -> None:
    assert sqlite_library.wal_is_safe(version) is safe
