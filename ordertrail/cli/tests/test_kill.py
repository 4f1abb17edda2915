"""kill −9 at any moment of a sync: nothing lost, nothing doubled, and the next run simply goes on."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from bench import sources
from ordertrail.cli.tests.company import new_company
from ordertrail.lib.sqlite_library import sqlite3

ORDERS = 3_000
A_KILL = 700
"""Orders for each kill: more than a run writes until it is killed, so that every kill meets one that still has much to do."""


def ordertrail(home: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """A command of ours in a process of its own, on the data folder ``home``."""
    env = {
        name: value for name, value in os.environ.items() if name not in ("ORDERTRAIL_HOME", "ORDERTRAIL_DATABASE_URL")
    }
    return subprocess.run(
        [sys.executable, "-m", "ordertrail", *words, "--home", str(home)],
        env=env,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A company whose OMS has three thousand orders, none of them read yet."""
    folder = tmp_path / "home"
    new_company(folder)
    sources.write(tmp_path / "oms.sqlite", ORDERS)
    (tmp_path / "source.json").write_text(json.dumps(sources.setting(tmp_path / "oms.sqlite")), "utf-8")
    declared = ordertrail(folder, "source", "declare", str(tmp_path / "source.json"))
    assert declared.returncode == 0, declared.stderr
    return folder


def killed_at(home: Path, orders: int, seconds: float) -> bool:
    """Begin a sync and kill it, and the process that reads for it, ``seconds`` after the store holds so many orders; False when it had
    ended by itself."""
    env = os.environ | {"ORDERTRAIL_HOME": str(home)}
    env.pop("ORDERTRAIL_DATABASE_URL", None)
    run = subprocess.Popen(
        [sys.executable, "-m", "ordertrail", "sync"], env=env, start_new_session=True, stderr=subprocess.DEVNULL
    )
    with sqlite3.connect(f"file:{home / 'db.sqlite3'}?mode=ro", uri=True) as store:
        while run.poll() is None and store.execute("SELECT COUNT(*) FROM orders_order").fetchone()[0] < orders:
            time.sleep(0.005)
    try:
        run.wait(seconds)
    except subprocess.TimeoutExpired:
        os.killpg(run.pid, signal.SIGKILL)
        run.wait()
        return True
    return False


def held(home: Path) -> dict[str, Any]:
    """What the store holds, counted by a separate process."""
    counted = ordertrail(home, "sync", "--json")
    assert counted.returncode == 0, counted.stderr
    told: dict[str, Any] = json.loads(counted.stdout.splitlines()[-1])[0]
    return told


@pytest.mark.slow
@pytest.mark.sqlite
@pytest.mark.parametrize("kills", [4, pytest.param(20, marks=pytest.mark.full("kills"))])
def test_kills_during_a_sync_lose_and_double_nothing(home: Path, kills: int) -> None:
    orders = kills * A_KILL
    sources.write(home.parent / "many.sqlite", orders)
    (home.parent / "many.sqlite").replace(home.parent / "oms.sqlite")
    moments = random.Random(kills)
    done = sum(killed_at(home, place * A_KILL // 2, 0.2 * moments.random()) for place in range(kills))
    assert done == kills, "some runs had ended before they were killed"

    last = held(home)
    assert last["state"] == "done"
    assert last["read"] == last["new"] + last["changed"] + last["unchanged"] + last["rejected"]
    assert last["changed"] == last["rejected"] == 0
    with sqlite3.connect(f"file:{home / 'db.sqlite3'}?mode=ro", uri=True) as store:
        assert store.execute("SELECT COUNT(*), COUNT(DISTINCT number) FROM orders_order").fetchone() == (orders, orders)
        assert store.execute("SELECT COUNT(*) FROM orders_orderline").fetchone() == (orders * sources.LINES,)
        assert store.execute("SELECT COUNT(*) FROM orders_orderstatus").fetchone() == (orders,)
        versions = store.execute("SELECT COUNT(*), COUNT(DISTINCT document_id) FROM records_sourceversion").fetchone()
        assert versions[0] == versions[1]  # the same words twice write one version
    checked = ordertrail(home, "verify", "--json")
    assert json.loads(checked.stdout) == {"broken": []}
    assert ordertrail(home, "replay", "--check").returncode == 0


@pytest.mark.slow
@pytest.mark.sqlite
def test_the_process_that_reads_ends_with_the_run_that_was_killed(home: Path) -> None:
    env = os.environ | {"ORDERTRAIL_HOME": str(home)}
    env.pop("ORDERTRAIL_DATABASE_URL", None)
    run = subprocess.Popen([sys.executable, "-m", "ordertrail", "sync"], env=env, stderr=subprocess.DEVNULL)
    children = Path(f"/proc/{run.pid}/task/{run.pid}/children")
    reading: list[str] = []
    while not reading and run.poll() is None:
        reading = [
            pid for pid in children.read_text().split() if b"spawn_main" in Path(f"/proc/{pid}/cmdline").read_bytes()
        ]
    assert reading, "the run ended before it had begun to read"
    run.kill()
    run.wait()
    for _ in range(200):
        if not any(Path(f"/proc/{pid}").exists() for pid in reading):
            return
        time.sleep(0.1)
    pytest.fail(f"{reading} still reads for nobody")


@pytest.mark.slow
@pytest.mark.sqlite
def test_a_second_sync_at_the_same_time_is_refused_and_changes_nothing(home: Path) -> None:
    env = os.environ | {"ORDERTRAIL_HOME": str(home)}
    env.pop("ORDERTRAIL_DATABASE_URL", None)
    first = subprocess.Popen([sys.executable, "-m", "ordertrail", "sync"], env=env, stderr=subprocess.DEVNULL)
    lock = home / "locks" / "sync-oms"
    while not lock.exists():
        time.sleep(0.02)
    time.sleep(0.1)
    second = ordertrail(home, "sync")
    assert second.returncode == 1
    assert "OMS" in second.stderr
    assert first.wait() == 0
    assert held(home)["unchanged"] > 0
