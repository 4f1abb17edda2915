"""Since when a document says what it says, where that was long before we heard it.

While a source is followed, we hear of a change minutes after it: then what a document says began when we learned it. A first load
brings years at once: then the document's own change time tells, or the day that it bears, or a disagreement of last month would be
as young as one of this morning.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

from ordertrail.billing.models import Invoice, Payment
from ordertrail.lib import bulk
from ordertrail.lib.clock import zone
from ordertrail.lib.moments import moment
from ordertrail.shipping.models import Shipment
from ordertrail.work.models import WorkOrder

HEARD_LATE = timedelta(days=1)
"""What is at least so much older than when we learned it was there before we listened."""


def began(learned_at: datetime, version: str, last_seq: int, day: Any) -> datetime:
    """When a document's words began: learned at ``learned_at`` with its own ``version``, as its ``last_seq``-th words; ``day`` is
    the one that it bears (its goods left, its money came), which tells of its first words alone. A day begins at midnight.

    >>> from datetime import UTC
    >>> noon = datetime(2026, 9, 16, 4, tzinfo=UTC)
    >>> began(noon, "2026-09-02T01:30:00.000000Z", 3, None).isoformat(), began(noon, "00000000000000000007", 1, None) == noon
    ('2026-09-02T01:30:00+00:00', True)
    >>> began(noon, "", 1, date(2026, 9, 2)).date().isoformat(), began(noon, "", 2, date(2026, 9, 2)) == noon
    ('2026-09-02', True)
    >>> began(noon, "2026-09-16T03:58:00.000000Z", 1, None) == began(noon, "2099-01-01T00:00:00.000000Z", 1, None) == noon
    True
    """
    own = _told(version) or (day if last_seq == 1 else None)
    if isinstance(own, str):
        own = date.fromisoformat(own)
    end = moment(own)[0]  # of the day, where it is one
    if own is None or end is None or learned_at - end < HEARD_LATE:
        return learned_at
    return end if isinstance(own, datetime) else datetime.combine(own, time(), tzinfo=zone())


def _told(version: str) -> date | datetime | None:
    """The instant or day in a version that is a change time."""
    if version[4:5] != "-":
        return None
    try:
        return datetime.fromisoformat(version) if len(version) > 10 else date.fromisoformat(version)
    except ValueError:
        return None


_DAYS = (
    (Payment, "paid_date"),
    (Invoice, "invoice_date"),
    (Shipment, "shipped_date"),
    (WorkOrder, "COALESCE(finished_date, start_date)"),
)


def own_day(document: str) -> str:
    """SQL for the day that the paper with the id ``document`` bears; NULL where it bears none, or is an order."""
    return f"COALESCE({', '.join(f'(SELECT {day} FROM {bulk.table(of)} WHERE id = {document})' for of, day in _DAYS)})"
