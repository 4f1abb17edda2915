"""How fresh each source is: when it was last read well, and whether that is recent enough for its schedule."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Min, OuterRef, Subquery

from ordertrail.lib import clock
from ordertrail.records.models import Source
from ordertrail.sync.models import SyncRun

GRACE = timedelta(minutes=5)
"""What a run may take beyond its schedule before its source counts as stale."""
BY_HAND = timedelta(hours=25)
"""How long a source without a schedule (a file somebody brings) counts as fresh: a day, and an hour to bring it."""


@dataclass(frozen=True, slots=True)
class Freshness:
    """A source and the moment everything it had then is in; None while it was never read to the end."""

    source: Source
    as_of: datetime | None

    @property
    def fresh(self) -> bool:
        """Whether the last good run is recent enough: two rounds of its schedule."""
        return self.as_of is not None and clock.now() - self.as_of <= allowed(self.source)


def allowed(source: Source) -> timedelta:
    """How old the last good run of a source may be.

    >>> allowed(Source(every_minutes=10)), allowed(Source())
    (datetime.timedelta(seconds=1500), datetime.timedelta(days=1, seconds=3600))
    """
    return timedelta(minutes=2 * source.every_minutes) + GRACE if source.every_minutes else BY_HAND


def freshness() -> list[Freshness]:
    """Every active source with its last good run: one query."""
    good = SyncRun.objects.filter(source=OuterRef("pk"), state="done").order_by("-started_at")
    rows = Source.objects.filter(active=True).exclude(kind="desk").annotate(read_at=Subquery(good.values("as_of")[:1]))
    return [Freshness(source, source.read_at) for source in rows]


def first_heard() -> date | None:
    """The company's day on which a source was first read to its end; of earlier days nothing was heard; None while none was."""
    found: datetime | None = SyncRun.objects.filter(state="done").aggregate(first=Min("started_at"))["first"]
    return found.astimezone(clock.zone()).date() if found else None
