"""The hub at a million orders: full refresh from its base tables, rebuild from the store, a thousand changed orders, and how long until
they are seen on a board."""

from __future__ import annotations

import shutil
import statistics
import time
from datetime import timedelta
from pathlib import Path

from bench import store

CHANGED = 1_000
ROUNDS = 5


def main() -> None:
    """Measure and print."""
    count = store.size()
    home = store.synced(count)
    from ordertrail.hub.refresh import Child, rebuild

    begun = time.monotonic()
    rebuild()
    rebuilt = time.monotonic() - begun
    with Child() as child:
        begun = time.monotonic()
        child.ask("facts")
        full = time.monotonic() - begun
    followed, seen = [], []
    for number in range(ROUNDS):
        seconds, whole = one_round(home, number)
        followed.append(seconds)
        seen.append(whole)
    print(f"rebuild from the store              {rebuilt:6.1f} s  (asked: 60)")
    print(f"full refresh from the base tables   {full:6.1f} s  (asked: 10)  ratio to the rebuild {full / rebuilt:.2f}")
    print(
        f"{CHANGED:,} changed orders, hub alone     {statistics.median(followed):6.2f} s  (asked: 1; at most {max(followed):.2f})"
    )
    print(f"start of the sync → on a board      {statistics.median(seen):6.2f} s  (asked: 10; at most {max(seen):.2f})")


def one_round(home: Path, number: int) -> tuple[float, float]:
    """Change a thousand orders in the source, sync, refresh and publish: seconds of the hub, and of all."""
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
    synced = time.monotonic()
    ask("refresh", publish_now=True)
    ended = time.monotonic()
    return ended - synced, ended - begun


if __name__ == "__main__":
    main()
