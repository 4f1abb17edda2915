"""What is typed here beside what a system tells: customers and products are joined and parted, and every row of ours goes along."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from ordertrail.desk.link import unlink
from ordertrail.desk.mirror import mirror
from ordertrail.desk.tests.driving import D, Desk, amounts, opened
from ordertrail.desk.tests.shop import whole
from ordertrail.lib import clock
from ordertrail.orders.models import Order, OrderLine
from ordertrail.parties.models import Person
from ordertrail.records.actions import Said
from ordertrail.records.models import Link, Source
from ordertrail.records.shapes import CustomerRecord, ProductRecord, Record
from ordertrail.stock.models import Move, Reservation

pytestmark = [pytest.mark.django_db, pytest.mark.slow, pytest.mark.store]


@pytest.fixture
def desk(db: None) -> Iterator[Desk]:
    """Customer C1, ten LAMPs at 60, and order SO-1: six of its ten have left and are billed."""
    made = opened()
    made.product("LAMP")
    made.receive(("LAMP", 20, 60))
    made.order("SO-1", ("LAMP", 10, 100))
    made.send(("SO-1", 1, 6))
    made.billed("SO-1")
    yield made
    whole()


def erp() -> Source:
    return Source.objects.create(code="erp", name="ERP", kind="erp", connector="sql", order_rank=1)


def say(source: Source, *records: Record) -> None:
    for record in records:
        mirror(source, [Said(record)], batch=None, learned_at=clock.now())


def test_a_customer_and_a_product_that_another_system_keeps_too_are_joined_and_parted_again(desk: Desk) -> None:
    typed = Order.objects.get(number="SO-1").customer_id, OrderLine.objects.get(order__number="SO-1").product_id
    before = desk.see("SO-1"), desk.get(f"/products/{typed[1]}"), desk.balance("C1")
    source = erp()
    say(source, CustomerRecord("9", "E-9", "Customer C1"), ProductRecord("7", "LAMP", "Lamp"))

    order, line = Order.objects.get(number="SO-1"), OrderLine.objects.get(order__number="SO-1")
    assert (order.customer_id, line.product_id) != typed  # the ERP keeps them now
    assert {*Move.objects.values_list("product", flat=True)} == {line.product_id}
    assert {*Reservation.objects.values_list("product", flat=True)} == {line.product_id}
    told = desk.see("SO-1")
    assert (told["customer"], told["amounts"], told["lines"]) == ("E-9", before[0]["amounts"], before[0]["lines"])
    assert amounts(desk.stock("LAMP"), "on_hand", "reserved", "free", "value") == [14, 4, 10, 840]
    assert D(desk.balance("E-9")["receivable"]) == D(before[2]["receivable"]) == 678
    whole()

    dana = Person.objects.get(username="dana")
    for link in Link.objects.filter(ended_at=None):
        unlink(dana, link)
    order, line = Order.objects.get(number="SO-1"), OrderLine.objects.get(order__number="SO-1")
    assert (order.customer_id, line.product_id) == typed
    after = desk.see("SO-1"), desk.get(f"/products/{typed[1]}"), desk.balance("C1")  # two are called LAMP now
    assert after == before


def test_goods_go_out_after_a_product_was_joined(desk: Desk) -> None:
    say(erp(), ProductRecord("7", "LAMP", "Lamp"))
    desk.send(("SO-1", 1, 4))
    desk.billed("SO-1")
    assert amounts(desk.see("SO-1"), "shipped", "invoiced", "not_invoiced") == [1130, 1130, 0]
    assert amounts(desk.stock("LAMP"), "on_hand", "reserved", "value") == [10, 0, 600]
