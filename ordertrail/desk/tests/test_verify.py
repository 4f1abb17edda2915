"""``verify`` finds nothing after any story, and names what somebody has bent."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.db.models import Value
from django.db.models.functions import Replace
from hypothesis import given

from ordertrail.billing.models import InvoiceShare
from ordertrail.desk.laws import verify
from ordertrail.desk.tests import worlds
from ordertrail.desk.tests.test_laws import History, emptied, few
from ordertrail.orders.models import OrderStatus
from ordertrail.records.models import SourceDocument, SourceVersion
from ordertrail.records.shapes import (
    InvoiceLineRecord,
    InvoiceRecord,
    OrderLineRecord,
    OrderRecord,
    ShipmentLineRecord,
    ShipmentRecord,
)
from ordertrail.shipping.models import ShipmentLine

pytestmark = pytest.mark.django_db
ONE = Decimal(1)
STORY: History = [
    ("oms", OrderRecord("1", "SO-1", shipped="all", lines=(OrderLineRecord("1", "A", ONE * 4, price=ONE * 10),))),
    ("wms", ShipmentRecord("1", "SH-1", lines=(ShipmentLineRecord("1", "A", ONE * 3, order="SO-1"),))),
]


@pytest.mark.slow
@few
@given(history=worlds.histories)
def test_nothing_is_broken_after_any_history(history: History, db: None) -> None:
    emptied()
    worlds.say(worlds.company(), history)
    assert list(verify()) == []


@pytest.mark.parametrize(
    ("law", "bend"),
    [
        ("status_is_recount", lambda: OrderStatus.objects.update(paid=5)),
        ("status_is_recount", lambda: OrderStatus.objects.all().delete()),
        ("one_source_counts", lambda: ShipmentLine.objects.update(counts=True)),
        ("words_are_whole", lambda: SourceVersion.objects.update(facts=Replace("facts", Value("SH-1"), Value("SH-9")))),
        ("words_are_whole", lambda: SourceDocument.objects.filter(kind="order").update(digest=1)),
        ("words_are_whole", lambda: SourceDocument.objects.filter(kind="shipment").update(current=1)),
        ("links_lead_somewhere", lambda: ShipmentLine.objects.update(order_line_id=99)),
    ],
)
def test_what_somebody_bends_is_named(law: str, bend: object, db: None) -> None:
    worlds.say(worlds.company(), STORY)
    assert list(verify()) == []
    bend()  # type: ignore[operator]
    assert law in {broken.law for broken in verify()}


def test_a_share_that_was_changed_by_hand_is_named(db: None) -> None:
    invoice = InvoiceRecord("1", "INV-1", lines=(InvoiceLineRecord("1", order="SO-1", sku="A", qty=ONE, net=ONE * 10),))
    worlds.say(worlds.company(), [*STORY, ("erp", invoice)])
    assert list(verify()) == []
    InvoiceShare.objects.update(gross=1)
    assert "shares_make_the_invoice" in {broken.law for broken in verify()}
