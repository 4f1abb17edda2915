"""What one source says of one fact of one order, and how the sources' words stand beside the agreed value: pure, no database."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal

from ordertrail.lib.money import MONEY_SCALE, QTY_SCALE, from_units, piece_units, tax_units

FACTS = ("ordered", "promised", "finished", "shipped", "arrived", "invoiced", "paid", "state")
"""Every fact that sources are asked about, in the order in which it is shown."""

FAMILY = {"shipped": "goods", "arrived": "goods", "invoiced": "invoice", "paid": "money", "finished": "production"}
"""The family of ranks and scopes that decides who is believed; the other facts are the order's own."""

IN_MONEY = {"invoiced", "paid"}
"""Facts that agree or not by their amounts; the others by their values."""

ENDED = {"cancelled", "closed", "gone"}
"""States of an order in which nothing more is to happen."""

Value = Decimal | date | str | None


@dataclass(frozen=True, slots=True)
class Claim:
    """One cell: what ``source`` (an id) says of ``fact``. ``value`` is a quantity, a day, a state, or for "paid" the amount;
    ``amount`` is gross in the order's currency where it is known.

    ``document`` and ``number`` are those of the newest of ``documents`` papers that it sums; ``silent``: it has none, and its
    scope says that this means 0 (``document`` is 0, ``as_of`` when the source was last read). ``by_line`` holds the quantities
    by order line id; ``whole`` is False where a part of it belongs to no known line. ``by_paper`` holds the figure by group;
    ``own_papers_only``: its scope says that a paper that it does not have means nothing (the delivery note comes a day later).
    ``began``: since when its papers say so.
    """

    order: int
    fact: str
    source: int
    value: Value
    amount: Decimal | None
    document: int
    number: str
    documents: int
    as_of: datetime
    silent: bool = False
    reported: bool = False  # a bare figure of an order, no paper
    by_line: Mapping[int, Decimal] = field(default_factory=dict)
    whole: bool = True
    by_paper: Mapping[int, Decimal] = field(default_factory=dict)
    own_papers_only: bool = False
    began: datetime | None = None


@dataclass(frozen=True, slots=True)
class FactRow:
    """One fact of one order: the agreed value (the one in ``OrderStatus``) beside one claim for each source that speaks.

    ``believed`` is the source whose cell is framed, ``off`` are the sources whose claims contradict the agreed value. Then
    ``against`` is the claim that is furthest from it, ``gap`` how far (its quantity or amount less the agreed one, in days
    for days, its word for states), and ``money`` the gross amount of the difference in the order's currency.
    """

    fact: str
    agreed: Value
    agreed_amount: Decimal | None
    believed: int | None
    claims: tuple[Claim, ...]
    agrees: bool
    off: tuple[int, ...] = ()
    against: Claim | None = None
    gap: Decimal | int | str | None = None
    money: Decimal | None = None

    def of(self, source: int) -> Claim | None:
        """What ``source`` says, None where it does not speak."""
        return next((claim for claim in self.claims if claim.source == source), None)


@dataclass(frozen=True, slots=True)
class LineAmount:
    """What is needed to price a part of an order line: its amount (gross where prices include tax), in store units."""

    amount: int
    qty: int
    tax_rate: int


@dataclass(frozen=True, slots=True)
class OrderFrame:
    """What an order itself gives to the comparison: its agreed figures, its lines, how its money is rounded."""

    order: int
    home: int
    currency: str
    digits: int
    prices_include_tax: bool
    agreed: Mapping[str, Value]
    amounts: Mapping[str, Decimal]
    believed: Mapping[str, int | None]
    lines: Mapping[int, LineAmount]

    def gross(self, by_line: Mapping[int, Decimal]) -> Decimal:
        """G(q): one document over these quantities of the order's lines, tax rounded once a rate (domain.md §1.10)."""
        by_rate: dict[int, int] = {}
        for line, qty in by_line.items():
            if (told := self.lines.get(line)) is not None:
                units = int(qty * QTY_SCALE)
                part = told.amount if units == told.qty else piece_units(told.amount, units, told.qty, self.digits)
                by_rate[told.tax_rate] = by_rate.get(told.tax_rate, 0) + part
        taxed = (0 if self.prices_include_tax else tax_units(net, rate, self.digits) for rate, net in by_rate.items())
        return from_units(sum(by_rate.values()) + sum(taxed), MONEY_SCALE)


def fact_row(frame: OrderFrame, fact: str, claims: Sequence[Claim]) -> FactRow:
    """``claims`` (by source position) of one fact beside the agreed value."""
    agreed, amount = frame.agreed[fact], frame.amounts.get(fact)
    believed = frame.believed.get(fact)
    row = FactRow(fact, agreed, amount, believed, tuple(claims), agrees=True)
    off = [claim for claim in claims if claim.source != believed and not _same(row, claim)]
    if not off:
        return row
    against = max(off, key=lambda claim: (_distance(row, claim), -claim.source))
    sources = tuple(claim.source for claim in off)
    gap, money = gap_of(row, against), money_of(frame, row, against)
    return replace(row, agrees=False, off=sources, against=against, gap=gap, money=money)


def line_gap(row: FactRow, claim: Claim) -> dict[int, Decimal]:
    """By how much the claim's quantity of each line differs from that of the believed source; lines that agree are left out."""
    own = row.of(row.believed) if row.believed is not None else None
    agreed = own.by_line if own is not None else {}
    lines = {*claim.by_line, *agreed}
    zero = Decimal(0)
    return {line: gap for line in lines if (gap := claim.by_line.get(line, zero) - agreed.get(line, zero))}


def _same(row: FactRow, claim: Claim) -> bool:
    if row.fact == "state":
        return (claim.value in ENDED) == (row.agreed in ENDED)
    own = row.of(row.believed) if row.believed is not None else None
    if own is not None and _within(claim, own):
        return True
    if row.fact in IN_MONEY and claim.amount is not None:
        return claim.amount == row.agreed_amount
    if claim.value is None or row.agreed is None:
        return True
    by_lines = claim.whole and (own is None or own.whole) and bool(claim.by_line)
    return claim.value == row.agreed and not (by_lines and line_gap(row, claim))


def _within(claim: Claim, own: Claim) -> bool:
    """Whether each paper of ``claim`` is one of the believed source's with the same figure, and what is missing may be missing."""
    papers = claim.by_paper.items()
    return claim.own_papers_only and bool(papers) and all(own.by_paper.get(paper) == figure for paper, figure in papers)


def _distance(row: FactRow, claim: Claim) -> Decimal:
    gap = gap_of(row, claim)
    return Decimal(1) if gap is None or isinstance(gap, str) else abs(Decimal(gap))


def gap_of(row: FactRow, claim: Claim) -> Decimal | int | str | None:
    """How far ``claim`` is from the agreed value (see ``FactRow.gap``)."""
    if row.fact in IN_MONEY and claim.amount is not None and row.agreed_amount is not None:
        return claim.amount - row.agreed_amount
    if isinstance(claim.value, date) and isinstance(row.agreed, date):
        return (claim.value - row.agreed).days
    if isinstance(claim.value, Decimal) and isinstance(row.agreed, Decimal):
        return claim.value - row.agreed or sum(map(abs, line_gap(row, claim).values()), Decimal(0))
    return str(claim.value) if claim.value is not None else None


def money_of(frame: OrderFrame, row: FactRow, claim: Claim) -> Decimal | None:
    """The gross amount by which ``claim`` differs: of the quantities that differ line by line, or of the amounts."""
    if row.fact in IN_MONEY:
        told, agreed = claim.amount, row.agreed_amount
        return None if told is None or agreed is None else abs(told - agreed)
    if row.fact == "state":
        return frame.amounts.get("ordered")
    if not isinstance(claim.value, Decimal):
        return None
    return frame.gross({line: abs(gap) for line, gap in line_gap(row, claim).items()})
