"""Harbour Light Trading 港灯贸易: one true history, made day by day from a seed.

A ``Company`` is a queue of what people will do next. ``run_until`` lets them do it; each thing done may lead to others. The
same seed and day always give the same history, to the second.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from ordertrail.demo.customers import customers
from ordertrail.demo.products import PRODUCTS
from ordertrail.demo.truth import (
    Customer,
    History,
    Invoice,
    Opportunity,
    Order,
    OrderLine,
    Payment,
    Project,
    Shipment,
    WorkOrder,
)
from ordertrail.demo.workdays import Calendar, opening

FIXED_DAY = date(2026, 9, 16)
"""The day on which tests and stories stand."""

HISTORY_DAYS = 548
"""Calendar days of history: eighteen months."""

SLOW_WEEKS = 8
"""For so many weeks quality control has been the bottleneck."""

KEPT_FREE = frozenset(
    {"SO-2609-0012", "SO-2609-0015", "SO-2609-0027", "SH-2609-0021", "SH-2609-0024", "SH-2609-0029", "SH-2609-0034"}
    | {"INV-2609-0018", "INV-2609-0019", "INV-2609-0024", "PAY-2609-0007", "WO-2609-0031", "WO-2609-0038"}
    | {"WO-2609-0044", "XS2609-0012", "XS2609-0015", "XS2609-0027", "OPP-2608-031", "DN2609-0021"}
)
"""Numbers of the documents that stories tell of; no other document gets them."""

Step = Callable[..., None]
Document = Order | Shipment | Invoice | Payment | WorkOrder | Opportunity | Project
LineKey = tuple[int, int]


class Numbers:
    """Running numbers of each kind of document, from 1 in each month."""

    def __init__(self) -> None:
        self.last: dict[str, int] = {}

    def next(self, prefix: str, moment: datetime, digits: int = 4, dash: str = "-") -> str:
        """The next number such as "SO-2609-0013"."""
        stem = f"{prefix}{dash}{moment:%y%m}-"
        while True:
            self.last[stem] = self.last.get(stem, 0) + 1
            number = f"{stem}{self.last[stem]:0{digits}d}"
            if number not in KEPT_FREE:
                return number


@dataclass
class Progress:
    """What the people of the company remember while they work; counted from the documents, never written anywhere."""

    shipped: dict[LineKey, int] = field(default_factory=dict)
    billed: dict[LineKey, int] = field(default_factory=dict)
    packed: dict[LineKey, int] = field(default_factory=dict)  # on a shipment, shipped or not
    ready: dict[LineKey, int] = field(default_factory=dict)  # in stock for this order
    open: dict[str, Decimal] = field(default_factory=dict)  # invoice number -> what is still to be paid
    to_bill: dict[int, list[tuple[Shipment, Order, OrderLine]]] = field(default_factory=dict)  # by customer
    billing_planned: set[int] = field(default_factory=set)
    unpaid: dict[int, list[Invoice]] = field(default_factory=dict)  # by customer
    drafts: dict[tuple[int, str], Shipment] = field(default_factory=dict)  # outbound orders that still take goods
    expected: set[str] = field(default_factory=set)  # invoices whose payment is on its way


class Company:
    """The company at one moment. ``history`` is what has happened; ``touched`` what changed since it was last emptied.

    ``written`` turns the moment of the story into the moment that stands on the papers: the same, unless the company
    lives on before somebody's eyes (``demo.live``).
    """

    def __init__(self, today: date, seed: int, days: int = HISTORY_DAYS) -> None:
        self.today = today
        self.seed = seed
        self.days = days
        self.rng = Random(f"{seed} {today.isoformat()}")
        self.calendar = Calendar(today - timedelta(days=days + 60), today + timedelta(days=400))
        self.first_day = self.calendar.day_after(today - timedelta(days=days), 0)
        self.slow_from = opening(self.calendar.day_after(today - timedelta(weeks=SLOW_WEEKS), 0))
        self.history = History(customers=customers(self.rng), products=PRODUCTS)
        self.numbers = Numbers()
        self.progress = Progress()
        self.scripted: set[str] = set()  # orders and invoices of the told stories: nobody else works on them
        self.lied_about: dict[str, str] = {}  # order number -> code of the lie, oldest first
        self.living = False  # the past is written: it cannot be told otherwise any more
        self.moment = opening(self.first_day)
        self.written: Callable[[datetime], datetime] = lambda moment: moment
        self.touched: dict[str, dict[str, Any]] = {}
        self.mes_weeks: dict[date, dict[str, tuple[str, ...]]] = {}
        self._queue: list[tuple[datetime, int, Step, tuple[Any, ...]]] = []
        self._queued = 0

    @property
    def now(self) -> datetime:
        """The moment that people write on their papers."""
        return self.written(self.moment)

    def at(self, moment: datetime, step: Step, *what: Any) -> None:
        """Let ``step(company, *what)`` happen at ``moment`` of the story."""
        self._queued += 1
        heapq.heappush(self._queue, (max(moment, self.moment), self._queued, step, what))

    def in_days(self, working_days: float, step: Step, *what: Any) -> None:
        """Let ``step`` happen after so many working days."""
        self.at(self.calendar.later(self.moment, working_days), step, *what)

    def today_at(self, hour: int, minute: int, step: Step, *what: Any) -> None:
        """Let ``step`` happen later today, or at once where that time has passed."""
        self.at(self.moment.replace(hour=hour, minute=minute), step, *what)

    def run_until(self, moment: datetime) -> None:
        """Let happen all that comes before ``moment``."""
        while self._queue and self._queue[0][0] < moment:
            self.moment, _, step, what = heapq.heappop(self._queue)
            step(self, *what)
        self.moment = max(self.moment, moment)

    def order(self, number: str) -> Order:
        """The order with that number; LookupError if there is none."""
        for order in reversed(self.history.orders):
            if order.number == number:
                return order
        raise LookupError(number)

    def touch(self, kind: str, key: str, document: Document) -> None:
        """Note that ``document`` was made or changed."""
        self.touched.setdefault(kind, {})[key] = document

    def around(self, middle: float, spread: float = 0.45) -> float:
        """A waiting time in working days: mostly near ``middle``, now and then much longer."""
        return middle * self.rng.lognormvariate(0, spread)

    def pick_customer(self) -> Customer:
        """Somebody who buys, the frequent ones more often."""
        known = self.history.customers
        return self.rng.choices(known, [customer.habits.weight for customer in known])[0]
