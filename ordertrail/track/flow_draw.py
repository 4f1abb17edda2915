"""The picture of a net: where each box and each band stands. Pure; the template makes the SVG of it, the sheet its colours.

Bands stack at a box, so that what comes in and what goes out can be seen to be the same. All lengths are tenths of a unit of the view
box, whole numbers. A band that passes a column without stopping there has a slot in it, so that it runs behind no box.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from itertools import pairwise

from ordertrail.track.flow_net import Box, Net, Strand

WIDE, GAP, TOP, TALLEST = 1480, 820, 300, 2600
BETWEEN, PADDING, THINNEST = 160, 120, 20
ROOMY, DENSE, MANY = 580, 240, 10
"""The least height of a box, in a column of few and in one of more than ``MANY`` boxes."""
SIGNS = 18
"""So many Latin letters of a number fit into a box; a Han sign counts two."""
COLOURS = 6


def units(tenths: int) -> str:
    """Tenths as SVG wants them.

    >>> units(1480), units(1485), units(-5)
    ('148', '148.5', '-0.5')
    """
    sign, figure = ("-" if tenths < 0 else ""), abs(tenths)
    return f"{sign}{figure // 10}" + (f".{figure % 10}" if figure % 10 else "")


def clipped(text: str, most: int = SIGNS) -> str:
    """As much of a text as fits.

    >>> clipped("SO-2609-0012"), clipped("SO-2609-0012-AND-MORE"), clipped("远帆船舶用品有限公司")
    ('SO-2609-0012', 'SO-2609-0012-AND-M…', '远帆船舶用品有限公…')
    """
    width, kept = 0, ""
    for sign in text:
        width += 2 if sign > "\u2e80" else 1
        if width > most:
            return kept + "…"
        kept += sign
    return text


@dataclass(slots=True)
class Item:
    """A box, or the slot of a band that passes by, as it stands in its column."""

    column: int
    height: int
    box: Box | None = None
    thick: int = 0
    y: int = 0
    came: list[Leg] = field(default_factory=list)
    went: list[Leg] = field(default_factory=list)

    @property
    def middle(self) -> int:
        """The height of its middle."""
        return self.y + self.height // 2


@dataclass(slots=True)
class Leg:
    """A band between two neighbouring columns: where its upper edge leaves and where it arrives."""

    source: Item
    target: Item
    thick: int
    begin: int = 0
    end: int = 0


@dataclass(frozen=True, slots=True)
class Drawn:
    """A box as it is drawn, with as many lines of text as have room."""

    box: Box
    x: str
    y: str
    width: str
    height: str
    text_x: str
    texts: tuple[str, ...]
    name: str


@dataclass(frozen=True, slots=True)
class Band:
    """A band as it is drawn, and where its figure stands ("" where it has no room)."""

    strand: Strand
    path: str
    colour: int
    label_x: str
    label_y: str


@dataclass(frozen=True, slots=True)
class Picture:
    """All of it; ``heads`` are the columns that there are, each with the place of its head."""

    width: str
    height: str
    heads: tuple[tuple[int, str], ...]
    boxes: tuple[Drawn, ...]
    bands: tuple[Band, ...]
    columns: int


def draw(net: Net, by: str) -> Picture:
    """The picture of a net, bands as wide as their ``by``: "money" or "qty"."""
    used = sorted({box.column for box in net.boxes})
    place = {column: at for at, column in enumerate(used)}
    thick = _thickness(net, by)
    items = _items(net, place, thick)
    legs, slots = _legs(net, items, place, thick)
    columns: list[list[Item]] = [[] for _ in used]
    for item in [*items.values(), *slots]:
        columns[item.column].append(item)
    height = _stand(columns)
    _ports(columns)
    bands = tuple(_band(strand, legs[strand.place]) for strand in net.strands)
    kept = _roomy(bands, legs, net)
    return Picture(
        units(_x(len(used) - 1) + WIDE + 20),
        units(height),
        tuple((column, units(_x(at))) for column, at in place.items()),
        tuple(_drawn(item) for item in items.values()),
        tuple(band if strand.place in kept else Band(strand, band.path, band.colour, "", "")
              for strand, band in zip(net.strands, bands, strict=True)),
        len(used),
    )  # fmt: skip


def _x(at: int) -> int:
    return at * (WIDE + GAP)


def _sizes(net: Net, by: str) -> dict[int, int]:
    """What each strand's width is made of; where only money flows, by quantity, the part that it is of its box's quantity."""
    if by == "money":
        return {one.place: max(one.amount_units, 0) for one in net.strands}
    both = [one for one in net.strands if one.qty_units > 0]
    qty, money = sum(one.qty_units for one in both), sum(one.amount_units for one in both)
    found = {}
    for one in net.strands:
        size = one.qty_units
        if not size and one.source.came[0] and one.source.came[1]:
            size = one.amount_units * one.source.came[0] // one.source.came[1]
        elif not size and money:
            size = one.amount_units * qty // money
        found[one.place] = max(size, 0)
    return found


def _thickness(net: Net, by: str) -> dict[int, int]:
    """How thick each strand is: the fullest column is ``TALLEST``, and the least of them can still be seen."""
    sizes = _sizes(net, by)
    sums: dict[tuple[int, bool], int] = defaultdict(int)
    for one in net.strands:
        sums[one.source.column, True] += sizes[one.place]
        sums[one.target.column, False] += sizes[one.place]
    most = max(sums.values(), default=0) or 1
    return {place: max(THINNEST, size * TALLEST // most) for place, size in sizes.items()}


def _items(net: Net, place: dict[int, int], thick: dict[int, int]) -> dict[str, Item]:
    came: dict[str, int] = defaultdict(int)
    went: dict[str, int] = defaultdict(int)
    for one in net.strands:
        came[one.target.id] += thick[one.place]
        went[one.source.id] += thick[one.place]
    many = max((sum(box.column == column for box in net.boxes) for column in place), default=0) > MANY
    least = DENSE if many else ROOMY
    return {
        box.id: Item(place[box.column], max(least, max(came[box.id], went[box.id]) + PADDING), box,
                     max(came[box.id], went[box.id]))
        for box in net.boxes
    }  # fmt: skip


def _legs(
    net: Net, items: dict[str, Item], place: dict[int, int], thick: dict[int, int]
) -> tuple[dict[int, list[Leg]], list[Item]]:
    """Each strand as a chain from column to column, through slots where it passes by."""
    chains: dict[int, list[Leg]] = {}
    slots: list[Item] = []
    for one in net.strands:
        height = thick[one.place]
        stops = [items[one.source.id]]
        for column in range(place[one.source.column] + 1, place[one.target.column]):
            slots.append(Item(column, height, thick=height))
            stops.append(slots[-1])
        stops.append(items[one.target.id])
        chains[one.place] = [Leg(first, then, height) for first, then in pairwise(stops)]
        for leg in chains[one.place]:
            leg.source.went.append(leg)
            leg.target.came.append(leg)
    return chains, slots


def _stand(columns: list[list[Item]]) -> int:
    """Put the items of each column below each other, as high as what they come from; of two from one place what is open first."""
    lowest = []
    for column in columns:
        column.sort(key=lambda item: (_height_of_sources(item), not _leads_to_open(item)))
        y = TOP
        for item in column:
            item.y = y
            y += item.height + BETWEEN
        lowest.append(y - BETWEEN)
    height = max(lowest, default=TOP)
    for column, end in zip(columns, lowest, strict=True):
        for item in column:
            item.y += (height - end) // 2
    return height + 20


def _leads_to_open(item: Item) -> bool:
    """Whether it is open, or the slot of a band that ends in what is open."""
    while item.box is None:
        item = item.went[0].target
    return item.box.open


def _height_of_sources(item: Item) -> int:
    """The mean height of what it comes from; of the first column nothing, so that orders stay in their order."""
    weight = sum(leg.thick for leg in item.came)
    return sum(leg.source.middle * leg.thick for leg in item.came) // weight if weight else 0


def _ports(columns: list[list[Item]]) -> None:
    """Where each band leaves and arrives: in the order in which the other ends stand, around the middle of the item."""
    for item in (one for column in columns for one in column):
        item.went.sort(key=lambda leg: leg.target.middle)
        item.came.sort(key=lambda leg: leg.source.middle)
        y = item.middle - sum(leg.thick for leg in item.went) // 2
        for leg in item.went:
            leg.begin, y = y, y + leg.thick
        y = item.middle - sum(leg.thick for leg in item.came) // 2
        for leg in item.came:
            leg.end, y = y, y + leg.thick


def _band(strand: Strand, legs: list[Leg]) -> Band:
    """The outline of a band: along its upper edge, and back along the lower one."""
    upper, lower = "", ""
    for at, leg in enumerate(legs):
        left, right = _x(leg.source.column) + WIDE, _x(leg.target.column)
        begin, end, middle = units(left), units(right), units((left + right) // 2)
        y, to = units(leg.begin), units(leg.end)
        upper += f"{'L' if at else 'M'}{begin} {y}C{middle} {y} {middle} {to} {end} {to}"
        y, to = units(leg.begin + leg.thick), units(leg.end + leg.thick)
        lower = f"L{end} {to}C{middle} {to} {middle} {y} {begin} {y}{lower}"
    first = legs[0]
    label_x = (_x(first.source.column) + WIDE + _x(first.target.column)) // 2
    label_y = (first.begin + first.end + first.thick) // 2 + 40
    return Band(strand, f"{upper}{lower}Z", strand.order.place % COLOURS, units(label_x), units(label_y))


def _roomy(bands: tuple[Band, ...], legs: dict[int, list[Leg]], net: Net) -> set[int]:
    """The strands whose figure can be written without touching another's, the widest first."""
    taken: dict[int, list[int]] = defaultdict(list)
    kept = set()
    for strand in sorted(net.strands, key=lambda one: -legs[one.place][0].thick):
        leg = legs[strand.place][0]
        y = (leg.begin + leg.end + leg.thick) // 2
        if all(abs(y - other) >= 140 for other in taken[leg.source.column]):
            taken[leg.source.column].append(y)
            kept.add(strand.place)
    return kept


def _drawn(item: Item) -> Drawn:
    box = item.box
    if box is None:
        raise ValueError("a slot is not drawn")
    rows = 3 if item.height >= ROOMY else 1
    first = item.middle - (rows - 1) * 85 + 40
    return Drawn(
        box, units(_x(item.column)), units(item.y), units(WIDE), units(item.height), units(_x(item.column) + 100),
        tuple(units(first + at * 170) for at in range(rows)), clipped(box.number),
    )  # fmt: skip
