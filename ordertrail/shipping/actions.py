"""Steps that write shipments as their groups agree on them, each line joined to the order line it belongs to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from ordertrail.lib import bulk
from ordertrail.lib.ids import LINES
from ordertrail.lib.moments import moment
from ordertrail.lib.money import QTY_SCALE, to_units
from ordertrail.lib.numbers import number_key
from ordertrail.orders.placing import Paper, Piece, Place, Placing
from ordertrail.orders.queries import LineFinder
from ordertrail.records.merge import Merged
from ordertrail.records.queries import Finder
from ordertrail.records.rules import Standing
from ordertrail.records.shapes import ShipmentRecord
from ordertrail.shipping.models import Shipment, ShipmentLine

SHIPMENT = (
    "id", "company", "home", "number", "state", "direction", "reported", "planned_date", "shipped_at", "shipped_date",
    "shipped_prec", "arrived_at", "arrived_date", "customer_name", "ship_to", "carrier", "tracking_number", "warehouse",
    "mode",
)  # fmt: skip
LINE = (
    "id", "shipment", "line", "order_key", "order", "order_line", "sku", "qty", "lot", "standing", "counts", "scheduled_date",
    "delivered_date",
)  # fmt: skip


def remove(ids: Sequence[int]) -> None:
    """Delete the rows of these shipments."""
    bulk.delete(ShipmentLine, "shipment", ids)
    bulk.delete(Shipment, "id", ids)


def write(shipments: Sequence[Merged[ShipmentRecord]], orders: Finder, standing: Standing) -> set[int]:
    """Write the agreed shipments and their lines; returns the ids of the orders that their lines belong to."""
    orders.learn((m.lines_from, line.order) for m in shipments for line in m.record.lines)
    touched = {
        found
        for m in shipments
        for line in m.record.lines
        if (found := orders.find(m.lines_from, line.order)) is not None
    }
    pieces = [list(_pieces(m, orders)) for m in shipments]
    places = iter(Placing(LineFinder(touched), reopens=False).places([piece for of in pieces for piece in of]))
    bulk.insert(Shipment, SHIPMENT, [_shipment(m) for m in shipments])
    rows = (_lines(m, of, places, standing) for m, of in zip(shipments, pieces, strict=True))
    bulk.insert(ShipmentLine, LINE, [row for of in rows for row in of])
    return touched


def _shipment(merged: Merged[ShipmentRecord]) -> tuple[Any, ...]:
    record = merged.record
    at, day, prec = moment(record.shipped_at)
    arrived_at, arrived_date, _ = moment(record.arrived_at)
    return (
        merged.group, 1, merged.home, record.number[:100], record.state, record.direction, record.reported, record.planned_date,
        at, day, prec, arrived_at, arrived_date, record.customer_name[:200], record.ship_to[:300], record.carrier[:80],
        record.tracking_number[:100], record.warehouse[:80], record.mode[:40],
    )  # fmt: skip


def _pieces(merged: Merged[ShipmentRecord], orders: Finder) -> Iterator[Piece]:
    """Its lines, while their places in orders are looked for."""
    record = merged.record
    sign = -1 if record.direction == "in" else 1
    day = moment(record.shipped_at)[1]
    paper = Paper((merged.home, record.reported), record.state, day, record.number, record.ref)
    seen: Counter[tuple[int | None, str]] = Counter()
    for line in record.lines:
        order = orders.find(merged.lines_from, line.order)
        qty = sign * to_units(line.qty, QTY_SCALE)
        yield Piece(paper, order, line.order_line, line.sku, qty, seen[order, line.sku])
        seen[order, line.sku] += 1


def _lines(
    merged: Merged[ShipmentRecord], pieces: Iterable[Piece], places: Iterator[list[Place]], standing: Standing
) -> Iterator[tuple[Any, ...]]:
    """One row for each order line that a line of the shipment is for."""
    stands = standing(merged.home, merged.record.reported)
    told = zip(merged.record.lines, pieces, strict=True)
    placed = ((line, piece.order, *place) for line, piece in told for place in next(places))
    for number, (line, order, found, qty) in enumerate(placed, 1):
        yield (
            merged.group * LINES + number, merged.group, number, number_key(line.order)[:100], order, found and found.id,
            line.sku[:100], qty, line.lot[:60], stands, False, line.scheduled_date, line.delivered_date,
        )  # fmt: skip
