"""A made-up company whose orders change by a script, and a source that tells of them as badly as its faults say.

The script is seeded: the same seed and faults give the same company. ``truth`` is what a perfect reader knows.
"""

from __future__ import annotations

import json
import random
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

from ordertrail.sync.connectors.rest_http import Answer, Passing

FAULTS: dict[str, str] = {
    "late_commit": "a change is seen minutes after the time that it bears",
    "out_of_order": "a page is in no order and also holds older versions of its orders",
    "duplicate_page": "a page comes twice",
    "page_shift": "something changes while the list is being read",
    "delete": "orders vanish",
    "undelete": "vanished orders come back, with the change time of before",
    "id_reuse": "a new order gets the number of a vanished one",
    "busy": "429, with Retry-After or without",
    "failing": "500 or 503",
    "timeout": "no answer in time",
    "half_body": "an answer that ends too early",
    "html_login": "a log-in page with status 200",
    "clock_skew": "the source's clock is put minutes forward or back",
    "token_expiry": "the token ends in the middle of reading",
    "drift": "a field that was never there",
}
"""Every fault with what it does; its setting is how often it strikes, from 0 to 1."""

LATEST = timedelta(seconds=240)
FARTHEST = timedelta(seconds=150)
LAG_SECONDS = 900
"""More than a late commit and a clock put back and forth can add up to: what a stream of this source must look back."""

START = datetime(2026, 11, 1, tzinfo=UTC)
_STATES = ("open", "open", "open", "void")


@dataclass(frozen=True)
class Order:
    """An order at one time. ``seen_at`` is when the source begins to tell of it."""

    id: int
    number: str
    customer: str
    state: str
    lines: tuple[tuple[int, str, int, str], ...]
    updated_at: datetime
    version: int
    seen_at: datetime

    def written(self, extra: Mapping[str, Any]) -> dict[str, Any]:
        """The order as the source writes it."""
        return {
            "id": self.id,
            "no": self.number,
            "customer": {"name": self.customer},
            "state": self.state,
            "version": self.version,
            "updated_at": self.updated_at.isoformat(),
            "lines": [{"pos": pos, "sku": sku, "qty": qty, "price": price} for pos, sku, qty, price in self.lines],
            **extra,
        }


@dataclass
class ChaosWorld:
    """The company and its source. ``step`` is one change; ``answer`` is one request to the source."""

    seed: int
    faults: Mapping[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if unknown := sorted(set(self.faults) - set(FAULTS)):
            raise ValueError(f"there is no fault called {unknown[0]}; there are: {', '.join(FAULTS)}")
        self._chance = random.Random(self.seed)
        self.now = START
        self.skew = timedelta()
        self.changes = 0
        self.struck: dict[str, int] = dict.fromkeys(FAULTS, 0)
        self.quiet = False
        self._orders: dict[int, Order] = {}
        self._gone: dict[int, Order] = {}
        self._told: dict[int, list[Order]] = {}  # what the source may tell: the versions of an order, oldest first
        self._last: Answer | None = None
        self._token = 0
        self._token_left = 0
        self._next_id = 1

    def truth(self) -> dict[str, tuple[str, str, str, tuple[tuple[int, str, int, str], ...]]]:
        """Every order that there is, by its ref: number, customer, state, lines."""
        return {
            str(order.id): (order.number, order.customer, order.state, order.lines) for order in self._orders.values()
        }

    def step(self) -> str:
        """One change in the company; gives its name."""
        self.now += timedelta(seconds=self._chance.uniform(0, 20))
        self.changes += 1
        if self._strikes("clock_skew"):
            self.skew = timedelta(seconds=self._chance.uniform(-1, 1) * FARTHEST.total_seconds())
        kind = self._chance.random()
        if self._gone and self._strikes("undelete"):
            return self._undelete()
        if self._gone and self._strikes("id_reuse"):
            return self._create(self._chance.choice(sorted(self._gone)))
        if self._orders and self._strikes("delete"):
            return self._delete()
        if not self._orders or kind < 0.35:
            return self._create(self._next_id)
        return self._amend(self._orders[self._chance.choice(sorted(self._orders))])

    def settle(self) -> None:
        """No more faults, and time for all that is late to be seen."""
        self.quiet = True
        self.now += LATEST * 2

    def _strikes(self, fault: str) -> bool:
        if self.quiet or self._chance.random() >= self.faults.get(fault, 0):
            return False
        self.struck[fault] += 1
        return True

    def _create(self, number: int) -> str:
        self._next_id = max(self._next_id, number + 1)
        before = self._gone.pop(number, None)
        version = before.version + 1 if before else 1
        customer = f"客户 {self._chance.randrange(40)}"
        order = Order(number, f"CH-{self.changes}", customer, "open", self._lines(), self.now, version, self.now)
        self._tell(order)
        return "reuse" if before else "create"

    def _lines(self) -> tuple[tuple[int, str, int, str], ...]:
        count = self._chance.choice((1, 1, 2, 3))
        return tuple(
            (
                at + 1,
                f"SKU-{self._chance.randrange(60)}",
                self._chance.randint(1, 20),
                f"{self._chance.randint(1, 9999) / 100:.2f}",
            )
            for at in range(count)
        )

    def _amend(self, order: Order) -> str:
        if self._chance.random() < 0.2:
            self._tell(replace(order, state=self._chance.choice(_STATES), version=order.version + 1))
            return "state"
        self._tell(replace(order, lines=self._lines(), version=order.version + 1))
        return "lines"

    def _delete(self) -> str:
        order = self._orders.pop(self._chance.choice(sorted(self._orders)))
        self._gone[order.id] = order
        return "delete"

    def _undelete(self) -> str:
        order = self._gone.pop(self._chance.choice(sorted(self._gone)))
        self._orders[order.id] = order
        return "undelete"

    def _tell(self, order: Order) -> None:
        """Let the source know a new version of an order, at once or late."""
        late = self._chance.uniform(0, LATEST.total_seconds()) if self._strikes("late_commit") else 0
        before = self._told.get(order.id, [])
        seen_at = max([self.now + timedelta(seconds=late), *(one.seen_at for one in before)])
        told = replace(order, updated_at=self.now + self.skew, seen_at=seen_at)
        self._orders[order.id] = told
        self._told[order.id] = [*before[-3:], told]

    def _visible(self) -> list[Order]:
        """What the source tells of now: of each order that is there its newest version that is no longer late."""
        found = []
        for number in self._orders:
            versions = [one for one in self._told[number] if one.seen_at <= self.now]
            if versions:
                found.append(versions[-1])
        return found

    def answer(self, path: str, query: Mapping[str, Any], headers: Mapping[str, str]) -> Answer:
        """The source's answer to one request; ``Passing`` for what a network does."""
        self._fail()
        if path == "/login":
            self._token += 1
            self._token_left = self._chance.randint(2, 12)
            return self._reply({"access_token": f"token-{self._token}"})
        if self._strikes("token_expiry"):
            self._token_left = 0
        if headers.get("Authorization") != f"Bearer token-{self._token}" or self._token_left <= 0:
            return self._reply({"error": "token expired"}, 401)
        if not self.faults.get("token_expiry"):
            self._token_left = 1
        elif self.quiet:
            self._token_left = 2
        if self._last is not None and int(query.get("page", 1)) > 1 and self._strikes("duplicate_page"):
            return self._last
        return self._page(query)

    def _fail(self) -> None:
        if self._strikes("timeout"):
            raise Passing("no answer", "source_slow")
        if self._strikes("busy"):
            raise Passing("status 429", "source_failing", self._chance.choice((None, 1.0, 5.0)))
        if self._strikes("failing"):
            raise Passing("status 503", "source_failing")

    def _page(self, query: Mapping[str, Any]) -> Answer:
        number, size = int(query.get("page", 1)), int(query.get("size", 20))
        if number > 1 and self._strikes("page_shift"):
            self.step()
        since = datetime.fromisoformat(str(query["since"])) if query.get("since") else None
        found = [order for order in self._visible() if since is None or order.updated_at >= since]
        found.sort(key=lambda order: (order.updated_at, order.id))
        extra = {"colour": "red"} if self._strikes("drift") else {}
        page = [order.written(extra) for order in found[(number - 1) * size : number * size]]
        if self._strikes("out_of_order"):
            page += [
                old.written(extra)
                for order in found[(number - 1) * size : number * size]
                for old in self._told[order.id][:-1]
                if old.version < order.version
            ]
            self._chance.shuffle(page)
        body = {"orders": page, "total": len(found)}
        if self._strikes("html_login"):
            return self._reply(b"<html><title>log in</title></html>")
        if self._strikes("half_body"):
            return self._reply(json.dumps(body).encode()[: -self._chance.randint(1, 40)])
        self._last = self._reply(body)
        return self._last

    def _reply(self, body: Any, status: int = 200) -> Answer:
        written = body if isinstance(body, bytes) else json.dumps(body, ensure_ascii=False).encode()
        headers = {"content-type": "application/json", "date": format_datetime(self.now + self.skew, usegmt=True)}
        return Answer(status, headers, written, "chaos:")
