"""Booking moves with their cost, by the product's method: the one way by which a row of ``Move`` is written.

A move of today is booked from what is there. One of an earlier day than moves that are booked already is booked at its place: what
follows it is counted through again, and every booked figure that comes out otherwise gets a ``CostAdjustment``, dated today. So what
is booked never changes, and booked + adjusted is always what counting all moves in the order of their days would give.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _

from ordertrail.catalog.models import CostMethod, Product
from ordertrail.lib import bulk, clock
from ordertrail.lib.money import piece_units
from ordertrail.lib.refused import Refused
from ordertrail.stock.balance import add_to_balances, on_hand_of
from ordertrail.stock.models import Average, CostAdjustment, Layer, LayerUse, Move, MoveKind
from ordertrail.stock.reading import (
    company_digits,
    later_moves,
    main_warehouse,
    newest_unit,
    open_piles,
    owed_before,
    unit_cost,
    uses_after,
)
from ordertrail.stock.rules import Pile, average_after, piece_back, take, unit_of, value_of

PRICED = frozenset({MoveKind.RECEIPT, MoveKind.OPENING, MoveKind.FOUND})
"""Incoming moves that may bring a price of their own; what comes back has the cost at which it went."""


MOST = 10**18
"""No product is there in such a quantity: beyond it sums would leave the store's 64 bits."""


@dataclass(slots=True)
class Entry:
    """A move to be booked: ``qty`` with its sign; ``unit_cost`` where it is told, ``value`` where it is known (what comes back).
    ``move`` is its id and ``value`` its cost once it is booked."""

    product: int
    typed: int
    kind: str
    qty: int
    unit_cost: int | None = None
    value: int | None = None
    document: int | None = None
    line: int | None = None
    order_line: int | None = None
    undoes: int | None = None
    move: int = 0


@dataclass(slots=True)
class Owed:
    """A quantity that went out before anything was there to take it from, at a cost that is only thought so."""

    move: int
    qty: int
    worth: int


@dataclass(slots=True)
class Written:
    """The rows that a booking writes beside its moves."""

    layers: list[tuple[Any, ...]] = field(default_factory=list)
    uses: list[tuple[Any, ...]] = field(default_factory=list)
    averages: list[tuple[Any, ...]] = field(default_factory=list)
    adjustments: list[tuple[Any, ...]] = field(default_factory=list)
    used_up: list[tuple[Any, ...]] = field(default_factory=list)


def book(entries: Sequence[Entry], *, day: date, at: datetime, by: int | None) -> None:
    """Write these moves of ``day`` in their order, with their cost and everything that follows from them."""
    if not entries:
        return
    for entry, pk in zip(entries, bulk.next_ids(Move, len(entries)), strict=True):
        entry.move = pk
    by_product: dict[int, list[Entry]] = defaultdict(list)
    for entry in entries:
        by_product[entry.product].append(entry)
    on_hand = on_hand_of(by_product)
    for pk, mine in by_product.items():
        if on_hand.get(pk, 0) + sum(max(entry.qty, 0) for entry in mine) >= MOST:
            raise Refused("too_large", _("So much of one product cannot be counted. Choose a larger unit for it."))
    written = Written()
    for product in Product.objects.in_bulk(list(by_product)).values():
        book_of = _FIFO if product.cost_method == CostMethod.FIFO else _Valued
        book_of(product, day, on_hand.get(product.pk, 0), written).run(by_product[product.pk])
    warehouse = main_warehouse()
    bulk.insert(
        Move,
        ("id", "product", "typed", "warehouse", "kind", "move_date", "at", "qty", "value", "unit_cost", "document", "line",
         "order_line", "undoes", "by"),
        [
            (e.move, e.product, e.typed, warehouse, str(e.kind), day, at, e.qty, e.value, e.unit_cost, e.document, e.line,
             e.order_line, e.undoes, by)
            for e in entries
        ],
    )  # fmt: skip
    add_to_balances([(entry.product, entry.qty) for entry in entries], day, warehouse)
    bulk.insert(Layer, ("move", "product", "layer_date", "qty", "value", "used_up"), written.layers)
    bulk.insert(LayerUse, ("layer", "move", "qty", "value"), written.uses)
    bulk.update(Layer, ("move", "used_up"), written.used_up)
    bulk.insert(Average, ("product", "move", "unit_cost"), written.averages)
    bulk.insert(CostAdjustment, ("move", "because", "adjustment_date", "value"), written.adjustments)


@dataclass(frozen=True, slots=True)
class Booked:
    """A move that is booked already; ``value`` with all its adjustments, ``told`` the price that it brought."""

    move: int
    kind: str
    qty: int
    value: int
    told: int | None
    undoes: int | None


class _Book:
    """The moves of one product from a day on: what is new at its place, and what was booked of later days after it."""

    def __init__(self, product: Product, day: date, on_hand: int, written: Written) -> None:
        self.product, self.day, self.written = product, day, written
        self.digits = company_digits()
        self.later = [Booked(*row) for row in later_moves(product.pk, day)]
        self.stock = on_hand - sum(move.qty for move in self.later)
        self.place = day if self.later else None
        self.quantities: dict[int, int] = {}
        self.back: dict[int, tuple[int, int]] = {}

    def run(self, entries: Sequence[Entry]) -> None:
        """Count through, then say what comes out otherwise than it was booked."""
        self.because = entries[0].move
        for entry in entries:
            if entry.qty > 0:
                entry.value = self.priced(entry)
                self.come(entry.move, entry.kind, entry.qty, entry.value, entry.unit_cost, new=True)
            else:
                self.go(entry.move, -entry.qty)
        for move in self.later:
            if move.qty > 0:
                self.come(move.move, move.kind, move.qty, self._again(move), move.told, new=False)
            else:
                self.quantities[move.move] = -move.qty
                self.go(move.move, -move.qty)
        for entry in entries:
            if entry.qty < 0:
                entry.value = -self.cost_of(entry.move)
        for move in self.later:
            if move.qty < 0:
                self.adjust(move.move, -self.cost_of(move.move) - move.value)
        self.close()

    def priced(self, entry: Entry) -> int:
        """What an incoming move is worth: what came back is known, what is new has a price, what was found the cost of the others."""
        if entry.value is not None:
            return entry.value
        unit = entry.unit_cost if entry.unit_cost is not None else self.unit_now()
        return value_of(entry.qty, unit, self.digits)

    def _again(self, move: Booked) -> int:
        """What a booked incoming move is worth now: its own price, or the cost of the issue that it undoes, where that is another."""
        if move.undoes is None or move.undoes not in self.quantities:
            return move.value
        qty, value = self.back.get(move.undoes, (0, 0))
        cost, whole = self.cost_of(move.undoes), self.quantities[move.undoes]
        part = piece_back(cost, whole, qty, value, move.qty, self.digits)
        self.back[move.undoes] = (qty + move.qty, value + part)
        self.adjust(move.move, part - move.value)
        return part

    def adjust(self, move: int, difference: int) -> None:
        """Write down by how much a booked move's value (with its sign) is another."""
        if difference:
            self.written.adjustments.append((move, self.because, clock.today(), difference))

    def unit_now(self) -> int:
        """What one costs at this place."""
        raise NotImplementedError

    def come(self, move: int, kind: str, qty: int, value: int, told: int | None, *, new: bool) -> None:
        """Goods come in."""
        raise NotImplementedError

    def go(self, move: int, qty: int) -> None:
        """Goods go out."""
        raise NotImplementedError

    def cost_of(self, move: int) -> int:
        """What an outgoing move that was counted through costs."""
        raise NotImplementedError

    def close(self) -> None:
        """Write what is left to say."""


class _Valued(_Book):
    """Moving average and standard cost: every piece costs the same, whenever it came."""

    def __init__(self, product: Product, day: date, on_hand: int, written: Written) -> None:
        super().__init__(product, day, on_hand, written)
        self.moving = product.cost_method == CostMethod.AVERAGE
        self.unit = unit_cost(product, self.place)
        self.costs: dict[int, int] = {}

    def unit_now(self) -> int:
        """The average, or the standard."""
        return self.unit

    def come(self, move: int, kind: str, qty: int, value: int, told: int | None, *, new: bool) -> None:
        """What is new and has a price moves the average; what comes back does not."""
        if self.moving and kind in PRICED and told is not None:
            self.unit = average_after(self.unit, self.stock, told, qty)
            self.written.averages.append((self.product.pk, move, self.unit))
        self.stock += qty

    def go(self, move: int, qty: int) -> None:
        """HALF_UP(qty × average)."""
        self.costs[move] = value_of(qty, self.unit, self.digits)
        self.stock -= qty

    def cost_of(self, move: int) -> int:
        """What it cost when it went."""
        return self.costs[move]


class _FIFO(_Book):
    """First in, first out: issues take piles by day and then id; what goes out of nothing is owed to the next that comes in."""

    def __init__(self, product: Product, day: date, on_hand: int, written: Written) -> None:
        super().__init__(product, day, on_hand, written)
        moves = [move.move for move in self.later]
        self.old = uses_after(product.pk, moves) if moves else {}
        self.piles = Shelf(self._before(moves) if moves else open_piles(product.pk))
        self.again: dict[int, Pile] = {}
        self.taken: dict[int, list[tuple[int, int, int]]] = defaultdict(list)
        self.owed: list[Owed] = []
        self.owing: dict[int, tuple[int, int]] = {}
        if self.stock < 0:
            self._owe()

    def _before(self, moves: Collection[int]) -> Iterator[Pile]:
        """The piles as they were before the later moves."""
        given: dict[int, tuple[int, int]] = {}
        for (pile, _move), (qty, value) in self.old.items():
            had = given.get(pile, (0, 0))
            given[pile] = (had[0] + qty, had[1] + value)
        gone = set(moves)
        for found in open_piles(self.product.pk, also=given):
            if found.move not in gone:
                qty, value = given.get(found.move, (0, 0))
                found.left += qty
                found.worth += value
                yield found

    def _owe(self) -> None:
        """What went out before this day out of nothing: the newest issues, as far as less than nothing was there."""
        paid_later = {move for _pile, move in self.old}
        for move, qty, base, cost in owed_before(self.product.pk, self.day, -self.stock, self.old):
            worth = (
                value_of(qty, newest_unit(self.product, self.place), self.digits) if move in paid_later else cost - base
            )
            self.owed.append(Owed(move, qty, worth))
            self.owing[move] = (base, cost)

    def unit_now(self) -> int:
        """What the piles cost on the whole, else the last one that came."""
        return unit_cost(self.product, self.place)

    def come(self, move: int, kind: str, qty: int, value: int, told: int | None, *, new: bool) -> None:
        """A new pile; what is owed is taken from it first, the oldest debt first."""
        pile = Pile(move, qty, value, qty, value)
        self.piles.add(pile)
        if not new:
            self.again[move] = pile
        while self.owed and pile.left:
            debt = self.owed[0]
            part = min(debt.qty, pile.left)
            self.taken[debt.move] += [(use.pile, use.qty, use.value) for use in take([pile], part, self.digits)[0]]
            debt.worth -= debt.worth if part == debt.qty else piece_units(debt.worth, part, debt.qty, self.digits)
            debt.qty -= part
            if not debt.qty:
                self.owed.pop(0)
        self.stock += qty

    def go(self, move: int, qty: int) -> None:
        """Take the oldest piles; what they lack is owed at the cost that is known."""
        uses, missing = take(self.piles, qty, self.digits)
        self.taken[move] += [(use.pile, use.qty, use.value) for use in uses]
        if missing:
            unit = self.piles.newest_unit()
            unit = newest_unit(self.product, self.place) if unit is None else unit
            self.owed.append(Owed(move, missing, value_of(missing, unit, self.digits)))
        self.stock -= qty

    def cost_of(self, move: int) -> int:
        """What it took, and what is owed for it yet."""
        owed = sum(debt.worth for debt in self.owed if debt.move == move)
        return sum(value for _pile, _qty, value in self.taken[move]) + owed

    def close(self) -> None:
        """Adjust old debts that are paid now, and write which pile gave what, as the difference to what was written before."""
        for owing, (base, cost) in self.owing.items():
            self.adjust(owing, cost - base - self.cost_of(owing))
        now: dict[tuple[int, int], tuple[int, int]] = {}
        for of, parts in self.taken.items():
            for source, qty, value in parts:
                had = now.get((source, of), (0, 0))
                now[source, of] = (had[0] + qty, had[1] + value)
        for key in sorted(self.old.keys() | now.keys()):
            (qty, value), (had_qty, had_value) = now.get(key, (0, 0)), self.old.get(key, (0, 0))
            if (qty, value) != (had_qty, had_value):
                self.written.uses.append((*key, qty - had_qty, value - had_value))
        for pile in self.piles.touched():
            used_up = pile.left <= 0
            if pile.move >= self.because:
                self.written.layers.append((pile.move, self.product.pk, self.day, pile.qty, pile.value, used_up))
            elif used_up != pile.shut or pile.move in self.again:
                self.written.used_up.append((pile.move, used_up))


class Shelf:
    """Piles in their order, read as far as they are asked for."""

    def __init__(self, source: Iterator[Pile]) -> None:
        self._loaded: list[Pile] = []
        self._added: list[Pile] = []
        self._source: Iterator[Pile] | None = source
        self._first = 0

    def __iter__(self) -> Iterator[Pile]:
        """Those with something left, the oldest first."""
        place = self._first
        while place < len(self._loaded) or self._more():
            pile = self._loaded[place]
            if pile.left > 0:
                yield pile
            if pile.left <= 0 and place == self._first:
                self._first += 1
            place += 1
        yield from (pile for pile in self._added if pile.left > 0)

    def add(self, pile: Pile) -> None:
        """Put a new pile behind all others, read or not."""
        self._added.append(pile)

    def newest_unit(self) -> int | None:
        """What one of the newest pile at hand costs; None where none is."""
        newest = next(reversed(self.touched()), None)
        return unit_of(newest.value, newest.qty) if newest else None

    def touched(self) -> list[Pile]:
        """Those that were read or added, in their order."""
        return [*self._loaded, *self._added]

    def _more(self) -> bool:
        found = next(self._source, None) if self._source is not None else None
        if found is None:
            self._source = None
            return False
        self._loaded.append(found)
        return True
