"""Customers and people."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from ordertrail.lib.fields import MoneyField
from ordertrail.parties.people import Person

__all__ = ["Customer", "Person"]


class Customer(models.Model):
    """Who orders. ``id`` is that of the home's source document; ``name_key`` matches the names that other systems write,
    ``sounds`` is how the name is read in pinyin (``lib.sounds``)."""

    id = models.BigIntegerField(primary_key=True)
    company = models.PositiveSmallIntegerField(default=1)
    home = models.ForeignKey("records.Source", models.PROTECT, related_name="+", db_index=False)
    code = models.CharField(max_length=100)
    name = models.CharField(max_length=200)
    name_key = models.CharField(max_length=200, db_index=True)
    sounds = models.TextField(blank=True, default="")
    tax_number = models.CharField(max_length=40, blank=True)
    country = models.CharField(max_length=80, blank=True)
    address = models.CharField(max_length=300, blank=True)
    phone = models.CharField(max_length=60, blank=True)
    currency = models.CharField(max_length=3, blank=True)
    credit_limit = MoneyField(null=True)  # in ``currency``
    addresses = models.JSONField(default=list)  # [[code, text], …] in the order in which they were given
    invoice_address = models.CharField(max_length=60, blank=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["name", "id"], name="customer_by_name")]

    def __str__(self) -> str:
        return self.name
