"""What may go on a shipment, what merges into one, and what is picked: pure integers in quantity units (10⁻⁶)."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple, TypeVar

from ordertrail.orders.standing import LineStanding

Doc = TypeVar("Doc", bound=Hashable)


class Key(NamedTuple):
    """What must agree for goods to travel together. Planned day and carrier keep nothing apart (domain.md §1.10)."""

    customer: Hashable
    ship_to: Hashable


def differing(keys: Iterable[Key]) -> str | None:
    """The first field in which keys differ; None where they agree.

    >>> differing([Key(1, "north"), Key(1, "south")]), differing([Key(1, "north"), Key(1, "north")])
    ('ship_to', None)
    """
    listed = list(keys)
    for place, field in enumerate(Key._fields):
        if len({key[place] for key in listed}) > 1:
            return field
    return None


def kept_apart(keys: Mapping[Doc, Key]) -> list[tuple[str, list[Doc]]]:
    """Which field keeps which documents apart: first all by the first field, then by the next those that still agree.

    >>> kept_apart({1: Key(1, "n"), 2: Key(1, "s"), 3: Key(2, "n")})
    [('customer', [1, 2, 3]), ('ship_to', [1, 2])]
    """
    found: list[tuple[str, list[Doc]]] = []
    alike: list[list[Doc]] = [list(keys)]
    for place, field in enumerate(Key._fields):
        parted: list[list[Doc]] = []
        for documents in alike:
            by_value: dict[Hashable, list[Doc]] = {}
            for document in documents:
                by_value.setdefault(keys[document][place], []).append(document)
            if len(by_value) > 1:
                found.append((field, documents))
            parted += by_value.values()
        alike = parted
    return found


def most_now(line: LineStanding, here: int = 0) -> int:
    """The most that a draft may hold of a line: what tolerance lets out, less what is on other drafts; ``here`` is on this one.

    >>> line = LineStanding(1, 1, 1, 1, "A", False, False, 10, 0, 0, 0, over_tolerance=500_000, shipped=2, on_shipments=7)
    >>> most_now(line), most_now(line, here=7)
    (6, 13)
    """
    return 0 if line.service else max(line.most - line.shipped - (line.on_shipments - here), 0)


def why_not(line: LineStanding, qty: int, here: int = 0) -> str | None:
    """The code with which ``qty`` of a line is refused on a draft that holds ``here`` of it already; None where it may go.

    >>> line = LineStanding(1, 1, 1, 1, "A", False, False, 10, 0, 0, 0, on_shipments=7)
    >>> why_not(line, 3), why_not(line, 4), why_not(line, 11), why_not(line, 8, here=7)
    (None, 'on_draft', 'over_delivery', None)
    """
    if qty <= most_now(line, here):
        return None
    return "over_delivery" if line.service or qty > line.most - line.shipped else "on_draft"


def after_shipping(line: LineStanding, drafted: int, qty: int) -> LineStanding:
    """The line when ``qty`` of the ``drafted`` has gone out with its draft.

    >>> line = LineStanding(1, 1, 1, 1, "A", False, False, 10, 0, 0, 0, on_shipments=10, reserved=8)
    >>> gone = after_shipping(line, 10, 6)
    >>> gone.to_ship, gone.undrafted, gone.reserved
    (4, 4, 2)
    """
    return replace(
        line,
        shipped=line.shipped + qty,
        on_shipments=line.on_shipments - drafted,
        reserved=max(line.reserved - qty, 0),
    )


def lowered(open_qty: int, drafts: Iterable[tuple[int, int]]) -> dict[int, int]:
    """New quantities of draft rows, given as (id, quantity) newest first, so that together they hold no more than is open.

    >>> lowered(5, [(9, 3), (7, 4)]), lowered(1, [(9, 3), (7, 4)]), lowered(9, [(9, 3), (7, 4)])
    ({9: 1}, {9: 0, 7: 1}, {})
    """
    rows = list(drafts)
    excess = sum(qty for _, qty in rows) - max(open_qty, 0)
    found = {}
    for row, qty in rows:
        if excess <= 0:
            break
        part = min(qty, excess)
        excess -= part
        found[row] = qty - part
    return found


def spread(qty: int, lines: Iterable[tuple[int, int]]) -> tuple[dict[int, int], int]:
    """How ``qty`` that was taken off the shelf falls to lines, given as (id, what is still to pick): the first ones first; and what is
    too much.

    >>> spread(6, [(1, 5), (2, 5)]), spread(11, [(1, 10)])
    (({1: 5, 2: 1}, 0), ({1: 10}, 1))
    """
    found = {}
    for line, missing in lines:
        if (part := min(qty, missing)) > 0:
            found[line] = part
            qty -= part
    return found, qty


class Out(NamedTuple):
    """What is still out of one shipment's line: its quantity less what came back of it."""

    line: int
    shipment: int
    left: int


def undone(qty: int, outs: Sequence[Out], shipment: int | None = None) -> dict[int, int] | None:
    """Which shipment lines a return of ``qty`` undoes, the latest first (``outs`` stand in the order of shipping), or those of the
    ``shipment`` that is named; None where less is out.

    >>> outs = [Out(11, 1, 5), Out(21, 2, 4)]
    >>> undone(6, outs), undone(3, outs, shipment=1), undone(6, outs, shipment=1), undone(10, outs)
    ({21: 4, 11: 2}, {11: 3}, None, None)
    """
    fits = [(out.line, out.left) for out in reversed(outs) if shipment in (None, out.shipment)]
    found, missing = spread(qty, fits)
    return None if missing else found
