"""A small company that types its orders here, in a word each: for stories about goods, through the verbs alone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from ordertrail.catalog.models import Product
from ordertrail.desk.amend import Change, amend
from ordertrail.desk.cancel_shipment import cancel_shipment
from ordertrail.desk.confirm import confirm
from ordertrail.desk.draft_shipment import draft_shipment
from ordertrail.desk.laws import verify
from ordertrail.desk.mirror import mirror
from ordertrail.desk.receive import Part, receive
from ordertrail.desk.return_goods import return_goods
from ordertrail.desk.ship import ship
from ordertrail.desk.standing import standings
from ordertrail.desk.take_order import LineWanted, OrderWanted, take_order
from ordertrail.lib import clock
from ordertrail.lib.gate import writing
from ordertrail.lib.money import QTY_SCALE
from ordertrail.lib.refused import Refused
from ordertrail.orders.models import Order, OrderStatus
from ordertrail.orders.standing import LineStanding
from ordertrail.parties.models import Customer, Person
from ordertrail.records.actions import Said
from ordertrail.records.own import desk
from ordertrail.records.shapes import Address, CustomerRecord, ProductRecord, Record
from ordertrail.shipping.models import Shipment, ShipmentLine
from ordertrail.stock.models import Move
from ordertrail.stock.queries import reserved
from ordertrail.web.tests.people import person

D = Decimal
ORDERED = date(2026, 9, 14)


def q(qty: object) -> int:
    """A quantity in store units."""
    return int(D(str(qty)) * QTY_SCALE)


class Shop:
    """Anna sells, Bo ships; customer C1 has the addresses north and south."""

    def __init__(self) -> None:
        self.anna, self.bo = (Person.objects.filter(username=one).first() or person(one) for one in ("anna", "bo"))
        self.say(
            CustomerRecord("C1", "C1", "远帆船舶", addresses=(Address("north", "1 Pier"), Address("south", "2 Quay")))
        )

    def say(self, *records: Record) -> None:
        with writing():
            source = desk()
        mirror(source, [Said(record) for record in records], batch=None, learned_at=clock.now())

    def product(self, sku: str = "LAMP", **fields: Any) -> None:
        self.say(ProductRecord(sku, sku, sku.title(), price=D(100), **fields))

    def sku(self, sku: str = "LAMP") -> int:
        return Product.objects.get(sku=sku).pk

    def receive(self, qty: object, cost: object = 60, sku: str = "LAMP", day: date = ORDERED) -> None:
        receive(self.bo, day=day, lines=[Part(self.sku(sku), q(qty), q(cost))])

    def draft(self, number: str, *lines: Any, customer: str = "C1", **more: Any) -> int:
        told = tuple(
            line
            if isinstance(line, LineWanted)
            else LineWanted(line[0], D(str(line[1])), D(str(line[2])) if len(line) > 2 else None)
            for line in lines
        )
        row = Customer.objects.get(code=customer)
        return take_order(by=self.anna, wanted=OrderWanted(row.pk, told, number=number, **more))

    def order(self, number: str, *lines: Any, **more: Any) -> int:
        made = self.draft(number, *lines, **more)
        return confirm(by=self.anna, order=made)

    def load(self, *lines: tuple[int, int, object]) -> int:
        return draft_shipment(by=self.bo, lines=[(order, line, q(qty)) for order, line, qty in lines])

    def ship(self, shipment: int, *lines: tuple[int, int, object], day: date | None = None) -> int | None:
        told = [(order, line, q(qty)) for order, line, qty in lines] or None
        return ship(by=self.bo, shipment=shipment, lines=told, day=day)

    def send(self, *lines: tuple[int, int, object], day: date | None = None) -> int:
        made = self.load(*lines)
        self.ship(made, day=day)
        return made

    def back(self, *lines: tuple[Any, ...], credit: bool = True) -> int:
        told = [(order, line, q(qty), more[0] if more else None) for order, line, qty, *more in lines]
        return return_goods(by=self.bo, lines=told, credit=credit)

    def unship(self, shipment: int, day: date | None = None) -> int:
        return cancel_shipment(by=self.bo, shipment=shipment, day=day)

    def amend(self, order: int, line: int, **what: Any) -> int:
        told: dict[str, Any] = {name: D(str(value)) if name != "sku" else value for name, value in what.items()}
        return amend(by=self.anna, order=order, lines=[Change(line, **told)], reason="the customer called")

    def line(self, order: int, line: int = 1) -> LineStanding:
        return standings([order])[order][line - 1]

    def status(self, order: int) -> OrderStatus:
        return OrderStatus.objects.get(pk=order)

    def reserved(self, sku: str = "LAMP") -> Any:
        product = self.sku(sku)
        return D(reserved([product])[product]) / QTY_SCALE

    def on(self, shipment: int | None) -> list[tuple[int, Any]]:
        """What stands on a shipment: (order, quantity)."""
        rows = ShipmentLine.objects.filter(shipment=shipment).order_by("line")
        return [(row.order_id or 0, int(row.qty) if row.qty == int(row.qty) else row.qty) for row in rows]


def everything() -> list[object]:
    """All that a refusal must leave as it was."""
    return [
        list(model._default_manager.order_by("pk").values())
        for model in (Order, OrderStatus, Shipment, ShipmentLine, Move)
    ]


def refused(code: str, do: Callable[..., Any], *args: Any, **more: Any) -> Refused:
    """That a verb is refused with this code and has changed nothing; the refusal."""
    before = everything()
    with pytest.raises(Refused) as no:
        do(*args, **more)
    assert no.value.code == code, no.value
    assert len(no.value.detail) > 10
    assert everything() == before
    return no.value


def whole() -> None:
    """No law of the store is broken."""
    assert list(verify()) == []


__all__ = ["D", "Person", "Shop", "q", "refused", "whole"]
