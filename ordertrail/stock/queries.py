"""Reading stock: what is there, what is held, what is free, what it costs. Store integers, by product or by line."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from ordertrail.catalog.models import CostMethod, Product
from ordertrail.lib import bulk
from ordertrail.stock.balance import on_hand_of
from ordertrail.stock.models import GoodsReceipt, Move, ReceiptLine, Reservation
from ordertrail.stock.reading import adjusted, company_digits, pile_value, unit_cost
from ordertrail.stock.rules import value_of


def on_hand(products: Collection[int], day: date | None = None) -> dict[int, int]:
    """What is there of each product (at the end of ``day``); 0 for one that never moved."""
    return dict.fromkeys(products, 0) | on_hand_of(products, day)


def reserved(products: Collection[int]) -> dict[int, int]:
    """What is held of each product for order lines."""
    rows = bulk.select(
        f"SELECT product_id, SUM(qty) FROM {bulk.table(Reservation)}"
        f" WHERE ended_at IS NULL AND product_id IN {bulk.among()} GROUP BY product_id",
        [bulk.bound(products)],
    )
    return dict.fromkeys(products, 0) | {product: int(qty) for product, qty in rows}


def free(products: Collection[int]) -> dict[int, int]:
    """What is there of each product and held for nobody; below 0 where a product may be negative."""
    held = reserved(products)
    return {product: qty - held[product] for product, qty in on_hand(products).items()}


def held_by(lines: Collection[int]) -> dict[int, int]:
    """What is held for each of these order lines."""
    rows = bulk.select(
        f"SELECT order_line_id, SUM(qty) FROM {bulk.table(Reservation)}"
        f" WHERE ended_at IS NULL AND order_line_id IN {bulk.among()} GROUP BY order_line_id",
        [bulk.bound(lines)],
    )
    return {line: int(qty) for line, qty in rows}


def incoming(product: int, day: date | None = None) -> list[tuple[date, int, int]]:
    """The planned receipts of a product up to ``day``, the earliest first: (day, quantity, receipt)."""
    receipts, lines = bulk.table(GoodsReceipt), bulk.table(ReceiptLine)
    rows = bulk.select(
        f"SELECT d.receipt_date, l.qty, d.id FROM {receipts} d CROSS JOIN {lines} l WHERE d.state = 'planned'"
        " AND l.receipt_id = d.id AND +l.product_id = %s AND d.receipt_date <= %s ORDER BY d.receipt_date, l.id",
        [product, (day or date.max).isoformat()],
    )
    return [(date.fromisoformat(str(at)), int(qty), receipt) for at, qty, receipt in rows]


def cost_of(lines: Collection[int], *, restated: bool = False) -> dict[int, int]:
    """What went out, or came back, on these shipment lines cost when it was booked; ``restated``: with what was learned later."""
    more = f" + {adjusted('m.id')}" if restated else ""
    rows = bulk.select(
        f"SELECT m.line, SUM(CASE WHEN m.qty < 0 THEN -(m.value{more}) ELSE m.value{more} END) FROM {bulk.table(Move)} m"
        f" WHERE m.line IN {bulk.among()} AND m.kind IN ('shipment', 'return') GROUP BY m.line",
        [bulk.bound(lines)],
    )
    return {line: int(value) for line, value in rows}


def unit_cost_now(product: int) -> int:
    """What one costs now (10⁻⁶ of the company's currency)."""
    return unit_cost(Product.objects.get(pk=product))


def stock_value(product: Product, day: date | None = None) -> int:
    """What the stock is worth (at the end of ``day``): Σ piles for FIFO, else HALF_UP(on hand × unit cost)."""
    if product.cost_method == CostMethod.FIFO:
        return pile_value(product.pk, day)
    return value_of(on_hand([product.pk], day)[product.pk], unit_cost(product, day), company_digits())


def has_moved(product: int) -> bool:
    """Whether goods of this product ever moved, are planned to come or held: its unit and cost method stay as they are then."""
    return (
        Move.objects.filter(product=product).exists()
        or ReceiptLine.objects.filter(product=product).exists()
        or Reservation.objects.filter(product=product).exists()
    )
