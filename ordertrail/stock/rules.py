"""What pieces of stock cost: pure integers in store units (money 10⁻⁴, quantities and unit costs 10⁻⁶; domain.md §1.6, §1.10)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ordertrail.lib.money import half_up_div, piece_units


@dataclass(slots=True)
class Pile:
    """What one incoming move brought: ``qty`` and ``value`` in all, ``left`` and ``worth`` of it still there; ``shut``: its row says
    that nothing is left."""

    move: int
    qty: int
    value: int
    left: int
    worth: int
    shut: bool = False


@dataclass(frozen=True, slots=True)
class Use:
    """A part of a pile that an outgoing move took, with its cost."""

    pile: int
    qty: int
    value: int


def value_of(qty: int, unit_cost: int, digits: int) -> int:
    """HALF_UP(qty × unit cost), rounded to the currency's ``digits``.

    >>> value_of(8_000_000, 10_000_000, 2), value_of(3_000_000, 333_333, 2)
    (800000, 10000)
    """
    step: int = 10 ** (4 - digits)
    return half_up_div(qty * unit_cost, 10**8 * step) * step


def unit_of(value: int, qty: int) -> int:
    """What one costs out of ``qty`` that are worth ``value``, with 6 decimals; 0 of nothing.

    >>> unit_of(3_300_000, 5_000_000)
    66000000
    """
    if not qty:
        return 0
    return half_up_div((value if qty > 0 else -value) * 10**8, abs(qty))


def average_after(average: int, stock: int, unit_cost: int, qty: int) -> int:
    """The moving average after ``qty`` came in at ``unit_cost``; where less than nothing was there, the price of what came in holds.

    >>> average_after(0, 0, 10_000_000, 8_000_000), average_after(10_000_000, 8_000_000, 16_000_000, 4_000_000)
    (10000000, 12000000)
    >>> average_after(12_000_000, 2_000_000, 6_000_000, 2_000_000), average_after(12_000_000, -5_000_000, 7_000_000, 2_000_000)
    (9000000, 7000000)
    """
    if stock < 0 or stock + qty <= 0:
        return unit_cost
    return half_up_div(average * stock + unit_cost * qty, stock + qty)


def take(piles: Iterable[Pile], qty: int, digits: int) -> tuple[list[Use], int]:
    """Take ``qty`` out of ``piles``, the first one first; returns what was taken of which, and what no pile could give.

    A piece takes HALF_UP(value × q / pile quantity), the last one of a pile what is left of its value.

    >>> piles = [Pile(1, 8_000_000, 800_000, 8_000_000, 800_000), Pile(2, 4_000_000, 640_000, 4_000_000, 640_000)]
    >>> uses, missing = take(piles, 10_000_000, 2)
    >>> [(use.pile, use.value) for use in uses], missing, piles[1].worth
    ([(1, 800000), (2, 320000)], 0, 320000)
    """
    uses = []
    for pile in piles:
        if qty <= 0:
            break
        if pile.left <= 0:
            continue
        part = min(qty, pile.left)
        value = pile.worth if part == pile.left else piece_units(pile.value, part, pile.qty, digits)
        pile.left -= part
        pile.worth -= value
        qty -= part
        uses.append(Use(pile.move, part, value))
    return uses, max(qty, 0)


def piece_back(cost: int, qty: int, back_qty: int, back_value: int, part: int, digits: int) -> int:
    """What ``part`` of an issue of ``qty`` at ``cost`` is worth when it comes back after ``back_qty`` worth ``back_value`` did: its
    piece of the cost, and the last piece the residual.

    >>> piece_back(100_000, 3_000_000, 0, 0, 1_000_000, 2), piece_back(100_000, 3_000_000, 2_000_000, 66_600, 1_000_000, 2)
    (33300, 33400)
    """
    if part == qty - back_qty:
        return cost - back_value
    return piece_units(cost, part, qty, digits)


def to_end(left: int, held: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Which reservations, given as (id, quantity) newest first, end so that ``left`` units are freed: (id, quantity that ends).

    >>> to_end(5, [(9, 3), (7, 4)])
    [(9, 3), (7, 2)]
    """
    ended = []
    for row, qty in held:
        if left <= 0:
            break
        part = min(left, qty)
        left -= part
        ended.append((row, part))
    return ended
