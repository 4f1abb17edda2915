"""Confirming 3-line orders over HTTP: an open loop at 15 a second, a burst at 60, and as many as there can be, on a served company.

The loop is open: each call has its moment, and is timed from then on, so that a server that falls behind is not spared. Beside the
loop a list of orders is looked at by somebody else. The floor of the most there can be: bare INSERTs of as many rows, committed one
confirm at a time on the same disk.
"""

from __future__ import annotations

import http.client
import json
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from statistics import quantiles
from typing import Any

from bench import claims
from bench.claims import claim, told
from bench.demo import running

RATE, SECONDS = 15, int(sys.argv[1]) if len(sys.argv) > 1 else 60
BURST, BURST_SECONDS = 60, 60
MOST_SECONDS, HANDS = 20, 8
PRODUCTS = 200
ROWS_A_CONFIRM = 9
"""Rows that a confirm of three lines writes: order, terms, three reservations, status, change, act, number."""


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        token = company(home, Path(folder) / "password")
        floor = inserts(Path(folder) / "floor.sqlite")
        with running([sys.executable, "-m", "ordertrail", "serve", "--home", str(home)], Path(folder)) as (_, port, _p):
            desk = Desk(port, token)
            stock(desk)
            numbers = count(1)
            steady = desk.drafts(numbers, RATE * SECONDS)
            with desk.looked_at():
                done = desk.at_rate(steady, RATE)
            judged(f"open loop, {RATE} a second for {SECONDS} s", done, 300)
            judged(
                f"burst, {BURST} a second for {BURST_SECONDS} s",
                desk.at_rate(desk.drafts(numbers, BURST * BURST_SECONDS), BURST),
                2000,
            )
            spent = desk.at_once(desk.drafts(numbers, 100 * MOST_SECONDS))
    told(f"bare INSERTs of {ROWS_A_CONFIRM} rows, committed each", floor * 1000, "ms")
    claim(
        "a confirm when as many are made as there can be",
        spent * 1000,
        max(1000 / 60, 4000 * floor),
        "ms",
        floor=floor * 1000,
    )
    told("which is", 1 / spent, "a second")


def judged(what: str, done: Sequence[Answer], most: float) -> None:
    """Claim what is asked of a run: no errors, and the 99th percentile."""
    statuses = Counter(one.status for one in done)
    claim(f"{what}: answers other than 200 (asked again later: 429)", len(done) - statuses[200] - statuses[429], 0, "")
    claim(f"{what}: told to come again, in a hundred", 100 * statuses[429] / len(done), 1, "%")
    told(f"{what}: median", quantiles((one.seconds for one in done), n=2)[0] * 1000, "ms")
    claim(f"{what}: p99", quantiles((one.seconds for one in done), n=100)[-1] * 1000, most, "ms")


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer: its status, and the seconds since it was due."""

    status: int
    seconds: float


def company(home: Path, password: Path) -> str:
    """An empty company in ``home``; returns a token of its administrator."""
    password.write_text("a-long-password\n")
    command = [sys.executable, "-m", "ordertrail"]
    subprocess.run(
        [*command, "init", "--home", str(home), "--company", "Bench", "--currency", "CNY", "--tax-rate", "0.13",
         "--tax-rounding", "document", "--user", "dana", "--password-file", str(password)],
        check=True, stdout=subprocess.DEVNULL,
    )  # fmt: skip
    made = subprocess.run(
        [*command, "token", "create", "--home", str(home), "--user", "dana"], check=True, capture_output=True, text=True
    )
    return made.stdout.strip()


def inserts(path: Path) -> float:
    """Seconds of the bare work: a transaction of as many INSERTs as a confirm makes, durable like the store's."""
    with sqlite3.connect(path, isolation_level=None) as connection:
        connection.executescript(
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; CREATE TABLE t (id INTEGER PRIMARY KEY, a, b, c)"
        )
        begun = time.perf_counter()
        for _ in range(300):
            connection.execute("BEGIN IMMEDIATE")
            for at in range(ROWS_A_CONFIRM):
                connection.execute("INSERT INTO t (a, b, c) VALUES (?, ?, ?)", (at, "x" * 100, 1.5))
            connection.execute("COMMIT")
        return (time.perf_counter() - begun) / 300


def stock(desk: Desk) -> None:
    """A customer, and products with plenty of each."""
    desk.call("POST", "/customers", {"code": "C1", "name": "Qiming", "addresses": [{"code": "main", "text": "Road 1"}]})
    for at in range(PRODUCTS):
        desk.call("POST", "/products", {"sku": f"P{at}", "name": f"Lamp {at}", "price": "100", "cost_method": "fifo"})
    lines = [{"sku": f"P{at}", "qty": "1000000", "unit_cost": "60"} for at in range(PRODUCTS)]
    desk.call("POST", "/receipts", {"date": time.strftime("%Y-%m-%d"), "lines": lines})


class Desk:
    """Somebody who calls the API of a served company."""

    def __init__(self, port: int, token: str) -> None:
        self.port, self.token = port, token
        self.spare: list[http.client.HTTPConnection] = []

    def call(self, verb: str, path: str, body: Any = None) -> int:
        """The status of a call; AssertionError when it could not be understood or was refused."""
        status = self.ask(verb, path, body)
        assert status in (200, 201), (verb, path, status)
        return status

    def ask(self, verb: str, path: str, body: Any = None) -> int:
        """The status of a call."""
        connection = self.spare.pop() if self.spare else http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        head = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
        try:
            connection.request(
                verb, f"/api/v1{path}", json.dumps({} if body is None else body) if verb == "POST" else None, head
            )
            answer = connection.getresponse()
            answer.read()
        except (http.client.HTTPException, OSError):
            connection.close()
            return 0
        self.spare.append(connection)
        return answer.status

    def drafts(self, numbers: Iterator[int], how_many: int) -> list[str]:
        """Orders of three lines that wait to be confirmed."""
        names = [f"SO-{next(numbers)}" for _ in range(how_many)]

        def draft(name: str) -> None:
            at = int(name.removeprefix("SO-"))
            lines = [{"sku": f"P{(at * 7 + more * 61) % PRODUCTS}", "qty": "1", "price": "100"} for more in range(3)]
            while self.ask("POST", "/orders", {"number": name, "customer": "C1", "lines": lines}) == 429:
                time.sleep(0.1)

        with ThreadPoolExecutor(4) as hands:
            list(hands.map(draft, names))
        return names

    def confirm(self, name: str, due: float) -> Answer:
        """Confirm an order; timed from when it was due."""
        status = self.ask("POST", f"/orders/{name}/confirm")
        return Answer(status, time.perf_counter() - due)

    def at_rate(self, names: Sequence[str], rate: float) -> list[Answer]:
        """Confirm so many a second, whatever becomes of those before."""
        begun = time.perf_counter()
        with ThreadPoolExecutor(200) as hands:
            waiting = []
            for at, name in enumerate(names):
                due = begun + at / rate
                time.sleep(max(0.0, due - time.perf_counter()))
                waiting.append(hands.submit(self.confirm, name, due))
            return [one.result() for one in waiting]

    def at_once(self, names: Sequence[str]) -> float:
        """Seconds of one confirm when ``HANDS`` confirm one after the other without a rest."""
        begun = time.perf_counter()
        until = begun + MOST_SECONDS

        def hand(mine: Sequence[str]) -> int:
            done = 0
            for name in mine:
                if time.perf_counter() > until:
                    break
                done += self.ask("POST", f"/orders/{name}/confirm") == 200
            return done

        with ThreadPoolExecutor(HANDS) as hands:
            done = sum(hands.map(hand, [names[at::HANDS] for at in range(HANDS)]))
        return (time.perf_counter() - begun) / max(done, 1)

    @contextmanager
    def looked_at(self) -> Iterator[None]:
        """Somebody else looks at the orders once a second meanwhile."""
        going = True

        def look() -> None:
            while going:
                self.ask("GET", "/orders?limit=50")
                time.sleep(1)

        with ThreadPoolExecutor(1) as eyes:
            looking = eyes.submit(look)
            yield
            going = False
            looking.result()


if __name__ == "__main__":
    claims.closing(main)
