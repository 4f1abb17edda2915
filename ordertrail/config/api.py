"""The API put together with the rooms that stand beside it, which do not know each other."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from ordertrail.api import beside
from ordertrail.api.app import make, urls
from ordertrail.track.addresses import found
from ordertrail.track.gather import gather
from ordertrail.track.orders_filter import listing, orders_filter
from ordertrail.track.scope import seen
from ordertrail.track.timeline import Event, timeline


def _timeline(order: int, person: object) -> Sequence[Event]:
    told = gather(order, person)
    return timeline(told) if told else []


def _delivery(by: str, source: str, begin: date | None, end: date | None, person: object) -> beside.Deliveries:
    from ordertrail.boards.delivery import delivery  # opens the hub: not before it is asked

    return delivery(by, source, begin, end, person)


beside.use(
    beside.Beside(
        found=found, seen=seen, orders_filter=orders_filter, orders=listing, timeline=_timeline, delivery=_delivery
    )
)

api = make()
api_urls = urls(api)
