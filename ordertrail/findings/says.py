"""Who says what: for each fact of an order one cell a source, beside the value that is agreed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from django.db.models import Max

from ordertrail.desk.agree import Beliefs
from ordertrail.findings.claims import FACTS, FAMILY, IN_MONEY, Claim, FactRow, LineAmount, OrderFrame, Value, fact_row
from ordertrail.findings.heard import Heard, Paper, Word, hear
from ordertrail.lib import bulk
from ordertrail.lib.money import MONEY_SCALE, QTY_SCALE, from_units, to_units
from ordertrail.orders.models import Order, OrderStatus
from ordertrail.orders.rules import line_amounts, net_units
from ordertrail.records.models import Batch
from ordertrail.records.shapes import OrderRecord

__all__ = ["Claim", "FactRow", "says"]

ZERO = Decimal(0)


def says(orders: Collection[int]) -> dict[int, tuple[FactRow, ...]]:
    """The facts of each of these orders with what every source says of them, by a fixed number of queries.

    Orders that do not exist are left out. The claim of the believed source always equals the agreed value, which is that of
    ``OrderStatus`` ("paid" counts deposits too: money that came for the order, with an invoice or without).
    """
    return read(orders).rows


@dataclass(frozen=True, slots=True)
class Spoken:
    """``rows`` as ``says`` gives them, with what they were made of: checks look at both."""

    beliefs: Beliefs
    heard: Heard
    frames: dict[int, OrderFrame]
    rows: dict[int, tuple[FactRow, ...]]


def read(orders: Collection[int]) -> Spoken:
    """Read and compare what is said of these orders."""
    orders = list(orders)
    beliefs = Beliefs.now()
    heard = hear(orders)
    frames = _frames(orders, heard, beliefs)
    company = _Company(beliefs, heard, _last_read(frames))
    rows = {order: tuple(_Order(frame, company).rows()) for order, frame in frames.items()}
    return Spoken(beliefs, heard, frames, rows)


def _last_read(frames: Collection[int]) -> dict[int, datetime]:
    """When each source was last read."""
    if not frames:
        return {}
    return dict(Batch.objects.order_by().values_list("source").annotate(Max("learned_at")))


def _frames(orders: Collection[int], heard: Heard, beliefs: Beliefs) -> dict[int, OrderFrame]:
    """The agreed figures of the orders, from ``OrderStatus``."""
    rows = bulk.select(
        "SELECT s.order_id, s.home, s.currency, o.digits, o.prices_include_tax, o.state, s.promised_date, s.ordered_qty,"
        " s.shipped_qty, s.invoiced_qty, s.finished_qty, s.ordered, s.shipped, s.invoiced, s.paid + s.deposit,"
        " s.goods_source, s.invoice_source, s.money_source, s.production_source"
        f" FROM {bulk.table(OrderStatus)} s JOIN {bulk.table(Order)} o ON o.id = s.order_id"
        f" WHERE s.order_id IN {bulk.among()} ORDER BY s.order_id",
        [bulk.bound(orders)],
    )
    ranks = beliefs.ranks("order")
    return {row[0]: _frame(row, heard, ranks) for row in rows}


def _frame(row: tuple[Any, ...], heard: Heard, ranks: Mapping[int, int]) -> OrderFrame:
    order, home, currency, digits, include_tax, state, promised = row[:7]
    ordered_qty, shipped_qty, invoiced_qty, finished_qty = (from_units(units, QTY_SCALE) for units in row[7:11])
    ordered, shipped, invoiced, paid = (from_units(units, MONEY_SCALE) for units in row[11:15])
    goods, invoice, money, production = row[15:19]
    papers = heard.members(order, ranks)
    first_lines = next((paper.source for paper in papers if paper.order.lines), home)
    first_day = next((paper.source for paper in papers if paper.order.promised_date), first_lines)
    arrived = max(
        (w.day for w in heard.words[order, "shipped"] if w.day and w.counts and w.source == goods), default=None
    )
    agreed: dict[str, Value] = {
        "ordered": ordered_qty, "promised": _day(promised), "finished": finished_qty, "shipped": shipped_qty,
        "arrived": arrived, "invoiced": invoiced_qty, "paid": paid, "state": state,
    }  # fmt: skip
    return OrderFrame(
        order, home, currency, digits, bool(include_tax), agreed,
        {"ordered": ordered, "shipped": shipped, "invoiced": invoiced, "paid": paid},
        {"ordered": first_lines, "promised": first_day, "finished": production, "shipped": goods, "arrived": goods,
         "invoiced": invoice, "paid": money, "state": home},
        {line.id: LineAmount(line.gross if include_tax else line.net, line.qty, line.tax_rate)
         for line in heard.lines.lines.get(order, ())},
    )  # fmt: skip


def _day(value: Any) -> date | None:
    return date.fromisoformat(value) if isinstance(value, str) else value


class _Company:
    """What holds for every order: who is believed, what was heard, when each source was last read."""

    def __init__(self, beliefs: Beliefs, heard: Heard, read_at: dict[int, datetime]) -> None:
        self.heard, self.read_at = heard, read_at
        self.sources = beliefs.sources
        self.ranks = beliefs.ranks("order")
        self.position = {source.pk: place for place, source in enumerate(beliefs.sources)}
        self.scope = {
            (fact, source.pk): str(getattr(source, f"{family}_scope"))
            for fact, family in FAMILY.items()
            for source in beliefs.sources
        }
        self.by_silence = {
            fact: [
                source.pk
                for source in beliefs.sources
                if source.active and self.scope[fact, source.pk] in ("all", "orders")
            ]
            for fact in FAMILY
        }


class _Order:
    """One order while its cells are made."""

    def __init__(self, frame: OrderFrame, company: _Company) -> None:
        self.frame, self.company, self.heard = frame, company, company.heard
        self.papers = self.heard.members(frame.order, company.ranks)
        self.here = [paper for paper in self.papers if not paper.gone]
        self.newest = max((paper.learned_at for paper in self.papers), default=datetime.min.replace(tzinfo=UTC))

    def rows(self) -> Iterator[FactRow]:
        """One row for each fact of which some source speaks."""
        for fact in FACTS:
            claims = sorted(self._claims(fact), key=lambda claim: self.company.position[claim.source])
            if claims:
                yield fact_row(self.frame, fact, claims)

    def _claims(self, fact: str) -> list[Claim]:
        if fact in FAMILY:
            return list(self._from_papers(fact))
        by_source: dict[int, list[Paper]] = defaultdict(list)
        for paper in self.papers:
            if fact == "state" or not paper.gone:
                by_source[paper.source].append(paper)
        told = (self._from_order(fact, papers) for papers in by_source.values())
        return [claim for claim in told if claim is not None]

    def _from_order(self, fact: str, papers: list[Paper]) -> Claim | None:
        """What a source's own order documents say of a fact of the order itself."""
        newest = max(papers, key=lambda paper: (not paper.gone, paper.learned_at, paper.document))
        value: Value = None
        amount: Decimal | None = None
        by_line: dict[int, Decimal] = {}
        whole = True
        if fact == "state":
            value = "gone" if newest.gone else newest.order.state
        elif fact == "promised":
            value = _promised(newest.order)
        elif any(paper.order.lines for paper in papers):
            value = sum((line.qty for paper in papers for line in paper.order.lines), ZERO)
            by_line, whole = self.heard.own_lines(self.frame.order, papers)
            amount = sum_known(_gross(paper.order, self.frame) for paper in papers)
        if value is None:
            return None
        return Claim(
            self.frame.order, fact, newest.source, value, amount, newest.document, newest.number, len(papers),
            newest.learned_at, by_line=by_line, whole=whole, began=newest.began,
        )  # fmt: skip

    def _from_papers(self, fact: str) -> Iterator[Claim]:
        """What the sources' shipments, invoices, payments or work orders say; where a source has none, its bare figure or, if its
        scope says so, its silence."""
        by_source: dict[int, list[Word]] = defaultdict(list)
        for word in self.heard.words[self.frame.order, "shipped" if fact == "arrived" else fact]:
            by_source[word.source].append(word)
        for source, words in by_source.items():
            claim = self._summed(fact, source, [word for word in words if not word.reported] or words)
            if claim is not None:
                yield claim
        if fact != "arrived":
            for source in {*self.company.by_silence[fact], *(paper.source for paper in self.here)} - set(by_source):
                claim = self._unwritten(fact, source)
                if claim is not None:
                    yield claim

    def _summed(self, fact: str, source: int, words: list[Word]) -> Claim | None:
        counted = [word for word in words if word.counts]
        if fact == "arrived" and not any(word.day for word in counted):
            return None
        papers = {word.document: self.heard.papers[word.document] for word in counted or words}
        newest = max(papers.values(), key=lambda paper: (paper.learned_at, paper.document))
        by_line: dict[int, Decimal] = defaultdict(Decimal)
        back: dict[int, Decimal] = defaultdict(Decimal)
        for word in counted:
            if word.line is not None and word.qty is not None:
                (by_line if word.qty > 0 or fact != "shipped" else back)[word.line] += word.qty
        qty = sum(by_line.values(), ZERO)
        by_paper: dict[int, Decimal] = defaultdict(Decimal)
        for word in counted:
            figure = word.amount if fact in IN_MONEY else word.qty or ZERO
            by_paper[self.heard.papers[word.document].group] += figure
        amount: Decimal | None = sum((word.amount for word in counted), ZERO)
        value: Value = qty
        if fact == "shipped":
            amount = self.frame.gross({line: by_line[line] + back[line] for line in {*by_line, *back}})
        elif fact == "arrived":
            value, amount = max(word.day for word in counted if word.day), None
        elif fact == "finished":
            amount = None
        elif fact == "paid":
            value = amount
        elif counted and not by_line:
            value = None  # billed by money alone
        return Claim(
            self.frame.order, fact, source, value, amount, newest.document, newest.number, len(papers), newest.learned_at,
            reported=words[0].reported, by_line=dict(by_line), whole=all(word.line is not None for word in counted),
            by_paper=dict(by_paper),
            own_papers_only=not words[0].reported and self.company.scope[fact, source] in ("", "documents"),
            began=max(
                (paper.began for paper in (self._told_by(source) if words[0].reported else papers.values())),
                default=newest.began,
            ),
        )  # fmt: skip

    def _told_by(self, source: int) -> list[Paper]:
        """The order's documents in ``source``, which tell its bare figures."""
        return [paper for paper in self.papers if paper.source == source]

    def _unwritten(self, fact: str, source: int) -> Claim | None:
        """0, where a source says so by a bare figure or by its silence."""
        own = [paper for paper in self.here if paper.source == source]
        told = [paper for paper in own if _tells_nothing_done(fact, paper.order)]
        amount = None if fact == "finished" else ZERO
        if told:
            newest = max(told, key=lambda paper: (paper.learned_at, paper.document))
            return Claim(
                self.frame.order, fact, source, ZERO, amount, newest.document, newest.number, len(told), newest.learned_at,
                reported=True, began=newest.began,
            )  # fmt: skip
        if source in self.company.by_silence[fact] and (self.company.scope[fact, source] == "all" or own):
            as_of = self.company.read_at.get(source, self.newest)
            return Claim(self.frame.order, fact, source, ZERO, amount, 0, "", 0, as_of, silent=True)
        return None


def _tells_nothing_done(fact: str, order: OrderRecord) -> bool:
    """Whether an order says by a bare figure that nothing was shipped, invoiced or paid."""
    if fact == "shipped":
        return order.shipped == "none" or any(line.shipped_qty == 0 for line in order.lines)
    if fact == "invoiced":
        return order.invoiced == 0 or any(line.invoiced_qty == 0 for line in order.lines)
    return fact == "paid" and order.paid == 0


def _promised(order: OrderRecord) -> date | None:
    return order.promised_date or max((day for line in order.lines if (day := line.promised_date)), default=None)


def _gross(order: OrderRecord, frame: OrderFrame) -> Decimal | None:
    """The gross total of an order's lines as its source has them; its printed total where the lines bear no prices."""
    if order.currency and order.currency != frame.currency:
        return None
    rate = max((line.tax_rate for line in frame.lines.values()), default=0)
    parts = []
    for line in order.lines:
        if line.net is None and line.price is None:
            return order.total
        qty, price = to_units(line.qty, QTY_SCALE), to_units(line.price or ZERO, QTY_SCALE)
        net = net_units(qty, price, frame.digits) if line.net is None else to_units(line.net, MONEY_SCALE)
        parts.append((net, rate if line.tax_rate is None else to_units(line.tax_rate, QTY_SCALE)))
    amounts = line_amounts(parts, frame.digits, include_tax=order.prices_include_tax)
    return from_units(sum(told.gross for told in amounts), MONEY_SCALE)


def sum_known(amounts: Iterable[Decimal | None]) -> Decimal | None:
    """The sum, or None where one part of it is not known.

    >>> sum_known([Decimal(1), Decimal(2)]), sum_known([Decimal(1), None])
    (Decimal('3'), None)
    """
    listed = list(amounts)
    return None if None in listed else sum((amount for amount in listed if amount is not None), ZERO)
