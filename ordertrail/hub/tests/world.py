"""A small company whose five systems say random things, for histories that no person would think of."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from ordertrail.desk.mirror import mirror
from ordertrail.findings.models import Finding
from ordertrail.records.actions import Said
from ordertrail.records.models import Source, SourceDocument
from ordertrail.records.shapes import (
    AllocationRecord,
    CustomerRecord,
    InvoiceLineRecord,
    InvoiceRecord,
    OrderLineRecord,
    OrderRecord,
    PaymentRecord,
    ProductRecord,
    Record,
    Same,
    ShipmentLineRecord,
    ShipmentRecord,
    WorkOrderRecord,
)

D = Decimal
SKUS = ("LAMP", "CABLE", "SWITCH", "HOURS")
CUSTOMERS = ("港埠物流", "Nordlys Marine AS", "远帆船舶用品", "No such customer")
SELLERS = ("anna", "ben", "")
FIRST = date(2026, 6, 1)
AT = datetime(2026, 9, 16, 4, 0, tzinfo=UTC)


def make_company() -> dict[str, Source]:
    """The five systems of scenario E1 and E19, with what each is believed on."""

    def source(code: str, **ranks: object) -> Source:
        return Source.objects.create(code=code, name=code.upper(), kind=code, connector="sql", **ranks)

    return {
        "oms": source("oms", order_rank=1, goods_rank=5),
        "wms": source("wms", order_rank=5, goods_rank=1, goods_scope="orders"),
        "erp": source("erp", order_rank=3, goods_rank=3, invoice_rank=1, money_rank=2),
        "bank": source("bank", money_rank=1),
        "mes": source("mes", production_rank=1),
    }


def say(source: Source, *records: Record, version: str = "") -> None:
    """Have ``source`` say these things now."""
    mirror(source, [Said(record, version) for record in records], batch=None, learned_at=AT)


class World:
    """Says random things about ``numbers`` documents of each kind, one step at a time; the same seed says the same. Few
    documents meet often, many give rich figures."""

    def __init__(self, seed: int, sources: dict[str, Source], numbers: int = 5) -> None:
        self.dice = random.Random(seed)
        self.by, self.numbers = sources, numbers

    def step(self) -> str:
        """One batch of one system, or one document that has gone; what it was."""
        what = self.dice.choice(
            (
                "orders",
                "told_again",
                "shipments",
                "shipments",
                "invoices",
                "payments",
                "making",
                "masters",
                "findings",
                "gone",
            )
        )
        getattr(self, f"_{what}")()
        return what

    def _day(self) -> date:
        return FIRST + timedelta(days=self.dice.randrange(110))

    def _number(self) -> int:
        return self.dice.randrange(self.numbers)

    def _orders(self) -> None:
        say(self.by["oms"], *(self._order(number) for number in {self._number() for _ in range(3)}))

    def _order(self, number: int) -> OrderRecord:
        dice = self.dice
        count = dice.randrange(1, 4)
        return OrderRecord(
            f"o{number}",
            f"SO-{number:03}",
            state=dice.choice(("confirmed", "confirmed", "confirmed", "draft", "closed", "cancelled")),
            customer_name=dice.choice(CUSTOMERS),
            order_date=self._day(),
            promised_date=dice.choice((None, self._day())),
            currency=dice.choice(("CNY", "CNY", "JPY")),
            prices_include_tax=dice.random() < 0.2,
            salesperson=dice.choice(SELLERS),
            shipped=dice.choice(("", "", "all")),
            invoiced=dice.choice((None, None, D(dice.randrange(1, 900)))),
            paid=dice.choice((None, None, D(dice.randrange(1, 900)))),
            country=dice.choice(("", "CN", "Côte d'Ivoire")),
            lines=tuple(self._order_line(place) for place in range(1, count + 1)),
        )

    def _order_line(self, place: int) -> OrderLineRecord:
        dice = self.dice
        qty = D(dice.randrange(1, 12))
        return OrderLineRecord(
            str(place),
            dice.choice(SKUS),
            qty,
            price=D(dice.randrange(100, 30000)) / 100,
            tax_rate=dice.choice((None, D("0.13"), D("0.06"))),
            cancelled_qty=dice.choice((D(0), D(0), D(1))),
            promised_date=dice.choice((None, self._day())),
            vendor=dice.choice(("", "Aurobindo")),
        )

    def _told_again(self) -> None:
        """WMS or ERP know an order too, and say which one it is, or another, or none."""
        number = self._number()
        same = self.dice.choice(((Same(f"SO-{number:03}", "oms"),), (Same(f"SO-{self._number():03}"),), ()))
        lines = tuple(self._order_line(place) for place in range(1, 3))
        told = OrderRecord(f"w{number}", f"W-{number:03}", same_as=same, currency="CNY", lines=lines)
        say(self.by[self.dice.choice(("wms", "erp"))], told)

    def _shipments(self) -> None:
        dice, number = self.dice, self._number()
        lines = tuple(
            ShipmentLineRecord(
                str(place),
                dice.choice(SKUS),
                D(dice.randrange(1, 6)),
                order=f"SO-{self._number():03}",
                order_line=dice.choice(("", "1", "2")),
                scheduled_date=dice.choice((None, self._day())),
                delivered_date=dice.choice((None, self._day())),
            )
            for place in range(1, dice.randrange(2, 5))
        )
        say(
            self.by[dice.choice(("wms", "wms", "erp"))],
            ShipmentRecord(
                f"s{number}",
                f"SH-{number:03}",
                state=dice.choice(("done", "done", "done", "draft", "cancelled")),
                direction=dice.choice(("out", "out", "out", "in")),
                shipped_at=dice.choice((self._day(), None)),
                arrived_at=dice.choice((self._day(), None)),
                mode=dice.choice(("", "Air")),
                lines=lines,
            ),
        )

    def _invoices(self) -> None:
        dice, number = self.dice, self._number()
        lines = tuple(
            InvoiceLineRecord(
                str(place),
                f"SO-{self._number():03}",
                sku=dice.choice(SKUS),
                qty=dice.choice((None, D(dice.randrange(1, 6)))),
                net=D(dice.randrange(100, 90000)) / 100,
            )
            for place in range(1, dice.randrange(2, 4))
        )
        say(
            self.by["erp"],
            InvoiceRecord(
                f"i{number}",
                f"INV-{number:03}",
                state=dice.choice(("posted", "posted", "draft", "cancelled")),
                type=dice.choice(("invoice", "invoice", "credit_note")),
                invoice_date=self._day(),
                due_date=dice.choice((None, self._day())),
                currency="CNY",
                credits=dice.choice(("", f"INV-{self._number():03}")),  # said of a credit note only
                lines=lines,
            ),
        )

    def _payments(self) -> None:
        dice, number = self.dice, self._number()
        share = dice.choice(
            (
                AllocationRecord(D(dice.randrange(1, 900)), f"INV-{self._number():03}"),
                AllocationRecord(D(dice.randrange(1, 900)), order=f"SO-{self._number():03}"),
            )
        )
        who = dice.choice(("bank", "erp"))
        same = (Same(f"B-{number:03}", "bank"),) if who == "erp" and dice.random() < 0.5 else ()
        say(
            self.by[who],
            PaymentRecord(
                f"p{number}",
                f"{who[0].upper()}-{number:03}",
                share.amount,
                state=dice.choice(("done", "done", "cancelled")),
                same_as=same,
                paid_at=self._day(),
                currency="CNY",
                reference=f"SO-{self._number():03} INV-{self._number():03}",
                allocations=(share,) if dice.random() < 0.7 else (),
            ),
        )

    def _making(self) -> None:
        dice, number = self.dice, self._number()
        say(
            self.by["mes"],
            WorkOrderRecord(
                f"m{number}",
                f"WO-{number:03}",
                dice.choice(SKUS),
                D(10),
                D(dice.randrange(0, 12)),
                order=f"SO-{self._number():03}",
                start_at=self._day(),
                finished_at=dice.choice((None, self._day())),
            ),
        )

    def _masters(self) -> None:
        dice = self.dice
        name = dice.choice(CUSTOMERS[:3])
        say(
            self.by["oms"],
            CustomerRecord(
                f"c{CUSTOMERS.index(name)}", f"C-{CUSTOMERS.index(name)}", name, country=dice.choice(("", "NO"))
            ),
        )
        sku = dice.choice(SKUS)
        say(self.by["erp"], ProductRecord(f"x{sku}", sku, name=dice.choice(("", "灯")), service=sku == "HOURS"))

    def _findings(self) -> None:
        """A finding opens, changes or closes, as ``findings.reconcile`` has it: with a row of ``Change``."""
        from ordertrail.desk.models import Change
        from ordertrail.orders.models import OrderStatus

        order = OrderStatus.objects.order_by("?").first()
        if order is None:
            return
        open_ = self.dice.random() < 0.6
        found, _ = Finding.objects.update_or_create(
            check_name="shipped",
            object_kind="order",
            object=order.pk,
            key="",
            defaults={
                "order": order.pk,
                "status": "open" if open_ else "closed",
                "money": D(self.dice.randrange(1000)),
                "currency": "CNY",
                "role": "store",
                "since": AT,
                "closed_at": None if open_ else AT,
            },
        )
        Change.objects.create(kind="finding", object=found.pk)

    def _gone(self) -> None:
        """A source has lost a document; it is told of again in another state, as a sweep would have it."""
        lost = SourceDocument.objects.filter(kind="shipment", gone_at=None).order_by("id").first()
        if lost is not None:
            say(lost.source, ShipmentRecord(lost.ref, lost.number, state="cancelled"))
