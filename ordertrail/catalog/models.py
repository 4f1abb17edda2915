"""Products."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from ordertrail.lib.fields import PriceField


class Product(models.Model):
    """What is sold. ``id`` is that of the home's source document; ``sku_key`` matches other systems' spellings.

    ``price`` and ``cost`` are for one base unit, net, in the company's currency; ``cost`` is behind the right to see cost.
    """

    id = models.BigIntegerField(primary_key=True)
    company = models.PositiveSmallIntegerField(default=1)
    home = models.ForeignKey("records.Source", models.PROTECT, related_name="+", db_index=False)
    sku = models.CharField(max_length=100)
    sku_key = models.CharField(max_length=100, db_index=True)
    name = models.CharField(max_length=200, blank=True)
    unit = models.CharField(max_length=20, default="pcs")
    category = models.CharField(max_length=100, blank=True)
    price = PriceField(null=True)
    cost = PriceField(null=True)
    service = models.BooleanField(default=False)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["sku", "id"], name="product_by_sku")]

    def __str__(self) -> str:
        return self.sku
