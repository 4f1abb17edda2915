"""Which lines of an order the lines of papers mean: by their reference, by their price, else by what is left of lines of one SKU."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from ordertrail.lib.money import piece_units
from ordertrail.orders.queries import LineFinder, LineKey

STATES = ("done", "posted", "draft", "cancelled")
"""What a paper may be: a draft takes only what the done ones leave, a cancelled one what drafts leave."""

Place = tuple[LineKey | None, int | None]
"""An order line (None: none that is known) and how much of a paper's line is of it."""


@dataclass(frozen=True, slots=True)
class Paper:
    """A shipment or an invoice: whose books it is in, and what puts it in its turn among them, whoever came first."""

    books: tuple[int, bool]
    state: str
    day: date | None
    number: str
    ref: str


@dataclass(frozen=True, slots=True)
class Piece:
    """A line of a paper, quantity in store units (negative: it came back). ``nth``: which it is among the paper's lines of that SKU;
    ``priced`` tells whether its price is that of an order line."""

    paper: Paper
    order: int | None
    ref: str
    sku: str
    qty: int | None
    nth: int
    priced: Callable[[LineKey], bool] | None = None


class Placing:
    """The places of all papers of some orders. ``reopens``: what is taken back may be put there again (bills, not goods)."""

    def __init__(self, lines: LineFinder, *, reopens: bool) -> None:
        self.lines, self.reopens = lines, reopens
        self.out: Counter[tuple[tuple[int, bool], int]] = Counter()
        self.back: Counter[tuple[tuple[int, bool], int]] = Counter()

    def take(self, books: tuple[int, bool], line: int, qty: int) -> None:
        """Note that ``qty`` of a line is taken in these books."""
        (self.out if qty > 0 else self.back)[books, line] += abs(qty)

    def places(self, pieces: Sequence[Piece]) -> list[list[Place]]:
        """The places of each piece, in the order of ``pieces``."""
        found: list[list[Place]] = [[] for _ in pieces]
        waiting = []
        for at, piece in enumerate(pieces):
            alike = self.lines.alike(piece.order, piece.ref, piece.sku)
            if len(alike) > 1 and piece.qty:
                sure = [line for line in alike if piece.priced(line)] if piece.priced else []
                waiting.append((self._turn(piece, sure=len(sure) == 1), at, sure if len(sure) == 1 else alike))
            else:
                line = alike[min(piece.nth, len(alike) - 1)] if alike else None
                found[at] = [(line, piece.qty)]
                if line and piece.qty and piece.order in self.lines.twins:
                    waiting.append((self._turn(piece, sure=True), at, [line]))
        for _, at, alike in sorted(waiting, key=lambda each: each[:2]):
            found[at] = list(self._fill(pieces[at].paper.books, alike, pieces[at].qty or 0))
        return found

    def _turn(self, piece: Piece, *, sure: bool) -> tuple[int, bool, bool, date, bool, str, str]:
        paper, back = piece.paper, (piece.qty or 0) < 0
        early = (STATES.index(paper.state), back and not self.reopens, not sure)
        return (*early, paper.day or date.max, back, paper.number, paper.ref)

    def _fill(self, books: tuple[int, bool], alike: Sequence[LineKey], qty: int) -> Iterator[Place]:
        """``qty`` over these lines in their order: first what is wanted of each, then what was ordered; the last takes what is over."""
        parts: Counter[int] = Counter()
        left = abs(qty)
        for cancelled in (True, False):
            for line in alike if len(alike) > 1 else ():
                part = max(0, min(left, self._room(books, line, back=qty < 0, cancelled=cancelled)))
                parts[line.id] += part
                left -= part
                self.take(books, line.id, part if qty > 0 else -part)
        parts[alike[-1].id] += left
        self.take(books, alike[-1].id, left if qty > 0 else -left)
        for line in alike:
            if parts[line.id]:
                yield line, parts[line.id] if qty > 0 else -parts[line.id]

    def _room(self, books: tuple[int, bool], line: LineKey, *, back: bool, cancelled: bool) -> int:
        out, returned = self.out[books, line.id], self.back[books, line.id]
        if back:
            return out - returned
        return line.qty - (line.cancelled if cancelled else 0) - out + (returned if self.reopens else 0)


def shared(amount: int, weights: Sequence[int], digits: int) -> list[int]:
    """``amount`` by these weights, HALF_UP to ``digits`` decimals; the last that has any takes what rounding leaves.

    >>> shared(7_500_000, [3_000_000, 4_500_000, 0], 2), shared(100, [1, 1, 1], 2), shared(100, [0, 0], 2)
    ([3000000, 4500000, 0], [0, 0, 100], [0, 100])
    """
    whole = sum(weights)
    last = max((place for place, weight in enumerate(weights) if weight), default=len(weights) - 1)
    parts = [piece_units(amount, weight, whole, digits) for weight in weights]
    parts[last] += amount - sum(parts)
    return parts
