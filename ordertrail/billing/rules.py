"""How money is divided: pure integers in money units (10⁻⁴ of the currency's unit)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import TypeVar

from ordertrail.lib.money import half_up_div, tax_units
from ordertrail.lib.numbers import number_key

Named = TypeVar("Named", str, tuple[str, int, str])
"""What an order is called while money is divided: its number, and its source and ref where several have that number."""


def invoice_shares(
    lines: Iterable[tuple[Named | None, int, int]],
    total: int,
    digits: int,
    *,
    include_tax_gross: Mapping[Named | None, int] | None = None,
) -> dict[Named, int]:
    """Each order's gross share of an invoice whose ``lines`` are (order, net, tax rate): rounded like a document of its own,
    the last order by number as text takes the residual, so that shares sum to ``total`` (domain.md §1.5, §1.10). What names no order
    (None: freight, a charge on the whole document) falls to the orders pro rata by gross. Empty where no line names an order.

    E3: two orders of 100, one with 50 % off, tax 0.

    >>> invoice_shares([("A", 1_000_000, 0), ("B", 500_000, 0)], 1_500_000, 2)
    {'A': 1000000, 'B': 500000}
    >>> invoice_shares([("A", 4_000_000, 130_000), ("B", 4_000_000, 130_000)], 9_040_000, 2)
    {'A': 4520000, 'B': 4520000}

    Freight of 113.00 on both.

    >>> invoice_shares([("A", 4_000_000, 130_000), ("B", 2_000_000, 130_000), (None, 1_000_000, 130_000)], 7_910_000, 2)
    {'A': 5273300, 'B': 2636700}
    """
    nets: dict[Named | None, dict[int, int]] = {}
    for number, net, rate in lines:
        by_rate = nets.setdefault(number, {})
        by_rate[rate] = by_rate.get(rate, 0) + net
    gross = {
        number: sum(net + tax_units(net, rate, digits) for rate, net in by_rate.items())
        for number, by_rate in nets.items()
    }
    if include_tax_gross is not None:
        gross = {number: include_tax_gross.get(number, 0) for number in gross}
    freight = gross.pop(None, 0)
    shares: dict[Named, int] = {number: gross[number] for number in sorted(n for n in gross if n is not None)}
    parts = payment_shares(freight, list(shares.items()), digits)
    shares = {number: share + parts.get(number, 0) for number, share in shares.items()}
    if shares:
        shares[max(shares)] += total - sum(shares.values())
    return shares


def payment_shares(amount: int, opens: Sequence[tuple[Named, int]], digits: int) -> dict[Named, int]:
    """How ``amount`` settles orders with these (order, open part of the invoice): amount × open / Σ open, HALF_UP, by number, the
    last of those that have something open takes the residual (domain.md §1.10, money). Empty when nothing is open.

    E2: 500.00 on an invoice of A 452.00 + B 452.00.

    >>> payment_shares(5_000_000, [("A", 4_520_000), ("B", 4_520_000)], 2)
    {'A': 2500000, 'B': 2500000}
    >>> payment_shares(1_000_000, [("A", 1), ("B", 1), ("C", 1)], 2)
    {'A': 333300, 'B': 333300, 'C': 333400}
    >>> payment_shares(1_000_000, [("A", 1), ("B", 2), ("C", 0)], 2)
    {'A': 333300, 'B': 666700}
    """
    opens = [(number, part) for number, part in opens if part]
    whole = sum(part for _, part in opens)
    if not whole:
        return {}
    step = 10 ** (4 - digits)
    sign = 1 if whole > 0 else -1
    ordered = sorted(opens)
    shares = {number: half_up_div(sign * amount * part, sign * whole * step) * step for number, part in ordered}
    shares[ordered[-1][0]] += amount - sum(shares.values())
    return shares


def within(amount: int, room: int) -> int:
    """As much of ``amount`` as there is ``room`` for; none where the room is on the other side of zero.

    Of 110.00 on an invoice of 100.00 the rest is the customer's credit.

    >>> within(1_100_000, 1_000_000), within(-5, -9), within(5, -9), within(5, 0)
    (1000000, -5, 0, 0)
    """
    if (amount < 0) != (room < 0):
        return 0
    return max(amount, room) if room < 0 else min(amount, room)


def line_paid(amount: int, lines: Iterable[tuple[int, int]], digits: int) -> dict[int, int]:
    """How an order's ``amount`` on one invoice (its paid part, or its whole share) falls to the order's lines there.

    ``lines`` are (line number, gross billed): amount × gross / Σ gross, HALF_UP, by line number, the last takes the residual
    (api.md §4: the rule for orders, over lines). A line billed twice counts with its sum; empty when nothing is billed.

    >>> line_paid(960_000, [(1, 2_260_000)], 2)
    {1: 960000}
    >>> line_paid(1_000_000, [(2, 100), (1, 100), (3, 50), (3, 50)], 2)
    {1: 333300, 2: 333300, 3: 333400}
    """
    gross: dict[int, int] = {}
    for line, part in lines:
        gross[line] = gross.get(line, 0) + part
    whole = sum(gross.values())
    if not whole:
        return {}
    step = 10 ** (4 - digits)
    sign = 1 if whole > 0 else -1
    parts = {
        line: half_up_div(sign * amount * part, sign * whole * step) * step for line, part in sorted(gross.items())
    }
    parts[max(parts)] += amount - sum(parts.values())
    return parts


_NUMBER = re.compile(r"[A-Za-z]{1,8}[-_/ ]?\d[\dA-Za-z_/-]{2,}")


def numbers_in(text: str) -> list[str]:
    """Keys of what looks like document numbers in a payer's free text, in the order of reading.

    >>> numbers_in("货款 INV-2609-0024，SO-2609-0027 谢谢 138001380")
    ['INV26090024', 'SO26090027']
    """
    return list(dict.fromkeys(number_key(found) for found in _NUMBER.findall(text)))


_SHORT = re.compile(r"(?<![A-Za-z0-9])[A-Za-z]{1,8}[-_/]?\d{1,2}(?![A-Za-z0-9])")
_WORD = re.compile(r"(?i)(?:invoice|no|nr|order|bill|[a-z]+(?=\s))\s?(\d+)$")
_AMOUNT = re.compile(
    r"(?i)(?:[¥$€£]|CNY|RMB|USD|EUR)\s*\d[\d.,]*|\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+\.\d+"
    r"|\d+\s*(?:[元块塊万萬%年月日件个個台套箱]|yuan|CNY|RMB|USD|EUR|pcs|kg)"
)
_FIGURE = re.compile(r"(?<![A-Za-z0-9+])\d+(?:[-/.:]\d+)*(?![A-Za-z0-9])")
_NO_NUMBER = re.compile(r"1[3-9]\d{9}|0\d{9,11}|(?:19|20)\d\d")
"""Mobile phones, telephones with their area code, years."""


def guesses_in(text: str, amount: Decimal) -> tuple[list[str], list[str]]:
    """Keys of what may be document numbers in a payer's free text though it does not look like one: a prefix with a short figure, and
    bare figures from three digits on where no better number stands beside them. No dates, telephones or amounts, nor ``amount`` itself,
    which is what is paid.

    >>> guesses_in("invoice 5567, INV-1", Decimal(100)), guesses_in("货款 发票5567、5568 共1,130.00元", Decimal(1130))
    ((['INV1'], ['5567']), ([], ['5567', '5568']))
    >>> guesses_in("1130 2026-09-15 20260915 260915 0574-87654321 13800138000 ¥800 100件 12", Decimal("1130.00"))
    ([], [])
    >>> guesses_in("INV-2609-0024 5567", Decimal(100))
    ([], [])
    """
    text = unicodedata.normalize("NFKC", text)
    sure = [found.group() for found in _NUMBER.finditer(text)]
    rest = _AMOUNT.sub(" ", _NUMBER.sub(" ; ", text))
    words = [found.group(1) for name in sure if (found := _WORD.match(name))]
    bare = (
        []
        if len(words) < len(sure)
        else [*words, *(found.group() for found in _FIGURE.finditer(_SHORT.sub(" ", rest)))]
    )
    figures = [figure for figure in bare if figure.isdigit() and _may_be_a_number(figure, amount)]
    return list(dict.fromkeys(map(number_key, _SHORT.findall(rest)))), list(dict.fromkeys(figures))


def _may_be_a_number(figure: str, amount: Decimal) -> bool:
    return not (len(figure) < 3 or _NO_NUMBER.fullmatch(figure) or Decimal(figure) == amount or any(_days(figure)))


def _days(figure: str) -> Iterator[date]:
    """The day that a figure may stand for: 20260915 or 260915."""
    if len(figure) in (6, 8):
        full = figure if len(figure) == 8 else f"20{figure}"
        year, month, day = int(full[:4]), int(full[4:6]), int(full[6:])
        if 1900 < year < 2100 and 1 <= month <= 12 and 1 <= day <= 31:
            yield date(year, month, min(day, 28))
