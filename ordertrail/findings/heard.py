"""What was heard about orders: the words of every document that is connected with them, each with its source.

A domain row holds the words of its home, line by line matched to the order's lines; so the home's words are read from link rows,
and only the *other* members of a group are read from the facts of their current versions.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import partial
from typing import Any

from ordertrail.billing.invoices import priced, split, tells
from ordertrail.billing.models import Invoice, InvoiceLine, InvoiceShare, Payment, PaymentShare
from ordertrail.findings.began import began, own_day
from ordertrail.lib import bulk
from ordertrail.lib.moments import moment
from ordertrail.lib.money import (
    MONEY_SCALE,
    QTY_SCALE,
    from_units,
    half_up,
    minor_digits,
    piece_units,
    tax_units,
    to_units,
)
from ordertrail.lib.numbers import number_key
from ordertrail.orders.placing import Paper as PaperTurn
from ordertrail.orders.placing import Piece, Placing
from ordertrail.orders.queries import LineFinder, LineKey
from ordertrail.records import facts
from ordertrail.records.models import SourceDocument, SourceVersion
from ordertrail.records.shapes import (
    InvoiceLineRecord,
    InvoiceRecord,
    OrderRecord,
    PaymentRecord,
    Record,
    ShipmentRecord,
    WorkOrderRecord,
)
from ordertrail.shipping.models import Shipment, ShipmentLine
from ordertrail.work.models import WorkOrder


@dataclass(frozen=True, slots=True)
class Paper:
    """A source document: whose it is, its number, when we learned what it says and since when it says so; ``record`` where its
    facts were read."""

    document: int
    source: int
    kind: str
    ref: str
    number: str
    group: int
    learned_at: datetime
    began: datetime
    gone: bool
    record: Record | None

    @property
    def order(self) -> OrderRecord:
        """The record of a document that is an order."""
        if not isinstance(self.record, OrderRecord):
            raise TypeError(f"document {self.document} is no order")
        return self.record


@dataclass(frozen=True, slots=True)
class Word:
    """One line or share of one document that speaks of an order. ``counts``: its document is done (posted), so its figure is one;
    a document that is not still shows that its source has papers. ``qty`` and ``amount`` are negative for what came back."""

    source: int
    document: int
    reported: bool
    counts: bool
    line: int | None = None
    qty: Decimal | None = None
    amount: Decimal = Decimal(0)
    day: date | None = None


@dataclass(slots=True)
class Heard:
    """Everything that was read: ``words`` by (order, fact), ``papers`` by document id, and the orders' agreed lines."""

    lines: LineFinder
    words: dict[tuple[int, str], list[Word]] = field(default_factory=lambda: defaultdict(list))
    papers: dict[int, Paper] = field(default_factory=dict)
    by_group: dict[int, list[Paper]] = field(default_factory=lambda: defaultdict(list))

    def members(self, order: int, ranks: Mapping[int, int]) -> list[Paper]:
        """The order documents of the group, the most believed first (as ``records.merge`` orders them)."""
        own = [paper for paper in self.by_group.get(order, ()) if paper.kind == "order" and paper.record is not None]
        return sorted(own, key=lambda paper: (paper.gone, ranks[paper.source], paper.source, paper.ref))

    def own_lines(self, order: int, papers: Iterable[Paper]) -> tuple[dict[int, Decimal], bool]:
        """The quantities of these order documents by the agreed line that each of their lines is, and whether all were matched."""
        found: dict[int, Decimal] = defaultdict(Decimal)
        whole = True
        for paper in papers:
            seen: Counter[str] = Counter()
            for line in paper.order.lines:
                ref = line.ref if paper.document == order else ""
                key = self.lines.find(order, ref, line.sku, seen[number_key(line.sku)])
                seen[number_key(line.sku)] += 1
                if key is None:
                    whole = False
                else:
                    found[key.id] += line.qty
        return dict(found), whole


def instant(value: Any) -> datetime:
    """An instant as the driver gives it (text on SQLite) as an aware UTC one."""
    at = datetime.fromisoformat(value) if isinstance(value, str) else value
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)


def hear(orders: Collection[int]) -> Heard:
    """Read every word about these orders, by a fixed number of queries."""
    heard = Heard(LineFinder(orders))
    rows = _Rows(bulk.bound(orders))
    groups = {*orders}
    for order, fact, word in rows.all():
        heard.words[order, fact].append(word)
        groups.add(word.document)
    for paper in _papers(groups):
        heard.papers[paper.document] = paper
        heard.by_group[paper.group].append(paper)
    _Others(heard, orders).read()
    return heard


# --- the homes' words, from link rows ----------------------------------------------------------------------------------


class _Rows:
    """The link rows of orders, as words of the documents' homes."""

    def __init__(self, bound: Any) -> None:
        self.bound = bound

    def all(self) -> Iterator[tuple[int, str, Word]]:
        """(order, fact, word) of every row whose document is not cancelled."""
        for order, line, qty, *head, arrived in self._select(
            ShipmentLine, Shipment, "shipment", "r.order_line_id, r.qty", "d.arrived_date"
        ):
            yield order, "shipped", self._word(head, "done", line, qty, 0, arrived)
        for order, line, qty, *head in self._select(InvoiceLine, Invoice, "invoice", "r.order_line_id, r.qty"):
            yield order, "invoiced", self._word(head, "posted", line, qty, 0)
        for order, gross, *head in self._select(InvoiceShare, Invoice, "invoice", "r.gross"):
            yield order, "invoiced", self._word(head, "posted", None, None, gross)
        for order, amount, *head in self._select(PaymentShare, Payment, "payment", "r.amount"):
            yield order, "paid", self._word(head, "done", None, None, amount)
        for order, line, qty, document, home in bulk.select(
            f"SELECT order_id, order_line_id, finished_qty, id, home_id FROM {bulk.table(WorkOrder)}"
            f" WHERE order_id IN {bulk.among()} AND state <> 'cancelled' ORDER BY id",
            [self.bound],
        ):
            yield order, "finished", Word(home, document, False, True, line, _qty(qty) if line else None)

    def _select(self, model: Any, parent: Any, name: str, columns: str, more: str = "") -> list[tuple[Any, ...]]:
        head = "d.id, d.home_id, d.state, d.reported" + (f", {more}" if more else "")
        return bulk.select(
            f"SELECT r.order_id, {columns}, {head} FROM {bulk.table(model)} r"
            f" JOIN {bulk.table(parent)} d ON d.id = r.{name}_id"
            f" WHERE r.order_id IN {bulk.among()} AND d.state <> 'cancelled' ORDER BY r.id",
            [self.bound],
        )

    @staticmethod
    def _word(head: Sequence[Any], done: str, line: int | None, qty: int | None, amount: int, day: Any = None) -> Word:
        document, home, state, reported = head
        return Word(
            home, document, bool(reported), state == done, line, _qty(qty) if line else None,
            from_units(amount, MONEY_SCALE), date.fromisoformat(day) if isinstance(day, str) else day,
        )  # fmt: skip


def _qty(units: int | None) -> Decimal | None:
    return None if units is None else from_units(units, QTY_SCALE)


_DAY = own_day('d."group"')


def _papers(groups: Collection[int]) -> Iterator[Paper]:
    """Every member of these groups; facts are read for orders, and for documents that are not their group's home."""
    for document, source, kind, ref, number, group, learned_at, version, seq, day, gone_at, told in bulk.select(
        'SELECT d.id, d.source_id, d.kind, d.ref, d.number, d."group", d.learned_at, d.version, d.last_seq,'
        f" CASE WHEN d.version = '' AND d.kind <> 'order' THEN {_DAY} END, d.gone_at, v.facts"
        f" FROM {bulk.table(SourceDocument)} d LEFT JOIN {bulk.table(SourceVersion)} v"
        " ON v.id = d.current AND (d.kind = 'order' OR d.id <> d.\"group\")"
        f' WHERE d."group" IN {bulk.among()} ORDER BY d.id',
        [bulk.bound(groups)],
    ):
        record = facts.load(kind, told) if told else None
        at = instant(learned_at)
        since = began(at, version, seq, moment(record.order_date)[1] if isinstance(record, OrderRecord) else day)
        yield Paper(document, source, kind, ref, number, group, at, since, gone_at is not None, record)


# --- the other members' words, from their facts ------------------------------------------------------------------------


_Line = tuple[int, Any, LineKey | None]
"""A line of a paper with its order and order line."""


class _Others:
    """The words of documents that are not their group's home."""

    def __init__(self, heard: Heard, orders: Collection[int]) -> None:
        self.heard = heard
        others = [p for p in heard.papers.values() if p.document != p.group and p.record is not None and not p.gone]
        self.papers = [paper for paper in others if paper.kind != "order"]
        self.by_ref: dict[tuple[int, str], int] = {}
        self.by_key: dict[str, set[int]] = defaultdict(set)
        for paper in heard.papers.values():
            if paper.kind == "order" and paper.group in orders and not paper.gone:
                self.by_ref[paper.source, paper.ref] = paper.group
                for text in (paper.number, *(paper.record.other_numbers if paper.record else ())):
                    self.by_key[number_key(text)].add(paper.group)
        self.lines: dict[int, list[_Line]] = {}
        self.shares = _payment_shares([p.group for p in self.papers if p.kind == "payment"])

    def read(self) -> None:
        """Add their words to what was heard."""
        self.lines = self._placed("shipped", ShipmentRecord) | self._placed("invoiced", InvoiceRecord)
        for paper in self.papers:
            if getattr(paper.record, "state", "") == "cancelled":
                continue
            words: Iterable[tuple[int, str, Word]] = ()
            if isinstance(paper.record, ShipmentRecord):
                words = self._shipment(paper, paper.record)
            elif isinstance(paper.record, InvoiceRecord):
                words = self._invoice(paper, paper.record)
            elif isinstance(paper.record, PaymentRecord):
                words = self._payment(paper, paper.record)
            elif isinstance(paper.record, WorkOrderRecord):
                words = self._work_order(paper, paper.record)
            for order, fact, word in words:
                self.heard.words[order, fact].append(word)

    def _find(self, source: int, text: str) -> int | None:
        """Which of the orders asked for a document of ``source`` means."""
        if not text:
            return None
        fits = self.by_key.get(number_key(text), set())
        return self.by_ref.get((source, text)) or (next(iter(fits)) if len(fits) == 1 else None)

    def _placed(self, fact: str, shape: type[ShipmentRecord | InvoiceRecord]) -> dict[int, list[_Line]]:
        """By document the lines of these papers with the order lines that they are for, beside what the rows of their sources took."""
        placing = Placing(self.heard.lines, reopens=shape is InvoiceRecord)
        for (_, of), words in self.heard.words.items():
            for word in words if of == fact else ():
                if word.line is not None and word.qty and word.counts:
                    placing.take((word.source, word.reported), word.line, to_units(word.qty, QTY_SCALE))
        told = [
            (paper, line, piece)
            for paper in self.papers
            if isinstance(paper.record, shape)
            for line, piece in self._pieces(paper, paper.record)
        ]
        found: dict[int, list[_Line]] = defaultdict(list)
        for (paper, line, piece), places in zip(told, placing.places([each[2] for each in told]), strict=True):
            lines = split(line, places, minor_digits(getattr(paper.record, "currency", "")))
            found[paper.document] += [
                (piece.order or 0, part, key) for part, (key, _) in zip(lines, places, strict=True)
            ]
        return found

    def _pieces(self, paper: Paper, record: Any) -> Iterator[tuple[Any, Piece]]:
        billed = isinstance(record, InvoiceRecord)
        back = record.type == "credit_note" if billed else record.direction == "in"
        day = record.invoice_date if billed else moment(record.shipped_at)[1]
        turn = PaperTurn((paper.source, record.reported), record.state, day, record.number, record.ref)
        seen: Counter[tuple[int, str]] = Counter()
        for line in record.lines:
            if (order := self._find(paper.source, line.order)) is not None:
                qty = None if line.qty is None else (-1 if back else 1) * to_units(line.qty, QTY_SCALE)
                told = partial(priced, line, minor_digits(record.currency)) if billed and tells(line) else None
                yield line, Piece(turn, order, line.order_line, line.sku, qty, seen[order, line.sku], told)
                seen[order, line.sku] += 1

    def _shipment(self, paper: Paper, record: ShipmentRecord) -> Iterator[tuple[int, str, Word]]:
        sign = -1 if record.direction == "in" else 1
        arrived = moment(record.arrived_at)[1]
        for order, line, key in self.lines.get(paper.document, ()):
            qty = sign * line.qty if key else None
            done = record.state == "done"
            yield order, "shipped", Word(
                paper.source, paper.document, record.reported, done, _id(key), qty, day=arrived
            )  # fmt: skip

    def _invoice(self, paper: Paper, record: InvoiceRecord) -> Iterator[tuple[int, str, Word]]:
        sign = -1 if record.type == "credit_note" else 1
        posted = record.state == "posted"
        nets: dict[int, dict[int, int]] = defaultdict(lambda: defaultdict(int))
        gross: dict[int, int] = defaultdict(int)
        for order, line, key in self.lines.get(paper.document, ()):
            qty = sign * line.qty if key and line.qty is not None else None
            yield order, "invoiced", Word(paper.source, paper.document, record.reported, posted, _id(key), qty)
            rate = to_units(line.tax_rate, QTY_SCALE) if line.tax_rate is not None else key.tax_rate if key else 0
            if line.gross is not None and line.net is None:
                gross[order] += to_units(line.gross, MONEY_SCALE)
            else:
                nets[order][rate] += _net(line, key, minor_digits(record.currency))
        digits = minor_digits(record.currency)
        orders = {*nets, *gross}
        whole = all(self._find(paper.source, line.order) is not None for line in record.lines)
        for order in orders:
            amount = gross[order] + sum(net + tax_units(net, rate, digits) for rate, net in nets[order].items())
            if record.total is not None and len(orders) == 1 and whole:
                amount = to_units(record.total, MONEY_SCALE)
            yield order, "invoiced", Word(
                paper.source, paper.document, record.reported, posted, amount=from_units(sign * amount, MONEY_SCALE)
            )  # fmt: skip

    def _payment(self, paper: Paper, record: PaymentRecord) -> Iterator[tuple[int, str, Word]]:
        """The order's share of the agreed payment, scaled to what this source says: its allocations, else its amount."""
        share = self.shares.get(paper.group)
        if share is None:
            return
        told = sum((a.amount for a in record.allocations), Decimal(0)) or record.amount
        base = share.allocated if record.allocations else share.amount
        sign = -1 if record.direction == "out" else 1
        for order, amount in share.by_order.items():
            scaled = half_up(amount * sign * told / base, minor_digits(share.currency)) if base else amount
            done = record.state == "done"
            yield order, "paid", Word(paper.source, paper.document, record.reported, done, amount=scaled)

    def _work_order(self, paper: Paper, record: WorkOrderRecord) -> Iterator[tuple[int, str, Word]]:
        if (order := self._find(paper.source, record.order)) is not None:
            key = self.heard.lines.find(order, record.order_line, record.sku)
            qty = record.finished_qty if key else None
            yield order, "finished", Word(paper.source, paper.document, False, True, _id(key), qty)


def _id(key: LineKey | None) -> int | None:
    return None if key is None else key.id


def _net(line: InvoiceLineRecord, key: LineKey | None, digits: int) -> int:
    """The net of an invoice line: as told, else the piece of the order's line."""
    if line.net is not None:
        return to_units(line.net, MONEY_SCALE)
    if line.qty is None or key is None:
        return 0
    return piece_units(key.net, to_units(line.qty, QTY_SCALE), key.qty, digits)


@dataclass(slots=True)
class _Share:
    """How an agreed payment was divided: its amount, what of it was allocated, and each order's part."""

    amount: Decimal
    currency: str
    by_order: dict[int, Decimal] = field(default_factory=lambda: defaultdict(Decimal))

    @property
    def allocated(self) -> Decimal:
        """What went to orders."""
        return sum(self.by_order.values(), Decimal(0))


def _payment_shares(payments: Collection[int]) -> dict[int, _Share]:
    found: dict[int, _Share] = {}
    rows = bulk.select(
        f"SELECT p.id, p.amount, p.currency, s.order_id, s.amount FROM {bulk.table(Payment)} p"
        f" JOIN {bulk.table(PaymentShare)} s ON s.payment_id = p.id WHERE p.id IN {bulk.among()} AND s.order_id IS NOT NULL",
        [bulk.bound(payments)],
    )
    for payment, amount, currency, order, part in rows:
        share = found.setdefault(payment, _Share(from_units(amount, MONEY_SCALE), currency))
        share.by_order[order] += from_units(part, MONEY_SCALE)
    return found
