"""The warehouse system: home of goods. Outbound orders by wave, what left line by line in cartons.

Quantities are text, SKUs are lower-case with dashes, the order's number is typed into ``ref_no`` by hand: sometimes
with blanks, sometimes with full-width signs. One outbound order may hold the goods of several orders, and one order
line may fill several cartons.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from ordertrail.demo.systems.sqlite_file import Row, clear, put, writing
from ordertrail.demo.truth import Shipment, ShipmentLine
from ordertrail.lib.sqlite_library import sqlite3

FILE = "wms.sqlite3"

SCHEMA = """
CREATE TABLE wave (wave_no TEXT PRIMARY KEY, opened TEXT, lines INTEGER);
CREATE TABLE outbound (out_no TEXT PRIMARY KEY, wave_no TEXT, ref_no TEXT, stat TEXT, consignee TEXT, addr TEXT,
  carrier TEXT, waybill TEXT, plan_day TEXT, created TEXT, qc_from TEXT, qc_to TEXT, ship_time TEXT,
  way TEXT, sign_time TEXT, upd TEXT);
CREATE TABLE carton_line (line_id TEXT PRIMARY KEY, out_no TEXT, carton_no TEXT, sku TEXT, qty TEXT, ref_no TEXT);
CREATE INDEX carton_line_out ON carton_line (out_no);
CREATE INDEX outbound_upd ON outbound (upd);
"""

STATES = {"draft": "S1", "held": "S5", "done": "S9", "cancelled": "SX"}
"""S1 picking, S5 held by quality control, S9 shipped, SX cancelled."""

WAYS = {"德邦物流": "公路", "自有车队": "公路", "顺丰速运": "航空", "中远海运": "海运"}
"""How each carrier travels."""

FULL_WIDTH = str.maketrans("-0123456789", "－０１２３４５６７８９")


def at(moment: datetime | None) -> str | None:
    """A time as the WMS writes it: local, to the minute."""
    return None if moment is None else moment.strftime("%Y/%m/%d %H:%M")


def sku(code: str) -> str:
    """A SKU as the WMS writes it.

    >>> sku("HL-BL24"), sku("HL-CB-C")
    ('hl-bl-24', 'hl-cb-c')
    """
    return re.sub(r"(?<=[A-Z])(?=\d)", "-", code).lower()


def typed(number: str, shipment: Shipment) -> str:
    """An order's number as the storekeeper typed it: one in ten with full-width signs, one in ten with blanks."""
    habit = sum(map(ord, shipment.number)) % 10
    if habit == 3:
        return number.translate(FULL_WIDTH)
    return f" {number.replace('-', ' - ')} " if habit == 7 else number


def _quantity(qty: int, habit: int) -> str:
    """A quantity as text, in one of the ways that people type it."""
    return {4: f"{qty}.00", 5: f" {qty}", 6: str(qty).translate(FULL_WIDTH)}.get(habit % 12, f"{qty:,}")


def _pieces(line: ShipmentLine) -> list[int]:
    """How a quantity falls into cartons: full ones and a rest; never more than three, the last takes what is left."""
    full, rest = divmod(line.qty, line.line.product.pack)
    if full + bool(rest) > 3:
        return [line.line.product.pack, line.line.product.pack, line.qty - 2 * line.line.product.pack]
    return [line.line.product.pack] * full + [rest] * bool(rest)


def cartons(shipment: Shipment) -> list[Row]:
    """What stands in each carton of a shipment: one row a carton, each of one order line."""
    rows: list[Row] = []
    for line in shipment.lines:
        for qty in _pieces(line):
            carton = f"CTN{shipment.number[2:]}-{len(rows) + 1:02d}"
            rows.append(
                {
                    "line_id": f"{carton}/1",
                    "out_no": shipment.number,
                    "carton_no": carton,
                    "sku": sku(line.line.product.sku),
                    "qty": _quantity(qty, len(rows) + ord(shipment.number[-1])),
                    "ref_no": typed(line.order.number, shipment),
                }
            )
    return rows


def _outbound(shipment: Shipment) -> Row:
    numbers = sorted({line.order.number for line in shipment.lines})
    return {
        "out_no": shipment.number,
        "wave_no": shipment.wave,
        "ref_no": "/".join(typed(number, shipment) for number in numbers),
        "stat": STATES[shipment.state],
        "consignee": shipment.customer.zh,
        "addr": shipment.ship_to,
        "carrier": shipment.carrier,
        "waybill": shipment.waybill,
        "plan_day": shipment.planned_date.strftime("%Y%m%d"),
        "created": at(shipment.created_at),
        "qc_from": at(shipment.qc_from),
        "qc_to": at(shipment.qc_to),
        "ship_time": at(shipment.shipped_at),
        "way": WAYS.get(shipment.carrier, ""),
        "sign_time": at(shipment.arrived_at),
        "upd": shipment.changed_at.strftime("%Y-%m-%dT%H:%M:%S"),
    }


def _waves(connection: sqlite3.Connection, shipments: list[Shipment]) -> None:
    waves = {shipment.wave: shipment for shipment in reversed(shipments)}
    put(
        connection,
        "wave",
        (
            {"wave_no": no, "opened": at(first.created_at), "lines": len(first.lines)}
            for no, first in sorted(waves.items())
        ),
    )


def write(folder: Path, shipments: Iterable[Shipment]) -> None:
    """Put these shipments into the WMS, each as it stands now."""
    listed = list(shipments)
    with writing(folder / FILE, SCHEMA) as connection:
        _waves(connection, listed)
        clear(connection, "carton_line", "out_no", (shipment.number for shipment in listed))
        put(connection, "outbound", map(_outbound, listed))
        put(connection, "carton_line", (row for shipment in listed for row in cartons(shipment)))
