"""Holding what a verb of the desk counts: orders with their customers, products and shipments, in the one order of locks, and reading
them once they are held."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from django.db import connection
from django.utils.translation import gettext as _

from ordertrail.desk.standing import standings
from ordertrail.desk.step import hold
from ordertrail.lib.refused import Refused
from ordertrail.orders.own import Head, heads
from ordertrail.orders.standing import LineStanding
from ordertrail.shipping.own import Draft, read


@dataclass(frozen=True, slots=True)
class Held:
    """Orders that nobody else changes until the verb ends: by id, and their lines by id."""

    orders: dict[int, Head]
    lines: dict[int, LineStanding]

    def of(self, order: int) -> list[LineStanding]:
        """The lines of one order, by number."""
        return [line for line in self.lines.values() if line.order == order]

    def products(self) -> set[int]:
        """Every product on the lines."""
        return {line.product for line in self.lines.values() if line.product is not None}


def hold_orders(orders: Collection[int], also: Collection[int] = (), shipments: Collection[int] = ()) -> Held:
    """Hold these orders with their customers and the products of their lines (and ``also``), then ``shipments``; read them after that.
    Refused("unknown_document") where one is not there."""
    before = heads(orders)
    lines = _lines(orders)
    if connection.vendor == "postgresql":
        hold("customer", {head.customer for head in before.values() if head.customer is not None})
        hold("order", set(orders))
        hold("product", {line.product for line in lines.values() if line.product is not None} | set(also))
        hold("shipment", shipments)
        return Held(heads(orders), _lines(orders))
    return Held(before, lines)


def hold_shipment(shipment: int) -> tuple[Draft, Held]:
    """Hold a shipment of our own with the orders on it, and read it then. Refused("lives_elsewhere") for one of another system."""
    orders = {line.order for line in read(shipment).lines if line.order is not None}
    held = hold_orders(orders, shipments=[shipment])
    found = read(shipment)
    if not found.own:
        sentence = _("Shipment %(shipment)s lives in another system. Change it there; it is mirrored here.")
        raise Refused("lives_elsewhere", sentence % {"shipment": found.name})
    return found, held


def _lines(orders: Collection[int]) -> dict[int, LineStanding]:
    return {line.id: line for lines in standings(orders).values() for line in lines}
