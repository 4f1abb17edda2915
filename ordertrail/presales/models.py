"""Opportunities: sales that may come."""

from __future__ import annotations

from django.db import models

from ordertrail.lib.fields import MoneyField


class Opportunity(models.Model):
    """A possible sale with its stage and value (gross or net as the CRM has it, in ``currency``), and the order it became."""

    id = models.BigIntegerField(primary_key=True)
    company = models.PositiveSmallIntegerField(default=1)
    home = models.ForeignKey("records.Source", models.PROTECT, related_name="+", db_index=False)
    number = models.CharField(max_length=100)
    title = models.CharField(max_length=200, blank=True)
    customer_name = models.CharField(max_length=200, blank=True)
    stage = models.CharField(max_length=40, blank=True)
    value = MoneyField(null=True)
    currency = models.CharField(max_length=3, blank=True)
    salesperson = models.CharField(max_length=80, blank=True)
    opened_date = models.DateField(null=True)
    closed_date = models.DateField(null=True)
    order_key = models.CharField(max_length=100, blank=True, db_index=True)
    order = models.ForeignKey(
        "orders.Order", models.DO_NOTHING, null=True, db_constraint=False, related_name="opportunities"
    )

    def __str__(self) -> str:
        return self.number
