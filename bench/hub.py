"""The hub and its boards at a million orders with their papers: rebuild from the store, full refresh from the base tables, a thousand
changed orders, and the first view of each board on a newly published snapshot. Seconds on the clock, and of both cores together."""

from __future__ import annotations

import os
import random
import resource
import shutil
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from bench import papers, store

CHANGED = 1_000
ROUNDS = 5
SAYS = "{:<44} {:6.2f} s  cpu {:6.2f} s  (asked: {})"


def main() -> None:
    """Measure and print."""
    os.environ.setdefault("ORDERTRAIL_TODAY", papers.TODAY.isoformat())
    count = store.size()
    home = papers.company(count)
    from ordertrail.hub.refresh import ask

    for name, what, asked in (
        ("rebuild from the store", "rebuild", "60"),
        ("full refresh from the base tables", "facts", "10"),
    ):
        wall, cpu = spent(lambda what=what: ask(what))  # type: ignore[misc]
        print(SAYS.format(name, wall, cpu, asked))
    for name, pick in (("side by side", neighbours), ("all over the store", scattered)):
        rounds = [changed(pick(count, number)) for number in range(ROUNDS)]
        wall, cpu = (statistics.median(values) for values in zip(*rounds, strict=True))
        print(SAYS.format(f"{CHANGED:,} changed orders {name}, published", wall, cpu, "1"))
    whole = statistics.median(from_the_source(home, number) for number in range(ROUNDS))
    print(f"{'start of a sync of 1,000 changes → published':<44} {whole:6.2f} s  (asked: 10)")
    boards(count)
    print(f"load {os.getloadavg()[0]:.1f}")


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


def from_the_source(home: Path, number: int) -> float:
    """Change a thousand orders in the source, sync, refresh and publish: seconds from the sync's start on."""
    from ordertrail.hub.refresh import ask
    from ordertrail.lib import clock
    from ordertrail.lib.sqlite_library import sqlite3
    from ordertrail.records.models import Source
    from ordertrail.sync.run import run_source

    source = Source.objects.get(code="oms")
    path = home / "changing.sqlite"
    if not path.exists():
        shutil.copy(source.settings["url"].removeprefix("sqlite:///"), path)
        source.settings["url"] = f"sqlite:///{path}"
        source.save()
    with sqlite3.connect(path) as oms:
        at = (clock.now() + timedelta(seconds=number)).strftime("%Y-%m-%d %H:%M:%S")
        first = 1 + number * CHANGED
        oms.execute(
            "UPDATE order_lines SET qty = qty + 1 WHERE order_id >= ? AND order_id < ?", [first, first + CHANGED]
        )
        oms.execute("UPDATE orders SET updated_at = ? WHERE id >= ? AND id < ?", [at, first, first + CHANGED])
    begun = time.monotonic()
    run = run_source(source)
    assert run.state == "done", run.error
    ask("refresh", publish_now=True)
    return time.monotonic() - begun


def boards(count: int) -> None:
    """The first view of each board, by what the filter may be, each with nothing remembered and no file open."""
    from ordertrail.parties.models import Customer

    customer = Customer.objects.order_by("pk").values_list("pk", flat=True)[100]
    filters = (
        "", f"customer=~{customer}", "salesperson=Anna", "source=oms", "currency=CNY", "from=2026-06-01&to=2026-08-31", "country=C7",
    )  # fmt: skip
    with browser() as get:
        get("/boards/metrics/")
        for board in ("manager", "delivery"):
            first = [seen(get, f"/boards/{board}/?{chosen}") for chosen in filters for _ in range(3)]
            walls, cpus = ([pair[place] for pair in first] for place in (0, 1))
            worst = statistics.quantiles(walls, n=20)[-1]
            print(SAYS.format(f"board {board}, first view ever, p95", worst, statistics.median(cpus), "0.5"))
            after_publishing(get, [f"/boards/{board}/?{chosen}" for chosen in filters], board, count)


def after_publishing(get: Callable[[str], object], addresses: list[str], board: str, count: int) -> None:
    """The first view on a snapshot that is published while people look at boards, after a thread of the web has asked ahead."""
    from ordertrail.hub import warm

    views, ahead = [], []
    for number in range(3):
        for address in addresses:
            get(address)
        changed(neighbours(count, ROUNDS + number))
        ahead.append(spent(warm.look))
        views += [spent(lambda address=address: get(address)) for address in addresses]  # type: ignore[misc]
    worst, cpus = statistics.quantiles([view[0] for view in views], n=20)[-1], [view[1] for view in views]
    print(SAYS.format(f"board {board}, once published, p95", worst, statistics.median(cpus), "0.5"))
    wall, cpu = (statistics.median(values) for values in zip(*ahead, strict=True))
    print(f"    {len(addresses)} views of it asked ahead in {wall:.2f} s (cpu {cpu:.2f} s)")


def seen(get: Callable[[str], object], address: str) -> tuple[float, float]:
    """What the first view of a board takes on a snapshot that this process has not read yet."""
    from ordertrail.hub import read

    read.forget()
    return spent(lambda: get(address))


@contextmanager
def browser() -> Iterator[Callable[[str], object]]:
    """A manager's browser, through Django's whole stack."""
    client = store.browser()

    def get(address: str) -> None:
        answer = client.get(address)
        assert answer.status_code == 200, (address, answer.status_code)

    yield get


if __name__ == "__main__":
    main()
