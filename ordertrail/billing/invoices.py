"""Steps that write invoices as their groups agree on them, and each order's share of them."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from functools import partial
from typing import Any, TypeVar

from ordertrail.billing.models import Invoice, InvoiceLine, InvoiceShare
from ordertrail.billing.rules import invoice_shares
from ordertrail.lib import bulk
from ordertrail.lib.ids import LINES
from ordertrail.lib.money import MONEY_SCALE, QTY_SCALE, from_units, minor_digits, piece_units, to_units
from ordertrail.lib.numbers import number_key
from ordertrail.orders.models import Order
from ordertrail.orders.placing import Paper, Piece, Place, Placing, shared
from ordertrail.orders.queries import LineFinder, LineKey
from ordertrail.orders.rules import LineAmounts, line_amounts
from ordertrail.records.merge import Merged
from ordertrail.records.models import SourceDocument
from ordertrail.records.queries import Finder
from ordertrail.records.rules import Standing
from ordertrail.records.shapes import InvoiceLineRecord, InvoiceRecord, ShipmentLineRecord

INVOICE = (
    "id", "company", "home", "number", "state", "type", "reported", "customer_name", "invoice_date", "due_date", "currency",
    "digits", "net", "tax", "total", "total_told", "tax_invoice_number", "credits_key", "credits",
)  # fmt: skip
LINE = (
    "id", "invoice", "line", "order_key", "order", "order_line", "sku", "qty", "net", "tax_rate", "tax", "gross", "standing",
    "counts",
)  # fmt: skip
SHARE = ("id", "invoice", "order", "gross", "due_date", "standing", "counts")

Found = tuple[int | None, LineKey | None]
"""The order and the order line that a line of an invoice is for, where they are known."""
Line = TypeVar("Line", InvoiceLineRecord, ShipmentLineRecord)
Name = tuple[str, int, str]
"""What an order is called while money is divided: number, source and ref."""
NOBODY: Name = ("", 0, "")
"""Who has what belongs to an order that is named and not known."""


def remove(ids: Sequence[int]) -> None:
    """Delete the rows of these invoices."""
    bulk.delete(InvoiceLine, "invoice", ids)
    bulk.delete(InvoiceShare, "invoice", ids)
    bulk.delete(Invoice, "id", ids)


def write(
    invoices: Sequence[Merged[InvoiceRecord]],
    orders: Finder,
    known: Finder,
    standing: Standing,
    currency: str,
    tax_rate: int,
) -> set[int]:
    """Write the agreed invoices, their lines and each order's share; returns the ids of the orders concerned. ``known`` finds the
    invoices that credit notes name."""
    orders.learn((m.lines_from, line.order) for m in invoices for line in m.record.lines)
    known.learn((m.home, m.record.credits) for m in invoices if _is_credit(m.record))
    touched = {
        found
        for m in invoices
        for line in m.record.lines
        if (found := orders.find(m.lines_from, line.order)) is not None
    }
    numbers = named(touched)
    heads: list[tuple[Any, ...]] = []
    lines: list[tuple[Any, ...]] = []
    shares: list[tuple[Any, ...]] = []
    for merged, places in _placed(invoices, orders, LineFinder(touched), currency):
        rows = list(_lines(merged, places, standing, currency, tax_rate))
        target = known.find(merged.home, merged.record.credits) if _is_credit(merged.record) else None
        heads.append(_invoice(merged, rows, currency, None if target == merged.group else target))
        lines += rows
        shares += _shares(merged, rows, numbers, currency, standing)
    bulk.insert(Invoice, INVOICE, heads)
    bulk.insert(InvoiceLine, LINE, lines)
    bulk.insert(InvoiceShare, SHARE, shares)
    return touched


def named(orders: Collection[int]) -> dict[int, Name]:
    """By its id what each of these orders is called."""
    rows = bulk.select(
        f"SELECT o.id, o.number, d.source_id, d.ref FROM {bulk.table(Order)} o"
        f" JOIN {bulk.table(SourceDocument)} d ON d.id = o.id WHERE o.id IN {bulk.among()}",
        [bulk.bound(orders)],
    )
    return {row[0]: tuple(row[1:]) for row in rows}


def _is_credit(record: InvoiceRecord) -> bool:
    return record.type == "credit_note" and bool(number_key(record.credits))


def _invoice(
    merged: Merged[InvoiceRecord], rows: Sequence[tuple[Any, ...]], currency: str, target: int | None
) -> tuple[Any, ...]:
    record = merged.record
    net, tax = sum(row[8] for row in rows), sum(row[10] for row in rows)
    return (
        merged.group, 1, merged.home, record.number[:100], record.state, record.type, record.reported,
        record.customer_name[:200], record.invoice_date, record.due_date, record.currency or currency,
        minor_digits(record.currency or currency), net, tax, net + tax, record.total, record.tax_invoice_number[:40],
        number_key(record.credits)[:100] if _is_credit(record) else "", target,
    )  # fmt: skip


def _placed(
    invoices: Sequence[Merged[InvoiceRecord]], orders: Finder, finder: LineFinder, currency: str
) -> Iterator[tuple[Merged[InvoiceRecord], list[Found]]]:
    """Each invoice with the order and order line of each of its lines; one that is for several order lines is told as several."""
    pieces = [list(_pieces(m, orders, minor_digits(m.record.currency or currency))) for m in invoices]
    places = iter(Placing(finder, reopens=True).places([piece for of in pieces for piece in of]))
    for merged, of in zip(invoices, pieces, strict=True):
        record, digits = merged.record, minor_digits(merged.record.currency or currency)
        lines: list[InvoiceLineRecord] = []
        found: list[Found] = []
        for line, piece in zip(record.lines, of, strict=True):
            at = next(places)
            lines += split(line, at, digits)
            found += [(piece.order, key) for key, _ in at]
        yield replace(merged, record=replace(record, lines=tuple(lines))), found


def _pieces(merged: Merged[InvoiceRecord], orders: Finder, digits: int) -> Iterator[Piece]:
    """Its lines, while their places in orders are looked for."""
    record = merged.record
    sign = -1 if record.type == "credit_note" else 1
    paper = Paper((merged.home, record.reported), record.state, record.invoice_date, record.number, record.ref)
    seen: Counter[tuple[int | None, str]] = Counter()
    for line in record.lines:
        order = orders.find(merged.lines_from, line.order)
        qty = None if line.qty is None else sign * to_units(line.qty, QTY_SCALE)
        told = partial(priced, line, digits) if tells(line) else None
        yield Piece(paper, order, line.order_line, line.sku, qty, seen[order, line.sku], told)
        seen[order, line.sku] += 1


def tells(line: InvoiceLineRecord) -> bool:
    """Whether an invoice's line tells its amount."""
    return line.net is not None or line.gross is not None


def priced(line: InvoiceLineRecord, digits: int, key: LineKey) -> bool:
    """Whether an invoice's line bills its quantity at the price of this order line."""
    rate = key.tax_rate if line.tax_rate is None else to_units(line.tax_rate, QTY_SCALE)
    own = piece_units(key.net, to_units(line.qty or Decimal(0), QTY_SCALE), key.qty, digits)
    return _part(line, key, rate, digits, gross=False) == own


def split(line: Line, places: Sequence[Place], digits: int) -> list[Line]:
    """A paper's line as one for each order line that it is for: its amounts by what these are worth."""
    if len(places) == 1:
        return [line]
    sign = Decimal(1).copy_sign(line.qty or Decimal(0))
    lines = [replace(line, qty=sign * from_units(abs(qty or 0), QTY_SCALE)) for _, qty in places]
    if isinstance(line, ShipmentLineRecord):
        return lines
    weights = [abs(piece_units(key.net, qty or 0, key.qty, digits)) if key else 0 for key, qty in places]
    if not any(weights):
        weights = [abs(qty or 0) for _, qty in places]
    net, gross = _divided(line.net, weights, digits), _divided(line.gross, weights, digits)
    return [replace(one, net=net[at], gross=gross[at]) for at, one in enumerate(lines)]


def _divided(amount: Decimal | None, weights: Sequence[int], digits: int) -> Sequence[Decimal | None]:
    if amount is None:
        return [None] * len(weights)
    return [from_units(part, MONEY_SCALE) for part in shared(to_units(amount, MONEY_SCALE), weights, digits)]


def _lines(
    merged: Merged[InvoiceRecord], found: Sequence[Found], standing: Standing, currency: str, tax_rate: int
) -> Iterator[tuple[Any, ...]]:
    record = merged.record
    digits = minor_digits(record.currency or currency)
    sign = -1 if record.type == "credit_note" else 1
    amounts = _amounts(record, [key for _, key in found], digits, tax_rate)
    stands = standing(merged.home, record.reported)
    for place, (line, (order, key), (rate, told)) in enumerate(zip(record.lines, found, amounts, strict=True), 1):
        yield (
            merged.group * LINES + place, merged.group, place, number_key(line.order)[:100], order, key and key.id,
            line.sku[:100], None if line.qty is None else sign * to_units(line.qty, QTY_SCALE), sign * told.net, rate,
            sign * told.tax, sign * told.gross, stands, False,
        )  # fmt: skip


def _amounts(
    record: InvoiceRecord, keys: Sequence[LineKey | None], digits: int, tax_rate: int
) -> list[tuple[int, LineAmounts]]:
    """Tax rate and amounts of each line: as told, else the piece of the order's line. Where the document's own total differs from the
    lines by no more than a minor unit a line, the last line's tax takes it (domain.md §1.8, document mode)."""
    rates = [
        to_units(line.tax_rate, QTY_SCALE) if line.tax_rate is not None else key.tax_rate if key else tax_rate
        for line, key in zip(record.lines, keys, strict=True)
    ]
    gross_told = _tells_gross(record)
    told = zip(record.lines, keys, rates, strict=True)
    parts = [_part(line, key, rate, digits, gross=gross_told) for line, key, rate in told]
    amounts = line_amounts(list(zip(parts, rates, strict=True)), digits, include_tax=gross_told)
    if record.total is not None and amounts:
        off = to_units(record.total, MONEY_SCALE) - sum(told.gross for told in amounts)
        if off and abs(off) <= 10 ** (4 - digits) * len(amounts):
            last = amounts[-1]
            amounts[-1] = LineAmounts(last.net, last.tax + off, last.gross + off)
    return list(zip(rates, amounts, strict=True))


def _tells_gross(record: InvoiceRecord) -> bool:
    """Whether its lines tell their amounts with tax, and no others."""
    return bool(record.lines) and all(line.gross is not None and line.net is None for line in record.lines)


def _part(line: InvoiceLineRecord, key: LineKey | None, rate: int, digits: int, *, gross: bool) -> int:
    told = line.gross if gross else line.net
    if told is not None:
        return to_units(told, MONEY_SCALE)
    if line.gross is not None:
        return line_amounts([(to_units(line.gross, MONEY_SCALE), rate)], digits, include_tax=True)[0].net
    if line.qty is not None and key is not None:
        return piece_units(key.net, to_units(line.qty, QTY_SCALE), key.qty, digits)
    return 0


def _shares(
    merged: Merged[InvoiceRecord],
    rows: Sequence[tuple[Any, ...]],
    numbers: dict[int, Name],
    currency: str,
    standing: Standing,
) -> Iterator[tuple[Any, ...]]:
    record = merged.record
    sign = -1 if record.type == "credit_note" else 1
    by_name: dict[Name, int | None] = {NOBODY: None}
    parts: list[tuple[Name | None, int, int]] = []
    gross: dict[Name | None, int] = defaultdict(int)
    charged = any(row[3] for row in rows)  # some line names an order: those that name none are for all of them
    for row, line in zip(rows, record.lines, strict=True):
        name = None if charged and not row[3] else numbers.get(row[4] or 0, NOBODY)
        if name is not None:
            by_name[name] = row[4]
        parts.append((name, row[8], row[9]))
        # as told: the last line's row holds the document's rounding cent, which is the last order's by number
        gross[name] += sign * to_units(line.gross or Decimal(0), MONEY_SCALE)
    told_gross = gross if _tells_gross(record) else None
    shares = invoice_shares(
        parts, sum(row[11] for row in rows), minor_digits(record.currency or currency), include_tax_gross=told_gross
    )
    stands = standing(merged.home, record.reported)
    for place, (name, share) in enumerate(shares.items(), 1):
        yield (
            merged.group * LINES + place, merged.group, by_name[name], share, record.due_date or record.invoice_date,
            stands, False,
        )  # fmt: skip
