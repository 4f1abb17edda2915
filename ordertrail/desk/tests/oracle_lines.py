"""The oracle's order lines: which of them the lines of papers are for (domain.md §1.4, §1.10).

By reference, by price where one line alone has it, else by what is left of the lines of that SKU, over all papers of one book in the
order of their days: first what is wanted, then what was ordered, and the last line takes what is over.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from fractions import Fraction
from typing import Any

from ordertrail.desk.tests.oracle import Agreed, Name
from ordertrail.desk.tests.oracle_money import amount_of, day_of
from ordertrail.desk.tests.oracle_order import Line, Order, divided

ZERO = Fraction(0)
Pointed = tuple[Any, Order | None, Line | None]


class Placed:
    """The lines of all papers of one kind with the order lines that they are for, by the paper's name. Bills (``money``) may bill
    again what was credited; goods that came back do not open their line again."""

    def __init__(self, money: bool, digits_of: Callable[[Agreed], int]) -> None:
        self.money, self.digits_of = money, digits_of
        self.out: dict[Any, Fraction] = defaultdict(Fraction)
        self.back: dict[Any, Fraction] = defaultdict(Fraction)

    def of(self, papers: Sequence[tuple[Agreed, Sequence[tuple[Any, Order | None]]]]) -> dict[Name, list[Pointed]]:
        found: dict[tuple[Name, int], list[Pointed]] = {}
        turns: list[tuple[Any, ...]] = []
        for thing, told_of in papers:
            seen: Counter[Any] = Counter()
            for place, (told, order) in enumerate(told_of):
                nth = seen[order, told.sku]
                seen[order, told.sku] += 1
                alike = order.alike(told.order_line, told.sku) if order else []
                if len(alike) > 1 and told.qty and self.money:
                    at_price = [line for line in alike if self.at_price(thing, told, order, line)]
                    alike = at_price if len(at_price) == 1 else alike
                found[thing.name, place] = [(told, order, alike[min(nth, len(alike) - 1)] if alike else None)]
                if alike and told.qty:
                    turns.append(
                        (self.turn(thing, told, place, sure=len(alike) == 1), thing, place, told, order, alike)
                    )
        for _, thing, place, told, order, alike in sorted(turns, key=lambda each: each[0]):
            parts = self.fill(thing, alike, self.sign(thing) * Fraction(told.qty))
            found[thing.name, place] = self.split(told, order, parts, self.digits_of(thing))
        return {
            thing.name: [one for place in range(len(told_of)) for one in found[thing.name, place]]
            for thing, told_of in papers
        }

    @staticmethod
    def sign(thing: Agreed) -> int:
        record = thing.record
        return (
            -1
            if (getattr(record, "direction", ""), getattr(record, "type", "")) in (("in", ""), ("", "credit_note"))
            else 1
        )

    def turn(self, thing: Agreed, told: Any, place: int, *, sure: bool) -> tuple[Any, ...]:
        record = thing.record
        back = self.sign(thing) * told.qty < 0
        day = record.invoice_date if self.money else day_of(record.shipped_at)
        passes = (("done", "posted", "draft", "cancelled").index(record.state), back and not self.money, not sure)
        return (*passes, day or date.max, back, record.number, record.ref, place)

    def at_price(self, thing: Agreed, told: Any, order: Order | None, line: Line) -> bool:
        if told.net is None and told.gross is None:
            return False
        digits = self.digits_of(thing)
        rate = line.rate if told.tax_rate is None else Fraction(told.tax_rate)
        bare = amount_of(replace(told, net=None, gross=None), order, line, rate, digits, gross=False)
        return amount_of(told, order, line, rate, digits, gross=False) == bare

    def fill(self, thing: Agreed, alike: list[Line], qty: Fraction) -> list[tuple[Line, Fraction]]:
        """Pours ``qty`` into the lines one after the other."""
        book, parts, left = (thing.name[0], thing.record.reported), dict.fromkeys(alike, ZERO), abs(qty)
        taken = self.out if qty > 0 else self.back

        def pour(line: Line, most: Fraction) -> None:
            nonlocal left
            part = max(ZERO, min(left, most))
            taken[book, line] += part
            parts[line] += part
            left -= part

        for ordered in (False, True):
            for line in alike:
                out, back = self.out[book, line], self.back[book, line]
                whole = line.qty if ordered else line.qty - line.cancelled
                pour(line, out - back if qty < 0 else whole - out + (back if self.money else ZERO))
        pour(alike[-1], left)
        return [(line, part if qty > 0 else -part) for line, part in parts.items() if part]

    @staticmethod
    def split(told: Any, order: Order | None, parts: list[tuple[Line, Fraction]], digits: int) -> list[Pointed]:
        """A line of a paper as one for each order line, its amounts by what these are worth."""
        if len(parts) == 1:
            return [(told, order, parts[0][0])]
        pieces = [replace(told, qty=abs(part) if told.qty > 0 else -abs(part)) for _, part in parts]
        for name in ("net", "gross"):
            if (amount := getattr(told, name, None)) is not None:
                bare = [replace(piece, net=None, gross=None) for piece in pieces]
                worth = [
                    abs(amount_of(piece, order, line, line.rate, digits, gross=False))
                    for piece, (line, _) in zip(bare, parts, strict=True)
                ]
                sizes = worth if any(worth) else [abs(part) for _, part in parts]
                shares = dict(divided(Fraction(amount), list(enumerate(sizes)), digits))
                pieces = [replace(piece, **{name: shares.get(n, ZERO)}) for n, piece in enumerate(pieces)]
        return [(piece, order, line) for piece, (line, _) in zip(pieces, parts, strict=True)]
