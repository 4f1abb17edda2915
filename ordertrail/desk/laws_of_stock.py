"""The laws of stock (reliability.md §2.4, I-01 to I-06): what is held is there, balances are sums, costs are taken once.

Each statement gives what breaks its law as (document, one figure, the other) in store integers, and nothing when all is well.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from ordertrail.lib import bulk
from ordertrail.lib.money import QTY_SCALE, to_units
from ordertrail.stock.models import StockBalance

OPEN = """COALESCE((SELECT SUM(g.qty) FROM shipping_shipmentline g WHERE g.order_line_id = l.id AND g.counts AND g.qty > 0), 0)"""
HELD = (
    """COALESCE((SELECT SUM(r.qty) FROM stock_reservation r WHERE r.order_line_id = l.id AND r.ended_at IS NULL), 0)"""
)
THERE = """COALESCE((SELECT SUM(m.qty) FROM stock_move m WHERE m.product_id = p.id), 0)"""
TAKEN = """COALESCE((SELECT SUM(r.qty) FROM stock_reservation r WHERE r.product_id = p.id AND r.ended_at IS NULL), 0)"""

_SUMS: tuple[tuple[str, str, str], ...] = (
    (
        "held_goods_are_there",
        f"SELECT q.sku, q.held, q.there FROM (SELECT p.sku, {TAKEN} AS held, {THERE} AS there FROM catalog_product p"
        " WHERE NOT p.allow_negative) q WHERE q.held > q.there OR q.there < 0",
        "{0} are held and {1} are there",
    ),
    (
        "held_is_wanted",
        f"SELECT q.id, q.held, q.wanted FROM (SELECT l.id, {HELD} AS held, l.qty - l.cancelled_qty - {OPEN} AS wanted"
        " FROM orders_orderline l WHERE l.id IN (SELECT r.order_line_id FROM stock_reservation r WHERE r.ended_at IS NULL)) q"
        " WHERE q.held > q.wanted",
        "{0} are held for a line that wants {1}",
    ),
    (
        "nobody_waits_beside_free_goods",
        f"SELECT q.id, q.wanted - q.held, q.there - q.taken FROM (SELECT l.id, l.qty, p.under_tolerance AS under, {OPEN} AS gone,"
        f" {HELD} AS held, l.qty - l.cancelled_qty - {OPEN} AS wanted, {THERE} AS there, {TAKEN} AS taken FROM orders_orderstatus s"
        " JOIN orders_order o ON o.id = s.order_id JOIN orders_terms t ON t.order_id = o.id"
        " JOIN orders_orderline l ON l.order_id = o.id"
        " JOIN catalog_product p ON p.id = l.product_id WHERE s.is_open AND o.state = 'confirmed'"
        " AND t.reserve = 'at_confirm'"
        " AND t.place IS NOT NULL AND NOT p.service) q WHERE q.wanted > q.held AND q.there > q.taken"
        " AND NOT (q.gone > 0 AND q.wanted * 1000000 <= q.qty * q.under)",
        "a line waits for {0} while {1} are free",
    ),
    (
        "goods_move_for_a_reason",
        "SELECT m.id, m.qty, COALESCE(m.line, 0) FROM stock_move m WHERE m.kind IN ('receipt', 'shipment', 'unship', 'return')"
        " AND (m.document IS NULL OR NOT EXISTS (SELECT 1 FROM records_sourcedocument d WHERE d.id = m.document))",
        "a move of {0} belongs to no paper (line {1})",
    ),
    (
        "layers_give_what_they_have",
        "SELECT l.move_id, l.qty, COALESCE(SUM(u.qty), 0) FROM stock_layer l LEFT JOIN stock_layeruse u ON u.layer_id = l.move_id"
        " GROUP BY l.move_id, l.qty, l.used_up HAVING COALESCE(SUM(u.qty), 0) > l.qty OR COALESCE(SUM(u.qty), 0) < 0"
        " OR (l.used_up AND COALESCE(SUM(u.qty), 0) <> l.qty) OR (NOT l.used_up AND COALESCE(SUM(u.qty), 0) = l.qty)",
        "a layer of {0} has given {1}",
    ),
    (
        "layers_are_worth_their_moves",
        "SELECT q.sku, q.moved, q.left_over FROM (SELECT p.sku,"
        " COALESCE((SELECT SUM(m.value) FROM stock_move m WHERE m.product_id = p.id), 0) + COALESCE((SELECT SUM(a.value)"
        " FROM stock_costadjustment a JOIN stock_move m ON m.id = a.move_id WHERE m.product_id = p.id), 0) AS moved,"
        " COALESCE((SELECT SUM(l.value) FROM stock_layer l WHERE l.product_id = p.id), 0) + COALESCE((SELECT SUM(a.value)"
        " FROM stock_costadjustment a JOIN stock_layer l ON l.move_id = a.move_id WHERE l.product_id = p.id), 0)"
        " - COALESCE((SELECT SUM(u.value) FROM stock_layer l JOIN stock_layeruse u ON u.layer_id = l.move_id"
        " WHERE l.product_id = p.id), 0) AS left_over"
        f" FROM catalog_product p WHERE p.cost_method = 'fifo' AND {THERE} >= 0) q WHERE q.moved <> q.left_over",
        "its moves are worth {0} and what is left of its layers {1}",
    ),
)


def stock() -> Iterator[tuple[str, str, str]]:
    """What breaks a law of stock: (law, document, sentence)."""
    for law, sql, sentence in _SUMS:
        for document, one, other in bulk.select(sql):
            yield law, str(document), sentence.format(int(one), int(other))
    for row in StockBalance.objects.order_by("pk"):
        after = (row.month + timedelta(days=31)).replace(day=1)
        sql = "SELECT COALESCE(SUM(qty), 0) FROM stock_move WHERE product_id = %s AND warehouse_id = %s AND move_date < %s"
        moved = int(bulk.select(sql, [row.product_id, row.warehouse_id, after.isoformat()])[0][0])
        if moved != to_units(row.qty, QTY_SCALE):
            yield (
                "balances_are_sums",
                str(row),
                f"a balance of {to_units(row.qty, QTY_SCALE)} stands for moves of {moved}",
            )
