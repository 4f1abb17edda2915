"""Shipments: goods that go out to a customer and come back."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from ordertrail.lib.fields import QtyField


class ShipmentState(models.TextChoices):
    """What has become of a shipment; only a done one counts."""

    DRAFT = "draft", _("draft")
    DONE = "done", _("done")
    CANCELLED = "cancelled", _("cancelled")


class Shipment(models.Model):
    """Goods out to one destination for one or many orders (``direction`` "in": back from the customer).

    ``shipped_at`` with ``shipped_prec`` "day" stands at the end of that local day. ``reported``: an order's bare figure, no paper.
    """

    id = models.BigIntegerField(primary_key=True)
    company = models.PositiveSmallIntegerField(default=1)
    home = models.ForeignKey("records.Source", models.PROTECT, related_name="+", db_index=False)
    number = models.CharField(max_length=100)
    state = models.CharField(max_length=10, choices=ShipmentState.choices)
    direction = models.CharField(max_length=3, default="out")
    reported = models.BooleanField(default=False)
    planned_date = models.DateField(null=True)
    shipped_at = models.DateTimeField(null=True, db_index=True)
    shipped_date = models.DateField(null=True)
    shipped_prec = models.CharField(max_length=6, blank=True)
    arrived_at = models.DateTimeField(null=True)
    arrived_date = models.DateField(null=True)
    customer_name = models.CharField(max_length=200, blank=True)
    ship_to = models.CharField(max_length=300, blank=True)
    carrier = models.CharField(max_length=80, blank=True)
    tracking_number = models.CharField(max_length=100, blank=True)
    warehouse = models.CharField(max_length=80, blank=True)
    mode = models.CharField(max_length=40, blank=True)
    customer = models.BigIntegerField(null=True)  # of our own shipments; others tell only a name
    credit_note = models.BigIntegerField(null=True)  # of a return: with what it was credited
    cancelled_date = models.DateField(null=True)  # of a done one: the day on which its goods came back into stock

    def __str__(self) -> str:
        return self.number


class ShipmentLine(models.Model):
    """Link row order line ↔ shipment: a quantity for one order line (negative when it came back).

    ``counts``: the shipment is done and its source is the one believed for that order; only such rows are summed.
    ``order_key`` is the order as the source named it; ``order``/``order_line`` are empty while it can't be matched.
    """

    id = models.BigIntegerField(primary_key=True)
    shipment = models.ForeignKey(Shipment, models.CASCADE, related_name="lines")
    line = models.PositiveIntegerField()
    order_key = models.CharField(max_length=100, blank=True, db_index=True)
    order = models.ForeignKey(
        "orders.Order", models.DO_NOTHING, null=True, db_constraint=False, related_name="shipment_lines"
    )
    order_line = models.ForeignKey(
        "orders.OrderLine", models.DO_NOTHING, null=True, db_constraint=False, related_name="shipment_lines"
    )
    sku = models.CharField(max_length=100, blank=True)
    qty = QtyField()
    lot = models.CharField(max_length=60, blank=True)
    scheduled_date = models.DateField(null=True)
    delivered_date = models.DateField(null=True)
    credit = models.BooleanField(db_default=False)  # what came back is credited
    undoes = models.ForeignKey("self", models.PROTECT, null=True, related_name="undone_by", db_constraint=False)
    standing = models.PositiveIntegerField()  # records.rules.standing; the lowest of an order's counts
    counts = models.BooleanField(default=False)

    def __str__(self) -> str:
        return f"{self.shipment_id}/{self.line}"


class Package(models.Model):
    """One box of a shipment with its own code."""

    shipment = models.ForeignKey(Shipment, models.CASCADE, related_name="packages", db_constraint=False)
    code = models.CharField(max_length=40, unique=True)
    made_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.code


class PackageLine(models.Model):
    """How much of a shipment's line lies in a box."""

    package = models.ForeignKey(Package, models.CASCADE, related_name="lines")
    line = models.ForeignKey(ShipmentLine, models.CASCADE, related_name="+", db_constraint=False)
    qty = QtyField()

    def __str__(self) -> str:
        return f"{self.package_id} {self.line_id}"


class Pick(models.Model):
    """A quantity taken off the shelf for a line of a draft shipment; what is picked is their sum."""

    line = models.ForeignKey(ShipmentLine, models.CASCADE, related_name="picks", db_constraint=False)
    qty = QtyField()
    code = models.CharField(max_length=100, blank=True)
    at = models.DateTimeField()
    by = models.BigIntegerField(null=True)

    def __str__(self) -> str:
        return f"{self.line_id} {self.qty}"
