"""What the API asks of the rooms beside it, so that a call and the page of the same name cannot disagree.

Rooms of one level do not import each other; ``config.urls``, which knows them all, says here who answers.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol

from ordertrail.orders.listing import Listing
from ordertrail.web.filters import Filter, FilterSet


class Event(Protocol):
    """One thing that happened around an order (``track.timeline``)."""

    @property
    def at(self) -> datetime:
        """The instant, or the end of its day."""

    @property
    def day(self) -> date:
        """The local day."""

    @property
    def by_day(self) -> bool:
        """Whether only the day is known."""

    @property
    def learned_at(self) -> datetime:
        """When we learned it."""

    @property
    def activity(self) -> str:
        """What happened."""

    @property
    def kind(self) -> str:
        """The kind of its object."""

    @property
    def object(self) -> int:
        """The id of its object."""

    @property
    def number(self) -> str:
        """The number of its object."""

    @property
    def source(self) -> int | None:
        """The source that told it, by id."""

    @property
    def actor(self) -> str:
        """The person who did it, by name."""

    @property
    def detail(self) -> Mapping[str, Any]:
        """Quantities and amounts of it."""


class Delivered(Protocol):
    """One row of delivery statistics (``boards.delivery``)."""

    @property
    def key(self) -> str:
        """The country, vendor, mode or month; "" for the total."""

    @property
    def orders(self) -> int:
        """Orders."""

    @property
    def lines(self) -> int:
        """Shipment lines."""

    @property
    def shipments(self) -> int:
        """Shipments."""

    @property
    def late(self) -> int:
        """Lines delivered after their day."""


class Deliveries(Protocol):
    """Delivery statistics: rows by one key, and all of them together."""

    @property
    def rows(self) -> Sequence[Delivered]:
        """A row a key."""

    @property
    def total(self) -> Delivered:
        """All, each order, line and shipment once."""


@dataclass(frozen=True)
class Beside:
    """The functions that answer.

    ``found``: the ids that a number means; ``seen``: those of them that a person may see; ``orders_filter`` and ``orders``: the
    orders list; ``timeline``: the events around an order, oldest first; ``delivery``: by one key, of a source
    ("": all), from one day to another, of what a person may see.
    """

    found: Callable[[str, str], list[int]]
    seen: Callable[[str, Collection[int], object], set[int]]
    orders_filter: Callable[[], FilterSet]
    orders: Callable[[Filter, object], Listing]
    timeline: Callable[[int, object], Sequence[Event]]
    delivery: Callable[[str, str, date | None, date | None, object], Deliveries]


_known: list[Beside] = []


def use(beside: Beside) -> None:
    """Say who answers; the last one said does."""
    _known[:] = [beside]


def ask() -> Beside:
    """Who answers. LookupError before ``use``."""
    if not _known:
        raise LookupError("config.urls has not said who stands beside the API")
    return _known[0]
