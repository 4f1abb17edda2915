"""Throw-away servers start empty, answer, and are gone afterwards."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import create_engine, text

ROOT = Path(__file__).resolve().parent.parent.parent


def test_a_postgresql_database_is_new_for_each_test(postgres_url: str) -> None:
    with psycopg.connect(postgres_url) as connection:
        tables = connection.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'").fetchone()
        checksums = connection.execute("SHOW data_checksums").fetchone()
    assert (tables, checksums) == ((0,), ("on",))


def test_a_mariadb_database_is_new_for_each_test_and_holds_chinese(mariadb_url: str) -> None:
    engine = create_engine(mariadb_url)
    with engine.begin() as connection:
        assert connection.execute(text("SHOW TABLES")).all() == []
        connection.execute(text("CREATE TABLE customer (name VARCHAR(20))"))
        connection.execute(text("INSERT INTO customer VALUES ('港灯贸易𠮷')"))
        assert connection.execute(text("SELECT name FROM customer")).scalar_one() == "港灯贸易𠮷"
    engine.dispose()


@pytest.mark.postgres
@pytest.mark.slow
def test_a_test_run_that_is_killed_leaves_no_server_behind() -> None:
    script = "from dev import servers; s = servers.start_postgresql(); print(s.folder, flush=True); input()"
    with subprocess.Popen(
        [sys.executable, "-c", script], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as run:
        assert run.stdout
        folder = Path(run.stdout.readline().strip())
        server = int((folder / "data" / "postmaster.pid").read_text("utf-8").split()[0])
        os.kill(run.pid, signal.SIGKILL)
    end = time.monotonic() + 10
    while folder.exists() and time.monotonic() < end:
        time.sleep(0.05)
    assert not folder.exists()
    with pytest.raises(ProcessLookupError):
        os.kill(server, 0)
