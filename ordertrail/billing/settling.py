"""Which invoices a payment settles, and what is taken back first: pure integers in money units."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from ordertrail.billing.rules import Named, payment_shares
from ordertrail.lib.money import half_up_div


class Steps(NamedTuple):
    """What a default allocation comes to: amounts for invoices one after the other (a credit note's is negative), and what is left of
    the money."""

    parts: list[tuple[int, int]]
    rest: int


def spread(money: int, invoices: Iterable[tuple[int, int]], notes: Iterable[tuple[int, int]] = ()) -> Steps:
    """The default allocation (domain.md §1.10): ``invoices`` (id, open) in their order take the money; then credit notes (id, open,
    negative) are taken in, in their order, as far as the invoices still open need them.

    E12: 3000 on 1000 and 2000; 1400 on both with a credit note of 1600; 3100 leaves 100.

    >>> spread(3_000, [(1, 1_000), (2, 2_000)])
    Steps(parts=[(1, 1000), (2, 2000)], rest=0)
    >>> spread(1_400, [(1, 1_000), (2, 2_000)], [(3, -1_600)])
    Steps(parts=[(1, 1000), (2, 400), (3, -1600), (2, 1600)], rest=0)
    >>> spread(3_100, [(1, 1_000), (2, 2_000)], [(3, -1_600)])
    Steps(parts=[(1, 1000), (2, 2000)], rest=100)
    >>> spread(1_000, [(1, 1_000), (2, 500)], [(3, -100), (4, -600)])
    Steps(parts=[(1, 1000), (3, -100), (2, 100), (4, -400), (2, 400)], rest=0)
    """
    parts: list[tuple[int, int]] = []
    needs: list[tuple[int, int]] = []
    for invoice, still in invoices:
        taken = min(money, still)
        money -= taken
        if taken:
            parts.append((invoice, taken))
        if taken < still:
            needs.append((invoice, still - taken))
    for note, still in notes:
        left = -still
        for place, (invoice, need) in enumerate(needs):
            taken = min(left, need)
            if taken:
                left -= taken
                needs[place] = (invoice, need - taken)
                parts += [(note, -taken), (invoice, taken)]
    return Steps(parts, money)


def shared(amount: int, opens: Iterable[tuple[Named, int]], digits: int) -> dict[Named, int]:
    """How an allocation counts for the orders that have something open on the invoice (``billing.rules.payment_shares``).

    E2, and what comes after it when B has paid all of its part.

    >>> shared(5_000_000, [("A", 4_520_000), ("B", 4_520_000)], 2)
    {'A': 2500000, 'B': 2500000}
    >>> shared(1_000_000, [("A", 2_020_000), ("B", 0)], 2)
    {'A': 1000000}
    """
    parts = payment_shares(amount, [(name, still) for name, still in opens if still], digits)
    return {name: part for name, part in parts.items() if part}


def newest_back(amount: int, allocations: Sequence[tuple[int, int]]) -> dict[int, int]:
    """What to take back of each allocation, given as (id, amount) from the oldest to the newest: the newest first.

    >>> newest_back(70, [(1, 50), (2, 30), (3, 40)])
    {3: 40, 2: 30}
    >>> newest_back(-30, [(1, -50)])
    {1: -30}
    """
    sign = -1 if amount < 0 else 1
    rest = abs(amount)
    found: dict[int, int] = {}
    for pk, part in reversed(allocations):
        taken = min(rest, sign * part)
        if taken > 0:
            found[pk] = sign * taken
            rest -= taken
    return found


def part_back(amount: int, shares: Sequence[tuple[Named, int]], digits: int) -> dict[Named, int]:
    """What a part of a shared allocation takes from each order's share: pro rata, the last takes the residual.

    >>> part_back(1_000_000, [("A", 2_500_000), ("B", 2_500_000)], 2)
    {'A': 500000, 'B': 500000}
    """
    return payment_shares(amount, shares, digits)


def set_off(shares: Mapping[int, int], opens: Mapping[int, int]) -> dict[int, int]:
    """What a credit note (its orders' shares, negative) reduces of each order's open part of one invoice: never another order's.

    >>> set_off({1: -2_260_000}, {1: 1_300_000, 2: 900_000}), set_off({1: -100}, {1: 0, 2: 900})
    ({1: 1300000}, {})
    """
    found = {order: min(-share, opens.get(order, 0)) for order, share in shares.items()}
    return {order: amount for order, amount in found.items() if amount > 0}


def creditable(billed: Sequence[tuple[int, int, int]], unnamed: int) -> dict[int, int]:
    """What may still be taken back of each invoice line of one order line, given from the oldest to the newest as (id, quantity billed,
    quantity credited by name): what came back without naming an invoice counts against the newest first.

    >>> creditable([(1, 6, 1), (2, 4, 0)], 5)
    {1: 4, 2: 0}
    """
    left = {}
    for pk, qty, credited in reversed(billed):
        taken = min(unnamed, qty - credited)
        unnamed -= taken
        left[pk] = qty - credited - taken
    return dict(sorted(left.items()))


def exchange(amount: int, paid_rate: int, billed_rate: int, digits: int) -> int:
    """Gain (or negative, loss) in the company's currency where ``amount`` was billed at one rate and paid at another (10⁻⁶); each of
    the two amounts is rounded once.

    >>> exchange(1_000_000, 7_300_000, 7_100_000, 2)
    200000
    """
    step: int = 10 ** (4 - digits)
    paid, billed = (half_up_div(amount * rate, 10**6 * step) * step for rate in (paid_rate, billed_rate))
    return paid - billed
