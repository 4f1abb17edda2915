"""Scenarios E1 and E19 with what nobody may read who may not: costs in every place that holds one, and Eve's own customers.

Anna's order SO-A shares a shipment, an invoice and a payment with Eve's SO-B; all else of Eve is hers alone.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from ordertrail.api.tests.company import COST, ORDER_B, e1
from ordertrail.billing.bank import Entry, Told
from ordertrail.catalog.models import Product
from ordertrail.desk.bank import bring
from ordertrail.desk.comment import comment
from ordertrail.desk.receive import Part, receive
from ordertrail.findings.follow import daily, follow
from ordertrail.findings.tests.company import ERP_BILLS_10, MES_MADE_8, OMS_X, WMS_SHIPS_6, WMS_X, say
from ordertrail.lib import clock
from ordertrail.lib.money import MONEY_SCALE, QTY_SCALE, to_units
from ordertrail.orders.models import OrderStatus
from ordertrail.parties.models import Person
from ordertrail.records.models import Source
from ordertrail.records.shapes import (
    AllocationRecord,
    CustomerRecord,
    InvoiceLineRecord,
    InvoiceRecord,
    OpportunityRecord,
    PaymentRecord,
    ProductRecord,
    ProjectRecord,
    ShipmentLineRecord,
    ShipmentRecord,
    WorkOrderRecord,
)
from ordertrail.sync.models import Cursor, Job, Reject, SyncRun
from ordertrail.sync.story import entry
from ordertrail.track.models import SavedView

D = Decimal
NEW_COST = D("62.3456")
COSTS = tuple(str(amount).encode() for cost in (COST, NEW_COST) for amount in (cost, round(cost, 2)))
"""What a LAMP costs, before and now, as it is stored and as it is shown."""
EVES = tuple(
    text.encode()
    for text in (
        *("SO-B", "SO-EVE", "SH-EVE", "INV-EVE", "PAY-EVE", "WO-EVE", "PRJ-EVE", "OPP-EVE", "Evening Star", "C9-EVE", "EVE-PO"),
        *("SO-2609-0027", "so2609-0027", "SH-2609-0029", "INV-2609-0024", "WO-2609-0044", "启明船厂"),
    )
)  # fmt: skip
"""Numbers and customers of orders that are not Anna's."""
STREAM = {"kind": "order", "from": "orders", "key": "id", "cursor": "changed", "fields": {"number": "no"}}


def crawl_company(root: Person) -> None:
    """The company; ``root`` has written about a cost where people write."""
    by = e1()
    ships, bills = replace(WMS_SHIPS_6, ref="S9"), replace(ERP_BILLS_10, ref="I9")
    for code, record in (("oms", OMS_X), ("wms", WMS_X), ("wms", ships), ("erp", bills), ("mes", MES_MADE_8)):
        say(by[code], record)
    say(by["erp"], ProductRecord("p1", "LAMP", "信号灯", price=D(100), cost=NEW_COST))
    say(by["oms"], CustomerRecord("c9", "C9-EVE", "Evening Star Marine", country="NO"))
    line = replace(ORDER_B.lines[0], ref="1")
    say(by["oms"], replace(ORDER_B, ref="9", number="SO-EVE", customer="c9", customer_name="Evening Star Marine",
                           customer_number="EVE-PO", lines=(line,)))  # fmt: skip
    for owner, order in (("EVE", "SO-EVE"), ("ANNA", "SO-A")):
        customer = "Evening Star Marine" if owner == "EVE" else "远帆船舶"
        say(by["wms"], ShipmentRecord(f"S-{owner}", f"SH-{owner}", shipped_at=date(2026, 9, 15),
                                      lines=(ShipmentLineRecord("1", "LAMP", D(1), order),)))  # fmt: skip
        billed = InvoiceLineRecord("1", order, sku="LAMP", qty=D(1), net=D(80))
        say(by["erp"], InvoiceRecord(f"I-{owner}", f"INV-{owner}", customer_name=customer, invoice_date=date(2026, 9, 15),
                                     due_date=date(2026, 9, 15), currency="CNY", total=D("90.4"), lines=(billed,)))  # fmt: skip
        say(by["erp"], PaymentRecord(f"P-{owner}", f"PAY-{owner}", D(40), paid_at=date(2026, 9, 15), currency="CNY",
                                     customer_name=customer, allocations=(AllocationRecord(D(40), f"INV-{owner}"),)))  # fmt: skip
        say(by["mes"], WorkOrderRecord(f"W-{owner}", f"WO-{owner}", "LAMP", D(5), D(2), order=order))
        say(by["oms"], OpportunityRecord(f"O-{owner}", f"OPP-{owner}", f"Lamps for {customer}", customer_name=customer,
                                         value=D(900), currency="CNY", order=order))  # fmt: skip
        say(by["mes"], ProjectRecord(f"R-{owner}", f"PRJ-{owner}", f"Lamps for {customer}", customer_name=customer, order=order,
                                     planned_hours=D(9)))  # fmt: skip
    lamp = Part(Product.objects.get(sku="LAMP").pk, 5 * QTY_SCALE, to_units(NEW_COST, QTY_SCALE))
    receive(root, day=date(2026, 9, 20), lines=[lamp], planned=True)
    money = Entry(1, date(2026, 9, 21), to_units(D(77), MONEY_SCALE), "CNY", "Evening Star", "SO-EVE")
    bring(root, Told("6222 0210", "table", (money,)), "bank.csv", "0" * 64)
    told_by_sources(by["erp"])
    follow()
    daily()
    SavedView.objects.create(
        person=root, page="orders", name="Late", query="queue=late", shared=True, made_at=clock.now()
    )
    comment(root, OrderStatus.objects.get(number="SO-EVE").order_id, "SO-EVE waits for Evening Star.")


def told_by_sources(erp: Source) -> None:
    """What the ERP wrote of a cost and of Eve's order that could not be read: in a run, in an item, in a job, in a cursor."""
    said = f"“{COST}” of SO-EVE is no figure."
    Source.objects.filter(pk=erp.pk).update(settings={"streams": [STREAM]}, every_minutes=10)
    begun = clock.now() - timedelta(minutes=5)
    story = [
        entry("stream", stream="order", since="SO-EVE"),
        entry("received", stream="order", name="SO-EVE.csv", day="2026-09-15"),
        entry("note", stream="order", detail=said, place="orders id=SO-EVE", count=3),
        entry("failed", detail=said),
    ]
    times = {"started_at": begun, "ended_at": clock.now()}
    run = SyncRun.objects.create(source=erp, trigger="schedule", state="failed", error=said, story=story, **times)
    Cursor.objects.create(source=erp, stream="order", value="SO-EVE")
    Reject.objects.create(
        source=erp, stream="order", ref="SO-EVE", place="orders id=SO-EVE", column="plan_cost", code="not_a_number",
        detail=said, raw=f'{{"customer": "Evening Star", "plan_cost": "{COST}"}}', at=clock.now() - timedelta(minutes=4),
    )  # fmt: skip
    Job.objects.create(kind="sync", args={"source": "erp"}, state="failed", asked_at=begun, due_at=begun,
                       result={"run": run.pk, "error": said})  # fmt: skip
