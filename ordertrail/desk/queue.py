"""The queue for stock: what becomes free goes at once to the order lines that wait for it, first confirmed first, then by line."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from ordertrail.desk.open_lines import lines_of, open_lines
from ordertrail.desk.standing import by_line
from ordertrail.desk.step import Step
from ordertrail.lib import bulk
from ordertrail.orders.models import Order, Terms
from ordertrail.shipping.models import ShipmentLine
from ordertrail.stock.actions import Hold, hold_all
from ordertrail.stock.models import Reservation
from ordertrail.stock.queries import free

AT_A_TIME = 100
"""Lines whose standing is read at once; mostly the first ones take all that there is."""


def serve(s: Step, products: Iterable[int], *, among: Collection[int] | None = None) -> None:
    """Let waiting lines of confirmed own orders that reserve by themselves take free stock of ``products`` (domain.md §1.10).

    To be called after everything that frees or brings stock, and by confirm with the order's own products. What the step has written
    so far is counted first. ``among``: none but these orders can be waiting, since whoever waited before has taken what was free (a
    confirmation: the order itself); it saves looking through the product's open lines.
    """
    left = {product: qty for product, qty in free(sorted(set(products))).items() if qty > 0}
    if not left:
        return
    if s.orders:
        s.settle_now()
    waiting = _waiting(sorted(left), among)
    holds: list[Hold] = []
    for start in range(0, len(waiting), AT_A_TIME):
        part = [one for one in waiting[start : start + AT_A_TIME] if left.get(one[2])]
        lines = by_line({order for _line, order, _product in part})
        for line, order, product in part:
            qty = min(lines[line].to_reserve, left[product])
            if qty > 0:
                left[product] -= qty
                holds.append(Hold(line, order, product, product, qty))
        if not any(left.values()):
            break
    hold_all(holds, s.by)


def _waiting(products: Collection[int], among: Collection[int] | None) -> list[tuple[int, int, int]]:
    """The lines (id, order, product) that may be waiting, in their order in the queue."""
    goods, held = bulk.table(ShipmentLine), bulk.table(Reservation)
    if among is None:
        lines, given = open_lines(products), [bulk.bound(products)]
    else:
        lines, given = lines_of(bulk.among()), [bulk.bound(among), bulk.bound(products)]
    rows = bulk.select(
        "SELECT q.id, q.order_id, q.product_id FROM (SELECT l.id, l.line, l.order_id, l.product_id, l.qty - l.cancelled_qty"
        f" - COALESCE((SELECT SUM(g.qty) FROM {goods} g WHERE g.order_line_id = l.id AND g.counts AND g.qty > 0), 0)"
        f" - COALESCE((SELECT SUM(r.qty) FROM {held} r WHERE r.order_line_id = l.id AND r.ended_at IS NULL), 0) AS wanting"
        f" FROM {lines}) q JOIN {bulk.table(Order)} o ON o.id = q.order_id JOIN {bulk.table(Terms)} t ON t.order_id = q.order_id"
        " WHERE q.wanting > 0 AND o.state = 'confirmed' AND t.reserve = 'at_confirm' AND t.place IS NOT NULL"
        " ORDER BY t.place, q.line, q.id",
        given,
    )
    return [(line, order, product) for line, order, product in rows]
