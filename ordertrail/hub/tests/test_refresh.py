"""Kills, damage and crowds: the hub is always a whole one, and is made again from the store when it is not."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from ordertrail.desk.models import Change
from ordertrail.hub import publish, read
from ordertrail.hub import refresh as refreshing
from ordertrail.hub.folder import Folder
from ordertrail.hub.refresh import Child, HubFailed, rebuild, refresh, store_url
from ordertrail.hub.tests.world import World, make_company
from ordertrail.lib.refused import Refused
from ordertrail.orders.models import OrderStatus
from ordertrail.parties.models import Person
from ordertrail.records.models import Source

pytestmark = pytest.mark.slow

COUNT = "SELECT count(*) FROM {fact_order}"


@pytest.fixture
def world(hub: Folder) -> World:
    world = World(3, make_company())
    for _ in range(12):
        world.step()
    return world


@pytest.fixture
def dora(hub: Folder) -> Person:
    return Person.objects.create_person("dora", "", "manager")


def orders_in_hub(person: Person) -> int:
    read.forget()
    return int(read.query(COUNT, {}, person).rows[0][0])


@pytest.mark.store
def test_the_worker_follows_changes_and_publishes_at_most_every_five_seconds(
    world: World, dora: Person, hub: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = refresh()
    assert first is not None
    assert (first.how, first.published) == ("everything", True)
    assert orders_in_hub(dora) == OrderStatus.objects.count() > 0
    assert refresh() is None  # nothing has changed
    newest = publish.newest(hub)
    assert newest is not None
    monkeypatch.setattr(publish, "EVERY_SECONDS", 3600)  # this process only asks whether it is due
    world._orders()
    later = refresh()
    assert later is not None
    assert (later.how, later.done_to) == ("changes", Change.objects.latest("id").pk)


@pytest.mark.store
def test_facts_alone_are_made_again_when_they_are_asked_for_or_behind(world: World, dora: Person, hub: Folder) -> None:
    refresh()
    with Child() as child:
        before = child.ask("fingerprint")
        assert child.ask("facts")["how"] == "facts"
        assert child.ask("fingerprint") == before
    Source.objects.filter(code="oms").update(code="shop")  # every fact names its source
    world._orders()
    done = refresh()
    assert done is not None
    assert done.how == "facts"
    read.forget()
    sources = read.query("SELECT DISTINCT source FROM {fact_order} WHERE source IN ('oms', 'shop')", {}, dora).rows
    assert sources == (("shop",),)


def test_when_another_process_owns_the_hub_this_one_leaves_it(world: World, hub: Folder) -> None:
    with hub.owned():
        assert refresh() is None
        with pytest.raises(Refused) as refused:
            rebuild()
        assert refused.value.code == "hub_busy"
        assert str(os.getpid()) in refused.value.detail


@pytest.mark.parametrize("kills", [4, pytest.param(20, marks=pytest.mark.full("kills"))])
@pytest.mark.store
def test_a_kill_at_any_moment_leaves_a_whole_hub(kills: int, world: World, dora: Person, hub: Folder) -> None:
    refresh()
    dice = random.Random(5)
    for _ in range(kills):
        world.step()
        world.step()
        process = subprocess.Popen(
            [sys.executable, "-m", "ordertrail.hub.child"], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True
        )
        told = {"ask": dice.choice(("refresh", "rebuild")), "folder": str(hub.root), "store": store_url(), "now": 0.0}
        assert process.stdin is not None
        process.stdin.write(json.dumps({**told, "publish_now": True}) + "\n")
        process.stdin.flush()
        time.sleep(dice.random() * 0.9)
        process.send_signal(signal.SIGKILL)
        process.wait()
        process.stdin.close()
        assert orders_in_hub(dora) > 0  # readers have a whole snapshot all the time
    with Child() as child:
        done = child.ask("refresh", publish_now=True)
        assert done["quarantined"] == []
        followed = child.ask("fingerprint")
        child.ask("rebuild", publish_now=True)
        assert child.ask("fingerprint") == followed
    assert orders_in_hub(dora) == OrderStatus.objects.count()


@pytest.fixture
def quiet(capfd: pytest.CaptureFixture[str]) -> Iterator[None]:
    yield
    capfd.readouterr()


@pytest.mark.parametrize("part", ["base", "facts"])
@pytest.mark.parametrize("harm", ["cut", "overwritten", "emptied"])
def test_a_damaged_file_is_put_aside_and_the_hub_made_again(
    part: str, harm: str, world: World, dora: Person, hub: Folder, quiet: None
) -> None:
    refresh()
    told = hub.current()
    assert told is not None
    damage(hub.root / told[part], harm)
    world._orders()
    done = refresh()
    assert done is not None
    assert done.how == "everything"
    assert any(part in name for name in done.quarantined)
    assert all((hub.root / "quarantine" / name).exists() for name in done.quarantined)
    assert orders_in_hub(dora) == OrderStatus.objects.count()


def damage(path: Path, harm: str) -> None:
    whole = path.read_bytes()
    path.chmod(0o600)
    if harm == "cut":
        path.write_bytes(whole[: len(whole) // 2])
    elif harm == "emptied":
        path.write_bytes(b"")
    else:
        noise = bytes(random.Random(1).randrange(256) for _ in range(4096))
        path.write_bytes(whole[:4096] + noise * ((len(whole) - 4096) // 4096) + whole[-4096:][: len(whole) % 4096])


def test_a_damaged_snapshot_is_never_served_and_is_made_again(
    world: World, dora: Person, hub: Folder, quiet: None
) -> None:
    refresh()
    newest = publish.newest(hub)
    assert newest is not None
    damage(hub.snapshots / newest.name, "overwritten")
    with pytest.raises(Refused) as refused:
        orders_in_hub(dora)
    assert refused.value.code == "hub_damaged"
    done = refresh()
    assert done is not None
    assert done.how == "everything"
    assert orders_in_hub(dora) == OrderStatus.objects.count()


def test_a_failure_is_told_and_not_tried_again_at_once(
    world: World, hub: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(refreshing, "store_url", lambda: "sqlite:/nowhere/db.sqlite3")
    with pytest.raises(HubFailed, match="nowhere"):
        refresh()
    assert refresh() is None
    monkeypatch.undo()
    assert rebuild().how == "everything"


def test_the_process_that_reads_the_store_by_adbc_has_no_other_sqlite_library() -> None:
    """Two of them in one process drop each other's locks: an acknowledged commit was lost in a trial."""
    program = (
        "import sys; import ordertrail.hub.child; from adbc_driver_sqlite import _driver_path; _driver_path();"
        "print(sorted(name for name in sys.modules if name.partition('.')[0] in ('sqlite3', 'pysqlite3', '_sqlite3', 'django')))"
    )
    told = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "[]"


def test_a_process_that_has_the_store_open_never_loads_adbc() -> None:
    program = (
        "import os, sys; os.environ['DJANGO_SETTINGS_MODULE'] = 'ordertrail.config.settings'; import django; django.setup();"
        "import ordertrail.hub.refresh, ordertrail.hub.read, ordertrail.config.urls;"
        "print(sorted(name for name in sys.modules if name.startswith('adbc')))"
    )
    told = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "[]"


def test_a_snapshot_from_before_a_crash_of_the_system_is_not_trusted_and_made_again(
    world: World, dora: Person, hub: Folder
) -> None:
    """It was not forced onto the disk; the files that it was copied from were."""
    refresh()
    pointer = hub.snapshots / "current"
    told = json.loads(pointer.read_text())
    assert told["run"] == publish.this_run()
    pointer.write_text(json.dumps({**told, "run": "the one before"}))
    (hub.snapshots / told["name"]).unlink()  # or half of it, or zeros
    read.forget()
    with pytest.raises(Refused) as refused:
        orders_in_hub(dora)
    assert refused.value.code == "hub_not_ready"
    done = refresh()  # nothing has changed, but readers have nothing
    assert done is not None
    assert (done.how, done.published) == ("nothing", True)
    again = publish.newest(hub)
    assert again is not None
    assert again.name > told["name"]
    assert orders_in_hub(dora) == OrderStatus.objects.count()
