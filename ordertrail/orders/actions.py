"""Steps that write orders as their groups agree on them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ordertrail.lib import bulk
from ordertrail.lib.ids import LINES
from ordertrail.lib.money import MONEY_SCALE, QTY_SCALE, minor_digits, to_units
from ordertrail.lib.numbers import name_key, number_key
from ordertrail.orders.models import Order, OrderLine
from ordertrail.orders.rules import line_amounts, net_units
from ordertrail.records.merge import Merged
from ordertrail.records.queries import Finder
from ordertrail.records.shapes import OrderLineRecord, OrderRecord

ORDER = (
    "id", "company", "home", "number", "state", "customer", "customer_key", "customer_name", "customer_number", "order_date",
    "promised_date", "currency", "digits", "prices_include_tax", "ship_to", "salesperson", "remark", "total_told",
    "country", "customer_ref",
)  # fmt: skip
LINE = (
    "id", "order", "line", "ref", "sku", "product", "name", "unit", "qty", "cancelled_qty", "price", "net", "tax_rate", "tax",
    "gross", "promised_date", "vendor",
)  # fmt: skip


def customer_key(name: str, ref: str) -> str:
    """The key by which an order's customer is matched while its source's own customer is unknown."""
    return (name_key(name) or number_key(ref))[:200]


def remove(ids: Sequence[int]) -> None:
    """Delete the rows of these orders; ``write`` makes them again, with the same ids."""
    bulk.delete(OrderLine, "order", ids)
    bulk.delete(Order, "id", ids)


def write(
    orders: Sequence[Merged[OrderRecord]], customers: Finder, products: Finder, currency: str, tax_rate: int
) -> None:
    """Write one row for each agreed order and one for each line. ``currency`` and ``tax_rate`` (10⁻⁶) are the company's, for
    orders that do not say theirs."""
    customers.learn((o.names_from, o.record.customer) for o in orders)
    customers.learn_keys(customer_key(o.record.customer_name, o.record.customer) for o in orders)
    products.learn((0, line.sku) for o in orders for line in o.record.lines)
    bulk.insert(Order, ORDER, [_order(o, customers, currency) for o in orders])
    bulk.insert(OrderLine, LINE, [row for o in orders for row in _lines(o, products, currency, tax_rate)])


def _order(merged: Merged[OrderRecord], customers: Finder, currency: str) -> tuple[Any, ...]:
    record = merged.record
    key = customer_key(record.customer_name, record.customer)
    by = merged.names_from
    found = customers.find(by, record.customer, key) if record.customer or key else None
    guessed = "" if customers.knows(by, record.customer) else number_key(record.customer)[:100]
    return (
        merged.group, 1, merged.home, record.number[:100], record.state, found, key,
        (record.customer_name or record.customer)[:200], record.customer_number[:100], record.order_date, _promised(record),
        record.currency or currency, minor_digits(record.currency or currency), record.prices_include_tax,
        record.ship_to[:300], record.salesperson[:80], record.remark, record.total, record.country[:80],
        guessed,
    )  # fmt: skip


def _promised(record: OrderRecord) -> Any:
    """The order's promised day: its own, else the last of its lines'."""
    return record.promised_date or max((day for line in record.lines if (day := line.promised_date)), default=None)


def _lines(merged: Merged[OrderRecord], products: Finder, currency: str, tax_rate: int) -> list[tuple[Any, ...]]:
    record = merged.record
    digits = minor_digits(record.currency or currency)
    numbers = [_numbers(line, tax_rate, digits, whole=record.state == "cancelled") for line in record.lines]
    amounts = line_amounts([(n[3], n[4]) for n in numbers], digits, include_tax=record.prices_include_tax)
    base = merged.group * LINES
    return [
        (
            base + place, merged.group, place, line.ref[:60], line.sku[:100], products.find(0, line.sku), line.name[:200],
            line.unit[:20], qty, cancelled, price, told.net, rate, told.tax, told.gross, line.promised_date,
            line.vendor[:120],
        )
        for place, (line, (qty, cancelled, price, _, rate), told) in enumerate(
            zip(record.lines, numbers, amounts, strict=True), 1
        )
    ]  # fmt: skip


def _numbers(
    line: OrderLineRecord, tax_rate: int, digits: int, *, whole: bool
) -> tuple[int, int, int | None, int, int]:
    """Quantity, cancelled quantity, price, amount (as told, else quantity × price) and rate of a line, in store units. ``whole``: the
    order is cancelled, and so all of each line, whatever went out before."""
    qty = to_units(line.qty, QTY_SCALE)
    price = None if line.price is None else to_units(line.price, QTY_SCALE)
    amount = net_units(qty, price or 0, digits) if line.net is None else to_units(line.net, MONEY_SCALE)
    rate = tax_rate if line.tax_rate is None else to_units(line.tax_rate, QTY_SCALE)
    return qty, qty if whole else to_units(line.cancelled_qty, QTY_SCALE), price, amount, rate
