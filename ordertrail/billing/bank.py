"""Bank statements, pure: what a file says, by which key a line is known again, and which open amounts add up to a sum."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import sha256

MOST_OPEN = 24
"""Open invoices, the oldest due first, among which a sum is looked for."""
MOST_PARTS = 6
"""Invoices that one sum may be made of."""
MOST_STEPS = 200_000
"""Steps after which a search for a sum ends without an answer."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of a bank's file. ``amount``: money units (10⁻⁴), above 0 for money in, below for money out; ``bank_id``: "" where the
    bank gives none; ``row``: its place in the file from 1."""

    row: int
    day: date
    amount: int
    currency: str
    payer: str = ""
    text: str = ""
    bank_id: str = ""


@dataclass(frozen=True, slots=True)
class Told:
    """What a bank's file says of one account, in the order of the file. ``format``: "table", "ofx" or "camt"."""

    account: str
    format: str
    entries: tuple[Entry, ...]


def keyed(entries: Iterable[Entry]) -> dict[str, Entry]:
    """Entries of one account by a key that is the same in every file that holds them, whatever period it covers.

    With an id of the bank: that, the amount (a bank gives a transfer and its fee one number) and the place among entries that differ
    in day, payer or text (some banks number batches); one that is the same throughout is one, however often it stands there.
    Without: day, amount, currency, payer, text and the place among equal ones.

    >>> one = Entry(1, date(2026, 9, 16), 10_000, "CNY", "A", "t")
    >>> len(keyed([one, one])), len(keyed([Entry(1, one.day, 5, "CNY", bank_id="x")] * 2))
    (2, 1)
    """
    found: dict[str, Entry] = {}
    seen: Counter[tuple[object, ...]] = Counter()
    numbered: dict[tuple[object, ...], dict[tuple[object, ...], int]] = {}
    for entry in entries:
        if entry.bank_id:
            number = (entry.bank_id, entry.amount, entry.currency)
            told, alike = (entry.day, entry.payer, entry.text), numbered.setdefault(number, {})
            parts: tuple[object, ...] = ("id", *number, alike.setdefault(told, len(alike)))
        else:
            same = (entry.day, entry.amount, entry.currency, entry.payer, entry.text)
            seen[same] += 1
            parts = ("row", *same, seen[same])
        found.setdefault(sha256("\x1f".join(map(str, parts)).encode()).hexdigest(), entry)
    return found


@dataclass(frozen=True, slots=True)
class Sums:
    """The ways found (at most two) in which amounts add up to a sum, each as the places of the amounts; ``searched`` is False where the
    search ended before all were tried."""

    ways: tuple[tuple[int, ...], ...]
    searched: bool = True


def adding_up(amounts: Sequence[int], wanted: int) -> Sums:
    """Which of these amounts (above 0) make ``wanted`` exactly, the fewest first; two ways are enough to know that it is not sure.

    >>> adding_up([904, 226, 130], 1130).ways, adding_up([100, 100], 100).ways, adding_up([5], 4).ways
    (((0, 1),), ((0,), (1,)), ())
    """
    values = list(amounts[:MOST_OPEN])
    steps = MOST_STEPS
    ways: list[tuple[int, ...]] = []

    def look(start: int, left: int, more: int, taken: tuple[int, ...]) -> None:
        nonlocal steps
        for place in range(start, len(values)):
            steps -= 1
            if steps < 0 or len(ways) > 1:
                return
            rest = left - values[place]
            if rest == 0 and more == 1:
                ways.append((*taken, place))
            elif rest > 0 and more > 1:
                look(place + 1, rest, more - 1, (*taken, place))

    for parts in range(1, MOST_PARTS + 1):
        look(0, wanted, parts, ())
        if ways or steps < 0:
            break
    return Sums(tuple(ways), steps >= 0 and len(amounts) <= MOST_OPEN)
