"""Receive: goods come in, at once or as planned; whoever waits for them gets them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from ordertrail.desk.queue import serve
from ordertrail.desk.step import Step, hold, step
from ordertrail.desk.typed import taken
from ordertrail.lib import bulk, clock
from ordertrail.lib.ids import LINES
from ordertrail.lib.refused import Refused
from ordertrail.parties.models import Person
from ordertrail.records import own, series
from ordertrail.stock.costing import Entry, book
from ordertrail.stock.models import GoodsReceipt, MoveKind, ReceiptLine, ReceiptState
from ordertrail.stock.reading import main_warehouse


@dataclass(frozen=True, slots=True)
class Part:
    """A product, quantity (10⁻⁶) and unit cost (10⁻⁶) that comes in."""

    product: int
    qty: int
    unit_cost: int


def receive(
    by: Person,
    *,
    day: date,
    lines: Sequence[Part],
    number: str = "",
    planned: bool = False,
    warehouse: int | None = None,
) -> int:
    """A receipt of ``day``: done, or (``planned``) expected then. Returns its id.

    Refused("number_taken") where a receipt has the number.
    """
    with step(by, "plan_receipt" if planned else "receive") as s:
        hold("product", {part.product for part in lines})
        if number and taken("receipt", number):
            sentence = _("There is a receipt %(number)s already. Choose another number, or leave it out.") % {
                "number": number
            }
            raise Refused("number_taken", sentence, [{"path": "number", "code": "number_taken", "detail": sentence}])
        document = own.make("receipt", number)
        receipt = GoodsReceipt.objects.create(
            pk=document.pk, home=document.source, number=number, state=ReceiptState.PLANNED, receipt_date=day,
            warehouse_id=warehouse or main_warehouse(), learned_at=clock.now(),
        )  # fmt: skip
        bulk.insert(
            ReceiptLine,
            ("id", "receipt", "line", "product", "typed", "qty", "unit_cost"),
            [
                (receipt.pk * LINES + n, receipt.pk, n, part.product, part.product, part.qty, part.unit_cost)
                for n, part in enumerate(lines, 1)
            ],
        )
        s.act("receipt", receipt.pk, day=day.isoformat(), lines=len(lines))
        if not planned:
            _come_in(s, receipt, day)
    return receipt.pk


def receive_planned(by: Person, receipt: int, *, day: date) -> None:
    """What was planned has come, on ``day``. Refused("already_received")."""
    with step(by, "receive") as s:
        hold("product", set(ReceiptLine.objects.filter(receipt=receipt).values_list("product_id", flat=True)))
        found = GoodsReceipt.objects.select_for_update().get(pk=receipt)
        if found.state != ReceiptState.PLANNED:
            sentence = _(
                "Receipt %(number)s is %(state)s. Only a planned one can be received; type a new one for more goods."
            )
            words = {"number": found.number or found.pk, "state": ReceiptState(found.state).label}
            raise Refused("already_received", sentence % words)
        s.act("receipt", receipt, day=day.isoformat())
        _come_in(s, found, day)


def _come_in(s: Step, receipt: GoodsReceipt, day: date) -> None:
    """Move the goods of a receipt in on ``day``; it gets its number if nobody typed one."""
    lines = list(ReceiptLine.objects.filter(receipt=receipt).order_by("line"))
    entries = [
        Entry(
            line.product_id, line.typed, MoveKind.RECEIPT, int(line.qty * 1_000_000), int(line.unit_cost * 1_000_000),
            document=receipt.pk, line=line.pk,
        )
        for line in lines
    ]  # fmt: skip
    book(entries, day=day, at=clock.now(), by=s.by.pk if s.by else None)
    products = {line.product_id for line in lines}
    s.touch("product", *products)
    serve(s, products)
    number = receipt.number
    if not number:
        number = series.take("receipt", day)
        own.rename(receipt.pk, "receipt", number)
    GoodsReceipt.objects.filter(pk=receipt.pk).update(state=ReceiptState.DONE, receipt_date=day, number=number)
