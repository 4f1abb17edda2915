"""Shipments and returns as the API tells them, each by a fixed number of queries."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from django.conf import settings

from ordertrail.api import written
from ordertrail.api.documents import customer_of, shipment_head
from ordertrail.api.door import Caller
from ordertrail.api.problems import not_found
from ordertrail.api.scope import own
from ordertrail.api.shapes import documents as shapes
from ordertrail.api.versions import versioned
from ordertrail.lib.money import MONEY_SCALE, from_units, half_up
from ordertrail.orders.models import Terms
from ordertrail.records.models import DESK
from ordertrail.shipping.models import Shipment, ShipmentLine
from ordertrail.stock.queries import cost_of


def shipment(pk: int, by: Caller) -> shapes.Shipment:
    """One shipment, by its row. Problem 404 where a draft is gone."""
    return versioned(shapes.Shipment(**_told(pk, by)))


def shipped(told: shapes.Shipment, remainder: int | None) -> shapes.Shipped:
    """A shipment that went out, with what stayed behind."""
    return shapes.Shipped(
        **{name: getattr(told, name) for name in shapes.Shipment.model_fields},
        remainder=None if remainder is None else str(remainder),
    )


def _told(pk: int, by: Caller) -> dict[str, Any]:
    row = _row(pk, "shipment")
    lines = _lines(pk, by)
    costs = _costs(row, lines, by)
    head = shipment_head(row)
    if row.home.kind == DESK:
        head |= {"ship_to": _address(lines) or row.ship_to, "date": row.shipped_date or row.planned_date}
    return {
        **head,
        "version": 0,
        "customer": customer_of(line.order_id for line in lines),
        "orders": _ids(line.order_id for line in lines),
        "lines": [
            shapes.ShipmentLine(
                line=line.line,
                order=written.id_of(line.order_id),
                order_line=line.order_line.line if line.order_line else None,
                sku=line.sku,
                qty=written.qty(line.qty),
                **_cost(line, costs, by),
            )
            for line in lines
        ],
    }


def goods_return(pk: int, by: Caller) -> shapes.Return:
    """One return; what came back of one order line out of several shipments is told as one. Problem 404 for a shipment."""
    row = _row(pk, "return")
    if row.direction != "in":
        raise not_found("return", str(pk))
    lines = _lines(pk, by)
    costs = _costs(row, lines, by)
    merged: dict[tuple[int | None, int | None, str], list[ShipmentLine]] = {}
    for line in lines:
        merged.setdefault((line.order_id, line.order_line_id, line.sku), []).append(line)
    return versioned(
        shapes.Return(
            **return_head(row),
            version=0,
            customer=customer_of(line.order_id for line in lines),
            orders=_ids(line.order_id for line in lines),
            credit_note=written.id_of(row.credit_note),
            lines=[_return_line(parts, costs, by) for parts in merged.values()],
        )
    )


def _return_line(parts: Sequence[ShipmentLine], costs: dict[int, int], by: Caller) -> shapes.ReturnLine:
    first = parts[0]
    known = [costs[part.pk] for part in parts if part.pk in costs]
    cost = {"cost": _money(sum(known)) if known else None} if by.sees_cost() else {}
    return shapes.ReturnLine(
        order=written.id_of(first.order_id),
        line=first.order_line.line if first.order_line else None,
        sku=first.sku,
        qty=written.qty(-sum((part.qty for part in parts), Decimal(0))),
        **cost,
    )


def return_head(row: Shipment) -> dict[str, Any]:
    """What a list and the page tell of a return."""
    return {
        "id": str(row.pk), "number": row.number or None, "state": row.state, "date": row.shipped_date,
        "customer_name": row.customer_name, "home": row.home.code,
    }  # fmt: skip


def returns(rows: Sequence[Shipment]) -> list[shapes.ReturnRow]:
    """Returns of a list."""
    return [shapes.ReturnRow(**return_head(row)) for row in rows]


def _row(pk: int, kind: str) -> Shipment:
    row = Shipment.objects.select_related("home").filter(pk=pk).first()
    if row is None:
        raise not_found(kind, str(pk))
    return row


def _lines(pk: int, by: Caller) -> list[ShipmentLine]:
    mine = own(ShipmentLine.objects.filter(shipment=pk), by.person)
    return list(mine.select_related("order_line").order_by("line"))


def _costs(row: Shipment, lines: Sequence[ShipmentLine], by: Caller) -> dict[int, int]:
    """What the lines cost; not asked for who does not see it, nor for goods that another system moved."""
    return cost_of([line.pk for line in lines]) if row.home.kind == DESK and by.sees_cost() else {}


def _cost(line: ShipmentLine, costs: dict[int, int], by: Caller) -> dict[str, str | None]:
    if not by.sees_cost():
        return {}
    if line.pk not in costs:
        return {"cost": None, "unit_cost": None}
    cost = from_units(costs[line.pk], MONEY_SCALE)
    return {"cost": _money(costs[line.pk]), "unit_cost": str(half_up(cost / abs(line.qty), 4)) if line.qty else None}


def _money(units: int) -> str:
    return written.money(from_units(units, MONEY_SCALE), settings.COMPANY.currency)


def _address(lines: Sequence[ShipmentLine]) -> str:
    """The code of the one address of the orders on a shipment of our own; "" for orders of another system."""
    orders = {line.order_id for line in lines}
    return Terms.objects.filter(order__in=orders).values_list("ship_to", flat=True).first() or ""


def _ids(keys: Iterable[int | None]) -> list[str]:
    return [str(pk) for pk in dict.fromkeys(keys) if pk is not None]
