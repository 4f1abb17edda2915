"""The hub and its boards at a million orders with their papers: rebuild from the store, full refresh from the base tables, a thousand
changed orders, and the first view of each board on a newly published snapshot. Seconds on the clock, and of both cores together."""

from __future__ import annotations

import os
import random
import re
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import urlencode
from uuid import uuid4

from bench import claims, papers, store
from bench.claims import claim, p95, told

CHANGED = 1_000
ROUNDS = 5
SYNCS = 20
APART = timedelta(minutes=30)
"""Between the changes of two syncs in the source's own time, so that no sync reads those of the one before again."""
PATIENCE = 1_800.0
BARE = """
import duckdb, os, sys, time
source, target = sys.argv[1:]
hub = duckdb.connect(target, config={"threads": 2})
hub.execute("SET enable_progress_bar = false")
hub.execute(f"ATTACH '{source}' AS facts (READ_ONLY)")
names = [row[0] for row in hub.execute("SELECT table_name FROM duckdb_tables() WHERE database_name = 'facts'").fetchall()]
begun = time.monotonic()
for name in names:
    hub.execute(f'CREATE TABLE "{name}" AS SELECT * FROM facts."{name}"')
hub.execute("CHECKPOINT")
print(time.monotonic() - begun)
"""


def main() -> None:
    """Measure and print."""
    os.environ.setdefault("ORDERTRAIL_TODAY", papers.TODAY.isoformat())
    count = store.size()
    home = papers.company(count)
    from ordertrail.hub.refresh import ask

    made = [spent(lambda what=what: ask(what, publish_now=True)) for what in ("rebuild", "facts")]  # type: ignore[misc]
    tables, copy = floors()
    for name, (wall, cpu), asked in zip(
        ("hub rebuild from the store", "hub full refresh from its base tables"), made, (60, 10), strict=True
    ):
        claim(name, wall, asked, floor=tables, beside="a bare CREATE TABLE AS of the same rows", note=of_cores(cpu))
    for name, pick in (("side by side", neighbours), ("all over the store", scattered)):
        rounds = [changed(pick(count, number)) for number in range(ROUNDS)]
        wall, cpu = (statistics.median(values) for values in zip(*rounds, strict=True))
        whole = f"{CHANGED:,} changed orders {name}, published"
        claim(whole, wall, 1, floor=copy, beside="copying the file", note=of_cores(cpu))
    until_visible(home)
    boards(count)


def of_cores(cpu: float) -> str:
    """Seconds of both cores together, as a note."""
    return f"cpu {cpu:.2f} s"


def floors() -> tuple[float, float]:
    """Seconds that DuckDB takes to make the same tables of the same rows from a file of its own, and to copy that file."""
    from ordertrail.hub import publish
    from ordertrail.hub.refresh import folder

    newest = publish.newest(folder())
    assert newest is not None
    source = folder().snapshots / newest.name
    with tempfile.TemporaryDirectory(dir=store.CACHE) as space:
        command = [sys.executable, "-c", BARE, str(source), f"{space}/floor.duckdb"]
        tables = float(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
        begun = time.monotonic()
        shutil.copyfile(source, f"{space}/copy.duckdb")
        copy = time.monotonic() - begun
    told("floor: DuckDB alone makes the hub's tables of the same rows", tables)
    told("floor: copying the snapshot's file", copy, note=f"({source.stat().st_size / 1e6:,.0f} MB)")
    return tables, copy


def spent(do: Callable[[], object]) -> tuple[float, float]:
    """Seconds on the clock and of the cores, this process and its children together."""
    begun, used = time.monotonic(), cores()
    do()
    return time.monotonic() - begun, cores() - used


def cores() -> float:
    """Seconds of the cores that this process and its ended children have used."""
    both = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in both)


def neighbours(count: int, number: int) -> list[int]:
    """A thousand orders that came in one after the other, newest first, as on any day."""
    return list(range(count - CHANGED * (number + 1), count - CHANGED * number))


def scattered(count: int, number: int) -> list[int]:
    """A thousand orders of any age, the worst case: hardly two of them lie together."""
    return random.Random(number).sample(range(count), CHANGED)


def changed(places: list[int]) -> tuple[float, float]:
    """What the hub takes to follow when the orders at these places of the store, and the shipments of a third of them, have changed."""
    from django.db import connection

    from ordertrail.desk.models import Change
    from ordertrail.hub.refresh import ask
    from ordertrail.lib import bulk
    from ordertrail.lib.gate import writing

    every = [row[0] for row in bulk.select("SELECT order_id FROM orders_orderstatus ORDER BY order_id")]
    ids = [every[place] for place in places]
    with writing(), connection.cursor() as cursor:
        cursor.executemany(
            "UPDATE orders_orderstatus SET paid = paid + 10000 WHERE order_id = %s", [[one] for one in ids]
        )
        orders = [("order", one) for one in ids]
        bulk.insert(
            Change, ("kind", "object"), orders + [("shipment", papers.FIRST + 2 * one) for one in ids[: CHANGED // 3]]
        )
    return spent(lambda: ask("refresh", publish_now=True))


def until_visible(home: Path) -> None:
    """Change a thousand open orders in the source, ask for a sync and look at a manager's board until it shows them, with a real
    worker in a process of its own: from the run's start to the end of the answer that shows them, and the age that this answer states.

    Each sync hands its thousand orders to a salesperson of their own, so that the board of that person shows 1,000 open orders from
    then on, and none before. The board is asked every quarter of a second through Django's whole stack.
    """
    from django.db.models import Max

    from ordertrail.desk.models import Change
    from ordertrail.findings.checks import all_checks
    from ordertrail.findings.models import CheckRun

    # The papers were written by SQL: let the checks begin here, as they would stand after they have followed everything.
    newest = Change.objects.aggregate(top=Max("id"))["top"]
    CheckRun.objects.bulk_create(
        [CheckRun(check_name=name, done_to=newest) for name in all_checks()],
        update_conflicts=True, update_fields=["done_to"], unique_fields=["check_name"],
    )  # fmt: skip
    path = changing(home)
    del os.environ["ORDERTRAIL_TODAY"]  # an age needs a clock that runs
    with browser() as get, a_worker(home):
        seen = [visible(get, path, number) for number in range(SYNCS + 1)][1:]
    whole, age = (p95(values) for values in zip(*seen, strict=True))
    claim(f"start of a sync of {CHANGED:,} changes → visible on a board, p95 of {SYNCS}", whole, 10)
    claim("age that the board states when it shows them, p95", age, 10)
    os.environ["ORDERTRAIL_TODAY"] = papers.TODAY.isoformat()


@contextmanager
def a_worker(home: Path) -> Iterator[None]:
    """``ordertrail worker`` for the while."""
    command = [sys.executable, "-m", "ordertrail", "worker", "--home", str(home)]
    worker = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    try:
        yield
    finally:
        worker.terminate()
        worker.wait(60)


def changing(home: Path) -> Path:
    """The company's source as a copy that may be changed."""
    from ordertrail.records.models import Source

    source = Source.objects.get(code="oms")
    path = home / "changing.sqlite"
    if not path.exists():
        shutil.copy(source.settings["url"].removeprefix("sqlite:///"), path)
        source.settings["url"] = f"sqlite:///{path}"
        source.save()
    return path


def visible(get: Callable[[str], str], path: Path, number: int) -> tuple[float, float]:
    """Seconds from the start of the sync that brings a thousand changes until the board shows them, and the age it states then."""
    from ordertrail.lib import clock
    from ordertrail.lib.sqlite_library import sqlite3
    from ordertrail.orders.models import OrderStatus
    from ordertrail.records.models import Source
    from ordertrail.sync.models import SyncRun
    from ordertrail.sync.worker import ask

    some = OrderStatus.objects.filter(is_open=True).order_by("-pk").values_list("number", flat=True)
    first = number * CHANGED % max(1, some.count() - CHANGED)
    ids = [int(one.rpartition("-")[2]) for one in some[first : first + CHANGED]]
    assert len(ids) == CHANGED
    who = f"Run {uuid4().hex[:8]}"
    at = (clock.now() - APART * (SYNCS - number)).strftime("%Y-%m-%d %H:%M:%S")
    with sqlite3.connect(path) as oms:
        oms.executemany("UPDATE orders SET salesman = ?, updated_at = ? WHERE id = ?", [(who, at, one) for one in ids])
    ask("sync", source="oms")
    given_up = time.monotonic() + PATIENCE
    address, shown = f"/boards/manager/?{urlencode({'salesperson': who})}", re.compile(rf">\s*{CHANGED:,}\s*<")
    while not shown.search(page := get(address)):
        assert time.monotonic() < given_up, f"the board shows no {CHANGED:,} of {who} after {PATIENCE:.0f} s"
        time.sleep(0.25)
    now = clock.now()
    run = SyncRun.objects.filter(source=Source.objects.get(code="oms")).latest("pk")
    assert (run.state, run.changed) == ("done", CHANGED), (run.state, run.error, run.changed)
    stated = re.search(r'class="asof[^>]*title="[^"]*?(\d{4}-\d\d-\d\d \d\d:\d\d(?::\d\d)?)', page)
    assert stated is not None, "the board states no age"
    at_least = datetime.fromisoformat(stated[1]).replace(tzinfo=clock.zone())
    assert at_least >= run.started_at.replace(microsecond=0), (at_least, run.started_at)
    return (now - run.started_at).total_seconds(), (now - at_least).total_seconds()


def boards(count: int) -> None:
    """The first view of each board, by what the filter may be, each with nothing remembered and no file open."""
    from ordertrail.parties.models import Customer

    customer = Customer.objects.order_by("pk").values_list("pk", flat=True)[100]
    filters = (
        "", f"customer=~{customer}", "salesperson=Anna", "source=oms", "currency=CNY", "from=2026-06-01&to=2026-08-31", "country=C7",
    )  # fmt: skip
    with browser() as get:
        get("/boards/metrics/")
        floor = p95(spent(lambda: get("/api/v1/health"))[0] for _ in range(40)) * 1000
        told("floor: the smallest answer of the same stack, p95", floor, "ms")
        for board in ("manager", "delivery"):
            first = [seen(get, f"/boards/{board}/?{chosen}") for chosen in filters for _ in range(3)]
            walls, cpus = ([pair[place] for pair in first] for place in (0, 1))
            worst = p95(walls)
            claim(
                f"board {board}, first view ever, p95",
                worst * 1000,
                500,
                "ms",
                floor=floor,
                note=of_cores(statistics.median(cpus)),
            )
            after_publishing(get, [f"/boards/{board}/?{chosen}" for chosen in filters], board, count, floor)


def after_publishing(get: Callable[[str], object], addresses: list[str], board: str, count: int, floor: float) -> None:
    """The first view on a snapshot that is published while people look at boards, after a thread of the web has asked ahead."""
    from ordertrail.hub import warm

    views, ahead = [], []
    for number in range(3):
        for address in addresses:
            get(address)
        changed(neighbours(count, ROUNDS + number))
        ahead.append(spent(warm.look))
        views += [spent(lambda address=address: get(address)) for address in addresses]  # type: ignore[misc]
    worst, cpus = p95(view[0] for view in views), [view[1] for view in views]
    claim(
        f"board {board}, once published, p95",
        worst * 1000,
        500,
        "ms",
        floor=floor,
        note=of_cores(statistics.median(cpus)),
    )
    wall, cpu = (statistics.median(values) for values in zip(*ahead, strict=True))
    print(f"    {len(addresses)} views of it asked ahead in {wall:.2f} s (cpu {cpu:.2f} s)")


def seen(get: Callable[[str], object], address: str) -> tuple[float, float]:
    """What the first view of a board takes on a snapshot that this process has not read yet."""
    from ordertrail.hub import read

    read.forget()
    return spent(lambda: get(address))


@contextmanager
def browser() -> Iterator[Callable[[str], str]]:
    """A manager's browser, through Django's whole stack."""
    client = store.browser()

    def get(address: str) -> str:
        answer = client.get(address)
        assert answer.status_code == 200, (address, answer.status_code)
        return answer.content.decode()

    yield get


if __name__ == "__main__":
    claims.closing(main)
