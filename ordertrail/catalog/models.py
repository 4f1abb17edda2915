"""Products and their barcodes."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from ordertrail.lib.fields import PriceField, QtyField, RateField


class CostMethod(models.TextChoices):
    """How the cost of a piece that goes out is found (domain.md §1.6)."""

    FIFO = "fifo", _("first in, first out")
    AVERAGE = "average", _("moving average")
    STANDARD = "standard", _("standard cost")


class Product(models.Model):
    """What is sold. ``id`` is that of the home's source document; ``sku_key`` matches other systems' spellings.

    ``sounds`` is how the name is read in pinyin (``lib.sounds``). ``price`` and ``cost`` are for one base unit, net, in the company's
    currency; ``cost`` is behind the right to see cost. ``standard_cost`` is the cost under "standard", and under "average" the cost
    before the first receipt. Tolerances are fractions of the ordered quantity; ``tax_rate`` is empty where the company's holds.
    """

    id = models.BigIntegerField(primary_key=True)
    company = models.PositiveSmallIntegerField(default=1)
    home = models.ForeignKey("records.Source", models.PROTECT, related_name="+", db_index=False)
    sku = models.CharField(max_length=100)
    sku_key = models.CharField(max_length=100, db_index=True)
    name = models.CharField(max_length=200, blank=True)
    sounds = models.TextField(blank=True, default="")
    unit = models.CharField(max_length=20, default="pcs")
    category = models.CharField(max_length=100, blank=True)
    price = PriceField(null=True)
    cost = PriceField(null=True)
    service = models.BooleanField(default=False)
    cost_method = models.CharField(max_length=8, choices=CostMethod.choices, default=CostMethod.FIFO)
    standard_cost = PriceField(null=True)
    tax_rate = RateField(null=True)
    under_tolerance = RateField(default=0)
    over_tolerance = RateField(default=0)
    allow_negative = models.BooleanField(default=False)
    lead_time_days = models.PositiveIntegerField(null=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["sku", "id"], name="product_by_sku")]

    def __str__(self) -> str:
        return self.sku


class Barcode(models.Model):
    """A code on goods: it means ``qty`` base units of the product."""

    product = models.ForeignKey(Product, models.CASCADE, related_name="barcodes", db_constraint=False)
    code = models.CharField(max_length=100, unique=True)
    qty = QtyField(default=1)

    def __str__(self) -> str:
        return self.code
