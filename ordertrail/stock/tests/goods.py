"""Products, receipts and shipments in a word each, booked as the desk books them, for tests of costs alone."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from itertools import count
from typing import Any

from ordertrail.catalog.models import Product
from ordertrail.lib import clock
from ordertrail.records.own import desk
from ordertrail.stock.actions import Back, Issue, issue, take_back, unship
from ordertrail.stock.costing import Entry, book
from ordertrail.stock.models import MoveKind
from ordertrail.stock.queries import cost_of, on_hand, stock_value, unit_cost_now

ids = count(1)
Q, U, M = 1_000_000, 1_000_000, 10_000


def product(method: str = "fifo", standard: str | None = None, *, negative: bool = False) -> int:
    """A product whose stock is valued by ``method``."""
    pk = 900 + next(ids)
    Product.objects.create(
        pk=pk, home=desk(), sku=f"P{pk}", sku_key=f"P{pk}", cost_method=method, allow_negative=negative,
        standard_cost=None if standard is None else Decimal(standard),
    )  # fmt: skip
    return pk


def receive(of: int, qty: int, unit: str, day: int = 16, kind: str = MoveKind.RECEIPT, month: int = 9) -> int:
    """``qty`` came in at ``unit`` each on a day of September (or another ``month``); returns the move."""
    entry = Entry(of, of, kind, qty * Q, unit_cost=int(Decimal(unit) * U))
    book([entry], day=date(2026, month, day), at=clock.now(), by=None)
    return entry.move


def ship(of: int, qty: int, day: int = 16, order_line: int | None = None, shipment: int | None = None) -> int:
    """``qty`` went out; returns the line."""
    line = 5_000 + next(ids)
    pick = Issue(of, of, qty * Q, shipment or line, line, order_line)
    issue([pick], day=date(2026, 9, day), at=clock.now(), by=None)
    return line


def give_back(of: int, order_line: int, qty: int, day: int = 16, shipment: int | None = None) -> int:
    """``qty`` came back; returns the line."""
    line = 7_000 + next(ids)
    take_back([Back(order_line, of, of, qty * Q, line, line, shipment)], day=date(2026, 9, day), by=None)
    return line


def cancel(line: int, day: int = 16) -> None:
    """The shipment of a line is cancelled."""
    unship([line], day=date(2026, 9, day), by=None)


def cost(line: int, *, restated: bool = False) -> Any:
    """What the pieces of a line cost."""
    return Decimal(cost_of([line], restated=restated)[line]) / M


def worth(of: int, day: int | None = None) -> Any:
    """What the stock is worth."""
    when = None if day is None else date(2026, 9, day)
    return Decimal(stock_value(Product.objects.get(pk=of), when)) / M


def there(of: int) -> Any:
    """What is on hand."""
    return Decimal(on_hand([of])[of]) / Q


def unit(of: int) -> Any:
    """What one costs now."""
    return Decimal(unit_cost_now(of)) / U
