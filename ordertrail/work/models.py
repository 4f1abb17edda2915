"""Work orders and projects: what is made and done for an order."""

from __future__ import annotations

from django.db import models

from ordertrail.lib.fields import QtyField


class WorkOrder(models.Model):
    """An instruction to make ``planned_qty`` of a product, for an order line or (without one) for stock.

    It is its own link row: ``finished_qty`` counts for ``order_line`` where ``counts`` (its source is believed on production).
    """

    id = models.BigIntegerField(primary_key=True)
    company = models.PositiveSmallIntegerField(default=1)
    home = models.ForeignKey("records.Source", models.PROTECT, related_name="+", db_index=False)
    number = models.CharField(max_length=100)
    state = models.CharField(max_length=10)  # draft, running, done, cancelled
    order_key = models.CharField(max_length=100, blank=True, db_index=True)
    order = models.ForeignKey(
        "orders.Order", models.DO_NOTHING, null=True, db_constraint=False, related_name="work_orders"
    )
    order_line = models.ForeignKey(
        "orders.OrderLine", models.DO_NOTHING, null=True, db_constraint=False, related_name="+"
    )
    sku = models.CharField(max_length=100)
    planned_qty = QtyField()
    finished_qty = QtyField()
    start_at = models.DateTimeField(null=True)
    start_date = models.DateField(null=True)
    due_date = models.DateField(null=True)
    finished_at = models.DateTimeField(null=True)
    finished_date = models.DateField(null=True)
    standing = models.PositiveIntegerField()
    counts = models.BooleanField(default=False)

    def __str__(self) -> str:
        return self.number


class Project(models.Model):
    """A project for an order: hours planned and spent, dates."""

    id = models.BigIntegerField(primary_key=True)
    company = models.PositiveSmallIntegerField(default=1)
    home = models.ForeignKey("records.Source", models.PROTECT, related_name="+", db_index=False)
    number = models.CharField(max_length=100)
    title = models.CharField(max_length=200, blank=True)
    state = models.CharField(max_length=10)
    customer_name = models.CharField(max_length=200, blank=True)
    order_key = models.CharField(max_length=100, blank=True, db_index=True)
    order = models.ForeignKey(
        "orders.Order", models.DO_NOTHING, null=True, db_constraint=False, related_name="projects"
    )
    start_date = models.DateField(null=True)
    due_date = models.DateField(null=True)
    finished_date = models.DateField(null=True)
    planned_hours = QtyField(null=True)
    spent_hours = QtyField(null=True)

    def __str__(self) -> str:
        return self.number
