"""Receipts, moves, cost layers and reservations: stock is the sum of moves, and no row of them is ever changed.

Quantities are in the product's base unit, values in the company's currency. ``product`` is the row that stands for the product's group;
``typed`` the source document that the row was written for, so that linking and parting products moves every row along and back.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from ordertrail.lib.fields import MoneyField, PriceField, QtyField


class Warehouse(models.Model):
    """A building with goods. One by default."""

    code = models.CharField(max_length=40, unique=True)
    name = models.CharField(max_length=80)

    def __str__(self) -> str:
        return self.name


class ReceiptState(models.TextChoices):
    """What has become of a receipt; a planned one is incoming, a done one has moved goods."""

    PLANNED = "planned", _("planned")
    DONE = "done", _("done")
    CANCELLED = "cancelled", _("cancelled")


class GoodsReceipt(models.Model):
    """Goods come in. ``receipt_date`` is the day that it is planned for, or was done on."""

    id = models.BigIntegerField(primary_key=True)
    company = models.PositiveSmallIntegerField(default=1)
    home = models.ForeignKey("records.Source", models.PROTECT, related_name="+", db_index=False)
    number = models.CharField(max_length=100)
    state = models.CharField(max_length=10, choices=ReceiptState.choices)
    warehouse = models.ForeignKey(Warehouse, models.PROTECT, related_name="+")
    receipt_date = models.DateField()
    learned_at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["receipt_date", "id"], name="receipt_by_date"),
            models.Index(fields=["receipt_date"], condition=models.Q(state="planned"), name="receipt_planned"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def state_words(self) -> str:
        """Its state in words."""
        return str(ReceiptState(self.state).label)


class ReceiptLine(models.Model):
    """A product, quantity and unit cost within a receipt."""

    id = models.BigIntegerField(primary_key=True)
    receipt = models.ForeignKey(GoodsReceipt, models.CASCADE, related_name="lines")
    line = models.PositiveIntegerField()
    product = models.ForeignKey("catalog.Product", models.DO_NOTHING, db_constraint=False, related_name="+")
    typed = models.BigIntegerField(db_index=True)
    qty = QtyField()
    unit_cost = PriceField()

    def __str__(self) -> str:
        return f"{self.receipt_id}/{self.line}"


class MoveKind(models.TextChoices):
    """Why goods moved."""

    RECEIPT = "receipt", _("receipt")
    SHIPMENT = "shipment", _("shipment")
    UNSHIP = "unship", _("shipment cancelled")
    RETURN = "return", _("return")
    LOSS = "loss", _("loss")
    FOUND = "found", _("found")
    SUPPLIER_RETURN = "supplier_return", _("return to the supplier")
    OPENING = "opening", _("opening stock")


class Move(models.Model):
    """A quantity into (positive) or out of (negative) a warehouse on a day, with its value at the time it was booked (same sign).

    ``id`` is the order of recording: within a day moves count in it. ``document`` and ``line`` say of which paper (a receipt's, a
    shipment's, a return's line; an adjustment has only its Act). ``undoes``: the issue whose goods came back at their old cost.
    ``order_line``: for which order line goods went out or came back. ``unit_cost``: what one cost where that was told.
    """

    product = models.ForeignKey("catalog.Product", models.DO_NOTHING, db_constraint=False, related_name="moves")
    typed = models.BigIntegerField(db_index=True)
    warehouse = models.ForeignKey(Warehouse, models.PROTECT, related_name="+", db_index=False)
    kind = models.CharField(max_length=16, choices=MoveKind.choices)
    move_date = models.DateField()
    at = models.DateTimeField()
    qty = QtyField()
    value = MoneyField()
    unit_cost = PriceField(null=True)
    document = models.BigIntegerField(null=True)
    line = models.BigIntegerField(null=True)
    order_line = models.BigIntegerField(null=True)
    undoes = models.ForeignKey("self", models.PROTECT, null=True, related_name="undone_by")
    by = models.BigIntegerField(null=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["product", "move_date", "id"], name="move_by_product"),
            models.Index(fields=["line"], condition=models.Q(line__isnull=False), name="move_by_line"),
            models.Index(
                fields=["order_line"], condition=models.Q(order_line__isnull=False), name="move_by_order_line"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.qty}"


class Layer(models.Model):
    """What one incoming move brought, for FIFO: what is left of it is its quantity and value less what ``LayerUse`` rows took."""

    move = models.OneToOneField(Move, models.PROTECT, primary_key=True, related_name="layer")
    product = models.ForeignKey("catalog.Product", models.DO_NOTHING, db_constraint=False, related_name="layers")
    layer_date = models.DateField()
    qty = QtyField()
    value = MoneyField()
    used_up = models.BooleanField(default=False)  # nothing is left: kept so that an issue reads open layers only

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["product", "layer_date", "move"], condition=models.Q(used_up=False), name="layer_open")
        ]

    def __str__(self) -> str:
        return f"{self.move_id}"


class LayerUse(models.Model):
    """Which part of a layer an outgoing move took, with its cost."""

    layer = models.ForeignKey(Layer, models.PROTECT, related_name="uses")
    move = models.ForeignKey(Move, models.PROTECT, related_name="layer_uses")
    qty = QtyField()
    value = MoneyField()

    def __str__(self) -> str:
        return f"{self.layer_id} {self.move_id}"


class Average(models.Model):
    """A product's moving average after an incoming move: 6 decimals, changed by receipts only; the newest row holds, of a move's rows
    too (a back-dated move writes those of the moves after it anew)."""

    product = models.ForeignKey("catalog.Product", models.DO_NOTHING, db_constraint=False, related_name="averages")
    move = models.ForeignKey(Move, models.PROTECT, related_name="+")
    unit_cost = PriceField()

    def __str__(self) -> str:
        return f"{self.product_id} {self.unit_cost}"


class CostAdjustment(models.Model):
    """What a back-dated receipt changes in the cost of a booked move: dated the day we learned it (domain.md §1.10)."""

    move = models.ForeignKey(Move, models.PROTECT, related_name="adjustments")
    because = models.ForeignKey(Move, models.PROTECT, related_name="+")
    adjustment_date = models.DateField()
    value = MoneyField()

    def __str__(self) -> str:
        return f"{self.move_id} {self.value}"


class ReservationEnd(models.TextChoices):
    """Why a reservation holds nothing any more."""

    SHIPPED = "shipped", _("its goods have left")
    RELEASED = "released", _("it was given up")
    CLOSED = "closed", _("the order was closed")
    AMENDED = "amended", _("the order was changed")
    LOST = "lost", _("the goods are missing")


class Reservation(models.Model):
    """Stock held for an order line. What is held is the sum of the rows that have not ended; nothing is ever added to a row."""

    order_line = models.ForeignKey(
        "orders.OrderLine", models.DO_NOTHING, db_constraint=False, related_name="reservations"
    )
    order = models.BigIntegerField(db_column="order_id", db_index=True)
    product = models.ForeignKey("catalog.Product", models.DO_NOTHING, db_constraint=False, related_name="reservations")
    typed = models.BigIntegerField(db_index=True)
    qty = QtyField()
    at = models.DateTimeField()
    by = models.BigIntegerField(null=True)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.CharField(max_length=16, blank=True)  # a ReservationEnd

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["product"], condition=models.Q(ended_at=None), name="reservation_open"),
        ]

    def __str__(self) -> str:
        return f"{self.order_line_id} {self.qty}"


class StockBalance(models.Model):
    """A product's quantity at the end of a closed month: sums of stock start from the newest one; ``verify`` recounts them."""

    product = models.ForeignKey("catalog.Product", models.DO_NOTHING, db_constraint=False, related_name="balances")
    warehouse = models.ForeignKey(Warehouse, models.PROTECT, related_name="+")
    month = models.DateField()  # its first day
    qty = QtyField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["product", "warehouse", "month"], name="one_balance_a_month")
        ]

    def __str__(self) -> str:
        return f"{self.product_id} {self.month}"
