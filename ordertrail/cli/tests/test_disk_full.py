"""A full disk: a sync and a hub refresh end with one clear sentence, nothing is half done, and with room again they go on."""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from bench import sources
from ordertrail.cli.tests.company import new_company
from ordertrail.cli.tests.test_kill import ordertrail
from ordertrail.cli.tests.test_kill_serving import FOLLOWED, environment
from ordertrail.lib.sqlite_library import sqlite3

ORDERS = 1_000
SIZE = 48 << 20
READ = """
import sys
from pathlib import Path
from ordertrail.cli.setup import use_home
use_home(Path(sys.argv[1]))
from django.conf import settings
from django.test import Client
page = Client(headers={"cookie": f"{settings.SESSION_COOKIE_NAME}={sys.argv[2]}", "host": "localhost"})
for address in ("/orders/", f"/orders/{sys.argv[3]}/", f"/orders/?q={sys.argv[3]}"):
    got = page.get(address)
    text = b"".join(got.streaming_content) if got.streaming else got.content
    print(address, got.status_code, sys.argv[3].encode() in text)
"""
LOG_IN = """
import sys
from pathlib import Path
from ordertrail.cli.setup import use_home
use_home(Path(sys.argv[1]))
from django.conf import settings
from django.test import Client
from ordertrail.parties.models import Person
page = Client()
page.force_login(Person.objects.get(username="dana"))
print(page.cookies[settings.SESSION_COOKIE_NAME].value)
"""


def program(home: Path, text: str, *words: str) -> str:
    """What a program of ours prints, in a process of its own on the data folder."""
    command = [sys.executable, "-c", text, str(home), *words]
    told = subprocess.run(command, env=environment(home), capture_output=True, text=True, check=False)
    assert told.returncode == 0, told.stderr[-3_000:]
    return told.stdout.strip()


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of its own of ``SIZE`` bytes, in memory; fails where this user may not mount one."""
    place = tmp_path / "disk"
    place.mkdir()
    made = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={SIZE}", "tmpfs", str(place)], capture_output=True, text=True, check=False
    )
    if made.returncode:
        pytest.fail(f"A disk to fill cannot be mounted; run the tests as root. {made.stderr}", pytrace=False)
    yield place
    subprocess.run(["umount", "--lazy", str(place)], check=True)


@pytest.fixture
def home(disk: Path, tmp_path: Path) -> Path:
    """A company on that disk, which has read its OMS and has a hub."""
    folder = disk / "home"
    new_company(folder, language="en")
    sources.write(tmp_path / "oms.sqlite", ORDERS)
    (tmp_path / "source.json").write_text(json.dumps(sources.setting(tmp_path / "oms.sqlite")), "utf-8")
    for command in (("source", "declare", str(tmp_path / "source.json")), ("sync",), ("hub", "rebuild")):
        done = ordertrail(folder, *command)
        assert done.returncode == 0, done.stderr
    return folder


def fill(disk: Path, leave: int) -> None:
    """Leave so many bytes free."""
    free = os.statvfs(disk)
    room = free.f_bavail * free.f_frsize - leave
    assert room > 0, "the disk was too small to begin with"
    with (disk / "ballast").open("wb") as file:
        file.write(b"\0" * room)


def landed_whole(home: Path) -> int:
    """How many landed files there are, each with the bytes that its name promises, and nothing else beside."""
    files = [path for path in (home / "landed").rglob("*") if path.is_file()]
    for path in files:
        assert path.suffix == ".gz"
        assert hashlib.sha256(gzip.decompress(path.read_bytes())).hexdigest() == path.stem
    return len(files)


def change_all(oms: Path) -> None:
    with sqlite3.connect(oms) as source:
        source.execute("UPDATE orders SET salesman = 'New', updated_at = '2027-01-01 08:00:00'")
        source.execute("UPDATE order_lines SET qty = qty + 1")


def salespeople(home: Path) -> tuple[int, int, int]:
    """Orders that say the new word, orders, and status rows."""
    with sqlite3.connect(f"file:{home / 'db.sqlite3'}?mode=ro", uri=True) as store:
        counts = (
            "SELECT SUM(salesperson = 'New'), COUNT(*), (SELECT COUNT(*) FROM orders_orderstatus) FROM orders_order"
        )
        new, orders, rows = store.execute(counts).fetchone()
    return new, orders, rows


@pytest.mark.slow
@pytest.mark.sqlite
@pytest.mark.parametrize(
    "leave",
    [
        pytest.param(0, id="nothing", marks=pytest.mark.full("kills")),
        pytest.param(40_000, id="no room to land", marks=pytest.mark.full("kills")),
        pytest.param(1_200_000, id="room to land and to begin"),
    ],
)
def test_a_sync_on_a_full_disk_says_so_and_goes_on_when_there_is_room(
    home: Path, disk: Path, tmp_path: Path, leave: int
) -> None:
    session = program(home, LOG_IN)
    with sqlite3.connect(f"file:{home / 'db.sqlite3'}?mode=ro", uri=True) as store:
        number = store.execute("SELECT number FROM orders_order LIMIT 1").fetchone()[0]
    pages = program(home, READ, session, number)
    change_all(tmp_path / "oms.sqlite")
    fill(disk, leave)

    full = ordertrail(home, "sync")
    assert full.returncode == 1
    assert "Traceback" not in full.stderr + full.stdout, full.stderr[-1500:]
    assert "The disk is full" in full.stderr + full.stdout
    assert program(home, READ, session, number) == pages  # people read on
    landed_whole(home)
    new, orders, rows = salespeople(home)
    assert (orders, rows) == (ORDERS, ORDERS)
    assert new < ORDERS, "there was room enough: nothing is proved"
    assert json.loads(ordertrail(home, "verify", "--json").stdout) == {"broken": []}

    (disk / "ballast").unlink()
    again = ordertrail(home, "sync", "--json")
    assert again.returncode == 0, again.stderr
    run = json.loads(again.stdout.splitlines()[-1])[0]
    assert (run["state"], run["read"]) == ("done", ORDERS)
    assert run["changed"] == ORDERS - new  # what was written before stayed, and was not written twice
    assert salespeople(home) == (ORDERS, ORDERS, ORDERS)
    assert json.loads(ordertrail(home, "verify", "--json").stdout) == {"broken": []}
    assert ordertrail(home, "replay", "--check").returncode == 0


@pytest.mark.slow
@pytest.mark.sqlite
@pytest.mark.parametrize("what", ["refresh", pytest.param("rebuild", marks=pytest.mark.full("kills"))])
def test_a_hub_on_a_full_disk_says_so_and_stays_as_it_was_until_there_is_room(
    home: Path, disk: Path, tmp_path: Path, what: str
) -> None:
    change_all(tmp_path / "oms.sqlite")
    assert ordertrail(home, "sync").returncode == 0
    served = sorted(path.name for path in (home / "hub" / "snapshots").iterdir())
    fill(disk, 100_000)
    full = ordertrail(home, "hub", what)
    assert full.returncode == 1
    assert "Traceback" not in full.stderr + full.stdout, full.stderr[-1500:]
    assert "The disk is full" in full.stderr + full.stdout
    assert sorted(path.name for path in (home / "hub" / "snapshots").iterdir()) == served
    assert not list((home / "hub").rglob("quarantine/*"))  # a full disk is no damage
    (disk / "ballast").unlink()
    assert ordertrail(home, "hub", what).returncode == 0
    assert program(home, FOLLOWED) == "True"
