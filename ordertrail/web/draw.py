"""Small drawings as numbers: lines, ages, runs and the ruler of an order's life. Pure; the tags make the SVG of them.

Widths are percent of the drawing or units of its view box; nothing here knows a colour.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from ordertrail.lib.money import half_up

Number = Decimal | int
SPARK_WIDTH, SPARK_HEIGHT = 120, 30


def plain(value: Number, digits: int = 1) -> str:
    """A number as SVG wants it: a point, no zeros at the end.

    >>> plain(Decimal("100.00"), 2), plain(Decimal("24.649"), 2)
    ('100', '24.65')
    """
    return f"{half_up(Decimal(value), digits).normalize():f}"


def line(values: Sequence[Number], low: Number, high: Number) -> str:
    """The path of a line through ``values`` from left to right, ``high`` at the top.

    >>> line([1, 3, 2], 1, 3)
    'M0 27L58 3L116 15'
    """
    step = Decimal(SPARK_WIDTH - 4) / max(1, len(values) - 1)
    span = Decimal(high) - low or Decimal(1)
    points = (
        f"{plain(at * step)} {plain(3 + (SPARK_HEIGHT - 6) * (1 - (Decimal(value) - low) / span))}"
        for at, value in enumerate(values)
    )
    return "M" + "L".join(points)


@dataclass(frozen=True)
class Spark:
    """A line, the surface below it, and the line of the period before ("" when there is none)."""

    line: str
    surface: str
    before: str


def spark(values: Sequence[Number], before: Sequence[Number] = ()) -> Spark | None:
    """The drawing of a tile's history; None below two values, since one point is no history.

    >>> spark([1, 2]).surface
    'M0 27L116 3L116 30L0 30Z'
    >>> spark([1]) is None
    True
    """
    if len(values) < 2:
        return None
    everything = [*values, *before]
    low, high = min(everything), max(everything)
    path = line(values, low, high)
    surface = f"{path}L{SPARK_WIDTH - 4} {SPARK_HEIGHT}L0 {SPARK_HEIGHT}Z"
    return Spark(path, surface, line(before, low, high) if len(before) > 1 else "")


@dataclass(frozen=True)
class Piece:
    """A piece of a bar: where it begins and how wide it is, in percent, and which of the parts it is."""

    part: int
    x: str
    width: str


def pieces(values: Sequence[Number], gap: Decimal = Decimal("0.4")) -> list[Piece]:
    """``values`` beside each other as parts of 100 percent, with a small gap.

    >>> [(piece.x, piece.width) for piece in pieces([1, 0, 3])]
    [('0', '24.6'), ('25', '74.6')]
    """
    total = sum(map(Decimal, values), Decimal(0))
    found: list[Piece] = []
    x = Decimal(0)
    for part, value in enumerate(values):
        width = Decimal(value) / total * 100 if total else Decimal(0)
        if width:
            found.append(Piece(part, plain(x, 2), plain(max(Decimal(0), width - gap), 2)))
        x += width
    return found


@dataclass(frozen=True)
class Step:
    """A step of an order's life: how long it waited and how long it was worked on, in one unit."""

    name: str
    waited: Decimal
    worked: Decimal


@dataclass(frozen=True)
class Segment:
    """A step on the ruler, in percent of the whole: two stretches, the cut after them, and its word where there is room."""

    waited_x: str
    waited: str
    worked_x: str
    worked: str
    end: str
    middle: str
    label: str


def ruler(steps: Sequence[Step], total: Decimal) -> tuple[list[Segment], str, str]:
    """The segments of ``steps`` to scale, and the stretch since the last one (begin and width in percent).

    >>> segments, rest_x, rest = ruler([Step("Confirmed", Decimal(3), Decimal(1))], Decimal(5))
    >>> segments[0].worked_x, segments[0].end, segments[0].label, rest_x, rest
    ('60', '80', 'Confirmed 4.0', '80', '20')
    """
    at = Decimal(0)
    found = []
    for step in steps:
        both = step.waited + step.worked
        label = f"{step.name} {half_up(both, 1)}"
        roomy = total and both / total * 100 >= _signs(label) * Decimal("0.7")
        segment = Segment(
            waited_x=_share(at, total),
            waited=_share(step.waited, total),
            worked_x=_share(at + step.waited, total),
            worked=_share(step.worked, total),
            end=_share(at + both, total),
            middle=_share(at + both / 2, total),
            label=label if roomy else "",
        )
        found.append(segment)
        at += both
    return found, _share(at, total), _share(max(Decimal(0), total - at), total)


def _signs(label: str) -> int:
    """How wide a label is, in Latin letters; a Han sign counts two."""
    return sum(2 if sign > "\u2e80" else 1 for sign in label)


def _share(value: Decimal, total: Decimal) -> str:
    return plain(value / total * 100 if total else Decimal(0), 2)
