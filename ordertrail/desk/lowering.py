"""What follows when less is to be done of orders than before: drafts are lowered to what is still open, reservations to what is to be
shipped, and whoever waits for the goods gets them (api.md §5, domain.md §1.10)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from ordertrail.desk.lower_invoices import lower_invoices
from ordertrail.desk.queue import serve
from ordertrail.desk.standing import by_line
from ordertrail.desk.step import Step
from ordertrail.orders.standing import LineStanding
from ordertrail.shipping import own
from ordertrail.shipping.rules import lowered
from ordertrail.stock.actions import release


def lower_shipments(s: Step, orders: Collection[int]) -> None:
    """Lower draft lines of these orders to what is still open, the newest draft first; a line at 0 goes, and a draft without lines.
    Lines of a product that was amended follow it."""
    drafts = own.open_drafts(orders)
    if not drafts:
        return
    lines = by_line(orders)
    rows: dict[int, list[tuple[int, int]]] = {}
    for row, _shipment, line, _sku, qty in drafts:
        rows.setdefault(line, []).append((row, qty))
    less = {row: qty for line, mine in rows.items() for row, qty in lowered(lines[line].to_ship, mine).items()}
    other = {row: lines[line].sku for row, _, line, sku, _ in drafts if sku != lines[line].sku}
    own.rename_goods(other)
    own.change(less)
    touched = {shipment for row, shipment, *_ in drafts if row in less or row in other}
    own.drop_empty(touched)
    s.touch("shipment", *touched)


def settle(s: Step, orders: Collection[int], why: str, also: Iterable[int] = ()) -> None:
    """Bring everything that hangs on these orders down to what is open now: drafts, reservations (ended with ``why``), and then serve
    those who wait for the products of the orders and ``also``."""
    s.settle_now()
    lower_shipments(s, orders)
    lower_invoices(s, orders)
    lines = by_line(orders)
    free(s, lines.values(), why, also)


def free(s: Step, lines: Iterable[LineStanding], why: str, also: Iterable[int] = ()) -> None:
    """End what is reserved beyond what is to ship; then those who wait for these lines' products are served."""
    listed = list(lines)
    excess = {line.id: line.reserved - line.to_ship for line in listed if line.reserved > line.to_ship}
    if excess:
        release(excess, why)
    serve(s, {line.product for line in listed if line.product is not None and not line.service} | set(also))


def release_all(lines: Mapping[int, LineStanding], why: str) -> None:
    """End every reservation of these lines."""
    held = [line.id for line in lines.values() if line.reserved]
    if held:
        release(held, why)
