"""A first load beside which the source lives on, killed again and again: afterwards the store is the source, and nothing is doubled."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread
from typing import Any

import pytest

from ordertrail.cli.tests.test_kill import home as home
from ordertrail.cli.tests.test_kill import killed_at, ordertrail
from ordertrail.lib.sqlite_library import sqlite3
from ordertrail.sync.tests.shop import Shop

PAUSE_SECONDS = 0.005
KNOWN, NEW = 2_000, "N{}"
"""Orders that there are when the first load begins, and what those that come meanwhile are called."""


class Life:
    """What goes on in the shop: each step is one transaction that orders, orders more, cancels or calls an order by another name.

    The shop's clock goes on by a hundredth of a second with each step. ``steps`` counts them.
    """

    def __init__(self, path: Path) -> None:
        self.path, self.dice, self.steps = path, random.Random(32), 0

    def step(self, shop: sqlite3.Connection) -> None:
        """One change, whole or not at all."""
        self.steps += 1
        seconds, hundredths = divmod(self.steps, 100)
        changed = f"2026-09-16 0{8 + seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}.{hundredths:02}0000"
        what, ref = self.dice.random(), str(self.dice.randrange(KNOWN))
        with shop:
            if what < 0.3:
                ref = NEW.format(self.steps)
                shop.execute(
                    "INSERT INTO orders VALUES (?, ?, '远帆', 'open', NULL, 'CNY', '', '2026-09-16', ?)",
                    (ref, f"SO-{ref}", changed),
                )
                shop.execute("INSERT INTO lines VALUES (?, 1, 'LAMP', ?, '10.00')", (ref, str(1 + self.steps % 7)))
            elif what < 0.7:
                shop.execute("UPDATE lines SET qty = ? WHERE order_id = ?", (str(2 + self.steps % 90), ref))
                shop.execute("UPDATE orders SET changed = ? WHERE id = ?", (changed, ref))
            elif what < 0.9:
                shop.execute("UPDATE orders SET status = 'void', changed = ? WHERE id = ?", (changed, ref))
            else:
                shop.execute("UPDATE orders SET buyer = ?, changed = ? WHERE id = ?", (f"B{self.steps}", changed, ref))

    @contextmanager
    def going_on(self) -> Iterator[None]:
        """Steps, one after the other, for as long as the block."""
        over = Event()

        def live() -> None:
            with sqlite3.connect(self.path, timeout=30) as shop:
                while not over.wait(PAUSE_SECONDS):
                    self.step(shop)

        living = Thread(target=live)
        living.start()
        try:
            yield
        finally:
            over.set()
            living.join()


Held = dict[str, tuple[str, str, list[tuple[int, str, int, int]]]]
"""By number: state, customer, and the lines as place, product, quantity and price in millionths."""


def in_source(path: Path) -> Held:
    with sqlite3.connect(path) as shop:
        lines: dict[str, list[tuple[int, str, int, int]]] = {}
        for ref, pos, sku, qty, price in shop.execute("SELECT * FROM lines ORDER BY order_id, pos"):
            lines.setdefault(ref, []).append((pos, sku, int(qty) * 10**6, int(float(price) * 10**6)))
        state = {"open": "confirmed", "void": "cancelled"}
        heads = shop.execute("SELECT id, no, status, buyer FROM orders")
        return {no: (state[status], buyer, lines[ref]) for ref, no, status, buyer in heads}


def in_store(home: Path) -> Held:
    with sqlite3.connect(f"file:{home / 'db.sqlite3'}?mode=ro", uri=True) as store:
        lines: dict[int, list[tuple[int, str, int, int]]] = {}
        for order, *line in store.execute("SELECT order_id, line, sku, qty, price FROM orders_orderline ORDER BY 1, 2"):
            lines.setdefault(order, []).append(tuple(line))
        rows = store.execute("SELECT id, number, state, customer_name FROM orders_order").fetchall()
        assert len(rows) == len({number for _, number, *_ in rows})
        return {number: (state, name, lines[pk]) for pk, number, state, name in rows}


@pytest.mark.slow
@pytest.mark.sqlite
@pytest.mark.parametrize("kills", [1, pytest.param(10, marks=pytest.mark.full("kills"))])
def test_what_changes_while_the_first_load_reads_is_neither_lost_nor_doubled(home: Path, kills: int) -> None:
    shop = Shop(home.parent / "live.sqlite3", "oms")
    shop.put_all(
        (str(n), f"SO-{n}", {"lines": [("LAMP", "10", "10.00"), ("CABLE", "3", "2.50")]}) for n in range(KNOWN)
    )
    with sqlite3.connect(shop.path) as opened:
        opened.execute("PRAGMA journal_mode=WAL")  # so that who writes does not wait for who reads
    (home.parent / "source.json").write_text(json.dumps(shop.setting()), "utf-8")
    declared = ordertrail(home, "source", "declare", str(home.parent / "source.json"))
    assert declared.returncode == 0, declared.stderr
    life, dice = Life(shop.path), random.Random(kills)
    with life.going_on():
        killed = [killed_at(home, place * KNOWN // (2 * kills), 0.2 * dice.random()) for place in range(kills)]
        first = told(home)
    assert all(killed), "some runs had ended before they were killed"
    assert life.steps > 100, "the shop stood still: this test says nothing"
    last = told(home)
    assert last["new"] + last["changed"] > 0, "nothing came while the first load read: this test says nothing"
    for run in (first, last):
        assert (run["state"], run["rejected"]) == ("done", 0)
        assert run["read"] == run["new"] + run["changed"] + run["unchanged"]
    assert in_store(home) == in_source(shop.path)
    again = told(home)
    assert (again["new"], again["changed"]) == (0, 0)
    assert json.loads(ordertrail(home, "verify", "--json").stdout) == {"broken": []}
    assert ordertrail(home, "replay", "--check").returncode == 0


def told(home: Path) -> dict[str, Any]:
    """What the next sync says of itself."""
    ran = ordertrail(home, "sync", "--json")
    assert ran.returncode == 0, ran.stderr
    found: dict[str, Any] = json.loads(ran.stdout.splitlines()[-1])[0]
    return found
