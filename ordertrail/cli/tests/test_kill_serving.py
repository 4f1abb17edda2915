"""kill −9 of the worker, the hub's process, a web process or all of them while the product runs: it comes back whole."""

from __future__ import annotations

import json
import os
import random
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from itertools import cycle, islice
from pathlib import Path
from urllib.request import urlopen

import pytest

from bench import sources
from ordertrail.cli.tests.test_kill import ORDERS, home, ordertrail
from ordertrail.lib.sqlite_library import sqlite3

__all__ = ["home"]
VICTIMS = {"worker": "-m ordertrail worker", "hub": "ordertrail.hub.child", "web": "gunicorn", "everything": ""}
FOLLOWED = """
import sys
from pathlib import Path
from ordertrail.cli.setup import use_home
use_home(Path(sys.argv[1]))
from ordertrail.hub.refresh import Child
with Child() as child:
    child.ask("refresh", publish_now=True)
    followed = child.ask("fingerprint")
    child.ask("rebuild", publish_now=True)
    print(followed == child.ask("fingerprint"))
"""


def environment(home: Path) -> dict[str, str]:
    return {name: v for name, v in os.environ.items() if name != "ORDERTRAIL_DATABASE_URL"} | {
        "ORDERTRAIL_HOME": str(home)
    }


def family(pid: int) -> Iterator[tuple[int, str]]:
    """Every process below ``pid`` with its words."""
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        return
    for child in map(int, children):
        try:
            words = Path(f"/proc/{child}/cmdline").read_bytes().replace(b"\0", b" ").decode()
        except OSError:
            continue
        yield child, words
        yield from family(child)


@contextmanager
def serving(home: Path, port: int) -> Iterator[subprocess.Popen[bytes]]:
    """The product at work; whatever is left of it in the end is killed."""
    served = subprocess.Popen(
        [sys.executable, "-m", "ordertrail", "serve", "--port", str(port)],
        env=environment(home), start_new_session=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        yield served
    finally:
        with suppress(ProcessLookupError):
            os.killpg(served.pid, signal.SIGKILL)
        served.wait()


def answers(port: int) -> bool:
    """Whether the log-in page is there."""
    try:
        with urlopen(f"http://127.0.0.1:{port}/account/login/", timeout=10) as page:
            return bool(page.status == 200)
    except OSError:
        return False


def in_time(what: object, served: subprocess.Popen[bytes]) -> bool:
    """Whether ``what()`` becomes true while the product runs (at most a minute)."""
    for _ in range(600):
        if what():  # type: ignore[operator]
            return True
        if served.poll() is not None:
            return False
        time.sleep(0.1)
    return False


def struck(served: subprocess.Popen[bytes], victim: str, after: float) -> bool:
    """Kill the processes that ``victim`` names as soon as there are some and a moment has passed; False when none came."""
    wanted = VICTIMS[victim]

    def there() -> list[int]:
        return [pid for pid, words in family(served.pid) if wanted in words]

    if not in_time(there, served):
        return False
    time.sleep(after)
    for pid in reversed(there()) if victim != "everything" else [served.pid, *there()]:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    return True


@pytest.mark.slow
@pytest.mark.sqlite
@pytest.mark.parametrize("kills", [4, pytest.param(80, marks=pytest.mark.full("kills"))])
def test_the_product_comes_back_whole_whatever_of_it_is_killed(home: Path, kills: int, tmp_path: Path) -> None:
    dice = random.Random(kills)
    oms = tmp_path / "oms.sqlite"
    with sqlite3.connect(home / "db.sqlite3") as store:
        store.execute("UPDATE records_source SET every_minutes = 0")  # as soon as one sync has ended the next is due
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    changed = 0
    for number, victim in enumerate(islice(cycle(VICTIMS), kills)):
        with sqlite3.connect(oms) as source:  # so that each round has something to bring in
            when = f"2027-01-{1 + number // 24:02} {number % 24:02}:00:00"
            source.execute("UPDATE orders SET salesman = ?, updated_at = ? WHERE id % 20 = 0", (f"S{number}", when))
            changed += source.execute("SELECT changes()").fetchone()[0]
        with serving(home, port) as served:
            assert struck(served, victim, 2.5 * dice.random()), f"there was no {victim} to kill"
            if victim == "web":
                assert in_time(lambda: answers(port), served) or served.poll() is not None
    with serving(home, port) as served:
        assert in_time(lambda: answers(port), served)
    last = json.loads(ordertrail(home, "sync", "--json").stdout.splitlines()[-1])[0]
    assert last["state"] == "done"
    with sqlite3.connect(f"file:{home / 'db.sqlite3'}?mode=ro", uri=True) as store:
        assert store.execute("SELECT COUNT(*), COUNT(DISTINCT number) FROM orders_order").fetchone() == (ORDERS, ORDERS)
        assert store.execute("SELECT COUNT(*) FROM orders_orderline").fetchone() == (ORDERS * sources.LINES,)
        newest = f"S{kills - 1}"
        assert store.execute("SELECT COUNT(*) FROM orders_order WHERE salesperson = ?", (newest,)).fetchone() == (
            ORDERS // 20,
        )
        versions = store.execute("SELECT COUNT(*) FROM records_sourceversion WHERE document_id IN"
                                 " (SELECT id FROM records_sourcedocument WHERE kind = 'order')").fetchone()[0]  # fmt: skip
        assert versions <= ORDERS + changed  # what was said twice was written once
    assert json.loads(ordertrail(home, "verify", "--json").stdout) == {"broken": []}
    assert ordertrail(home, "replay", "--check").returncode == 0
    told = subprocess.run(
        [sys.executable, "-c", FOLLOWED, str(home)], env=environment(home), capture_output=True, text=True, check=False
    )
    assert told.stdout.strip() == "True", told.stderr[-2_000:]
