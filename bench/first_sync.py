"""First sync of a million orders with three lines each from SQL into documents and hub: ours, the floor, the ratio.

The floor: the same orders, lines, versions and status rows by bare INSERTs into tables with the same indexes, nothing read, merged
or counted.
"""

from __future__ import annotations

import resource
import tempfile
import time
from pathlib import Path

from bench import claims, store
from bench.claims import claim, told
from bench.sources import LINES
from ordertrail.lib.sqlite_library import sqlite3

COPIED = ("records_sourcedocument", "records_sourceversion", "orders_order", "orders_orderline", "orders_orderstatus")


def main() -> None:
    """Measure and print; the company stays for the other measurements."""
    count = store.size()
    synced, hub = store.made(count)
    whole = synced + hub
    ours = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    child = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    with tempfile.TemporaryDirectory(dir=store.CACHE) as folder:
        floor = bare(store.home_of(count) / "db.sqlite3", Path(folder) / "floor.sqlite3")
    told("documents", synced, note=f"({count / synced:,.0f} orders/s)")
    told("hub", hub)
    told("floor: bare INSERTs of the same rows into the same tables", floor)
    told("documents against the floor", synced / floor, "×")
    name = f"first sync of {count:,} orders / {LINES * count:,} lines into documents and hub"
    claim(name, whole, 360 * count / store.MILLION, floor=floor)
    claim(
        "memory of the first sync, with its largest child",
        ours + child,
        2_000,
        "MB",
        note=f"({ours:.0f} + {child:.0f})",
    )


def bare(store_file: Path, target: Path) -> float:
    """Seconds that bare INSERTs of the store's main rows take into the same tables with their indexes."""
    # Two connections: an open reading would keep the floor's log from ever being written back.
    with sqlite3.connect(store_file) as ours, sqlite3.connect(target) as floor:
        floor.executescript("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-65536;")
        listed = ", ".join("?" * len(COPIED))
        for (sql,) in ours.execute(
            f"SELECT sql FROM sqlite_master WHERE sql IS NOT NULL AND tbl_name IN ({listed}) ORDER BY type DESC", COPIED
        ):
            floor.execute(sql)
        spent = 0.0
        for table in COPIED:
            rows = ours.execute(f"SELECT * FROM {table}")
            marks = ", ".join("?" * len(rows.description))
            while part := rows.fetchmany(1_000):
                begun = time.monotonic()
                floor.executemany(f"INSERT INTO {table} VALUES ({marks})", part)
                floor.commit()
                spent += time.monotonic() - begun
    return spent


if __name__ == "__main__":
    claims.closing(main)
