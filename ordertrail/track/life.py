"""The life of an order over all systems, measured: steps, waiting and working days. Pure; ``steps.py`` knows the documents.

Days are working days (Monday to Friday; the first day is not counted), because most events are known only by their day
(architecture.md §5). The stretches of a life add up to its whole.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from ordertrail.lib.workdays import workdays

REST = ""
"""The key of the stretch from the last event to today."""


@dataclass(frozen=True, slots=True)
class Span:
    """When a step happened: ``points`` are days on which it came forward, ``works`` stretches in which it was worked on (an
    open one has no end)."""

    key: str
    points: tuple[date, ...] = ()
    works: tuple[tuple[date, date | None], ...] = ()

    def days(self) -> set[date]:
        """Every day that means something to the step."""
        return {*self.points, *(day for work in self.works for day in work if day is not None)}


@dataclass(frozen=True, slots=True)
class Stretch:
    """So many working days of waiting (for step ``key``) or of work on it, from ``begin`` to ``end``."""

    key: str
    working: bool
    begin: date
    end: date
    days: int


def stretches(spans: Sequence[Span], today: date, *, going: bool) -> list[Stretch]:
    """The life cut at every event, in order of time; ``spans`` stand in the order of steps. With ``going`` it lasts until today.

    A stretch in which some step was worked on is work on the first such step; any other is waiting for the step that comes at
    its end. Neighbours alike are one.

    E19: ordered on a Friday, made from Tuesday on and not finished, shipped and billed the Monday after.

    >>> told = [Span("order", (date(2026, 9, 4),)), Span("production", works=((date(2026, 9, 8), None),)),
    ...         Span("shipped", (date(2026, 9, 14),))]
    >>> [(s.key, s.working, s.days) for s in stretches(told, date(2026, 9, 16), going=True)]
    [('production', False, 2), ('production', True, 6)]
    """
    last = today if going else max((day for span in spans for day in span.days()), default=today)
    days = {day for span in spans for day in span.days() if day <= last}
    found: list[Stretch] = []
    for begin, end in pairwise(sorted(days | {last} if days else days)):
        worked = next((span.key for span in spans if _worked(span, begin, end, last)), None)
        key = worked if worked is not None else next((s.key for s in spans if end in s.days()), REST)
        stretch = Stretch(key, worked is not None, begin, end, workdays(begin, end))
        before = found[-1] if found else None
        if before and (before.key, before.working) == (stretch.key, stretch.working):
            found[-1] = Stretch(key, before.working, before.begin, end, before.days + stretch.days)
        else:
            found.append(stretch)
    return found


def _worked(span: Span, begin: date, end: date, last: date) -> bool:
    return any(start <= begin and end <= (stop or last) for start, stop in span.works)


@dataclass(frozen=True, slots=True)
class Measure:
    """The whole life in working days, and of each step how long it waited and was worked on."""

    total: int
    waited: int
    worked: int
    rest: int
    stretches: tuple[Stretch, ...]

    def of(self, key: str) -> tuple[int, int]:
        """Waiting and working days of a step."""
        mine = [stretch for stretch in self.stretches if stretch.key == key]
        return sum(s.days for s in mine if not s.working), sum(s.days for s in mine if s.working)


def measure(spans: Sequence[Span], today: date, *, going: bool) -> Measure:
    """``stretches`` with their sums: total = waited + worked + rest (since the last progress)."""
    cut = tuple(stretches(spans, today, going=going))
    rest = sum(s.days for s in cut if s.key == REST)
    worked = sum(s.days for s in cut if s.working)
    total = sum(s.days for s in cut)
    return Measure(total, total - worked - rest, worked, rest, cut)


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch on the ruler, in percent of the whole, with its word where there is room."""

    x: str
    width: str
    middle: str
    working: bool
    rest: bool
    label: str
    title: str


def ruler(measured: Measure, words: dict[str, str]) -> list[Segment]:
    """The stretches to scale; ``words`` name the steps.

    >>> told = measure([Span("order", (date(2026, 9, 7),)), Span("paid", (date(2026, 9, 9),))], date(2026, 9, 11), going=True)
    >>> [(s.x, s.width, s.rest, s.label) for s in ruler(told, {"paid": "Paid", "": "since"})]
    [('0', '50', False, 'Paid 2'), ('50', '50', True, 'since 2')]
    """
    found, at = [], 0
    for stretch in measured.stretches:
        if stretch.days:
            label = f"{words.get(stretch.key, '')} {stretch.days}".strip()
            roomy = _signs(label) * measured.total <= stretch.days * SIGNS
            found.append(
                Segment(
                    _percent(at, measured.total),
                    _percent(stretch.days, measured.total),
                    _percent(2 * at + stretch.days, 2 * measured.total),
                    stretch.working,
                    stretch.key == REST,
                    label if roomy else "",
                    label,
                )
            )
            at += stretch.days
    return found


SIGNS = 125
"""How many Latin letters of a label fit side by side on the ruler."""


def _signs(label: str) -> int:
    """How wide a label is, in Latin letters; a Han sign counts two."""
    return sum(2 if sign > "\u2e80" else 1 for sign in label)


def _percent(part: int, whole: int) -> str:
    units = (part * 10000 * 2 + whole) // (2 * whole)
    return f"{units // 100}.{units % 100:02}".rstrip("0").rstrip(".")
