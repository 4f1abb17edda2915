"""How the promised day of an order moved: counted from the versions of its home and from what people did here; kept nowhere else."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from itertools import pairwise
from typing import Any

from ordertrail.track.gather import Gathered, Told
from ordertrail.track.timeline import in_force


@dataclass(frozen=True, slots=True)
class Moved:
    """One change of the promised day: ``by`` is a person, or the system that said it, ``why`` the reason where one was given."""

    at: datetime
    was: date | None
    now: date | None
    by: str
    why: str

    @property
    def days(self) -> int | None:
        """By how many days it moved, later above 0; None where there was no day before or is none after."""
        return (self.now - self.was).days if self.was and self.now else None


def moves(told: Gathered) -> tuple[Moved, ...]:
    """Every change of an order's promised day, the latest first."""
    return tuple(sorted((*_said(told), *_amended(told)), key=lambda move: move.at, reverse=True))


def _said(told: Gathered) -> Iterator[Moved]:
    """What the order's home changed after it first told of the order."""
    order = told.order
    source = told.sources[order.home_id].name
    for before, after in pairwise(in_force(told.versions.get(order.pk, ()))):
        was, now = _day(before), _day(after)
        if was != now:
            yield Moved(after.learned_at, was, now, source, "")


def _day(version: Told) -> date | None:
    return getattr(version.record, "promised_date", None)


def _amended(told: Gathered) -> Iterator[Moved]:
    """What people changed with an amendment."""
    for act in told.acts:
        moved: Any = act.detail.get("promised")
        if act.verb == "amend" and act.object == told.order.pk and moved:
            was, now = (date.fromisoformat(day) if day else None for day in moved)
            yield Moved(act.at, was, now, str(act.actor or ""), act.detail.get("reason", ""))
