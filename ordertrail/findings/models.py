"""Findings: what is wrong with a document, since when, whose it is, what became of it."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from ordertrail.lib.fields import MoneyField


class FindingStatus(models.TextChoices):
    """Whether a finding still holds."""

    OPEN = "open", _("open")
    CLOSED = "closed", _("closed")


class Finding(models.Model):
    """One thing that is wrong (kind "exception") or will be (kind "risk"), unique by check, object and evidence key.

    ``facts`` are the values its sentence is made of (decimals as text); ``money`` is gross in ``currency``. It opens, is kept and
    closes only through ``findings.reconcile``; a closed row that comes back is opened again, with its history.
    """

    check_name = models.CharField(max_length=40)
    kind = models.CharField(max_length=10, default="exception")
    object_kind = models.CharField(max_length=12)
    object = models.BigIntegerField()
    order = models.BigIntegerField(null=True)
    key = models.CharField(max_length=120, blank=True)
    status = models.CharField(max_length=8, choices=FindingStatus.choices)
    facts = models.JSONField(default=dict)
    money = MoneyField(null=True)
    currency = models.CharField(max_length=3, blank=True)
    role = models.CharField(max_length=12)  # whose work it is when nobody has taken it
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="findings")
    since = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["check_name", "object_kind", "object", "key"], name="one_finding_per_evidence"
            )
        ]
        indexes: ClassVar = [
            models.Index(fields=["order"], condition=Q(order__isnull=False), name="finding_by_order"),
            models.Index(fields=["money", "id"], condition=Q(status="open"), name="finding_open_by_money"),
            models.Index(fields=["owner", "id"], condition=Q(status="open"), name="finding_open_by_owner"),
            models.Index(fields=["check_name", "id"], condition=Q(status="open"), name="finding_open_by_check"),
            models.Index(fields=["closed_at"], condition=Q(status="closed"), name="finding_closed_at"),
        ]

    def __str__(self) -> str:
        return f"{self.check_name} {self.object_kind} {self.object}"


class FindingEvent(models.Model):
    """A step in a finding's life: ``what`` is opened, changed, moved, closed, reopened (by the check), taken, given, dropped or
    noted (by ``actor``). ``facts``: the figures from then on, or what a person said and chose."""

    finding = models.ForeignKey(Finding, models.CASCADE, related_name="history")
    at = models.DateTimeField()
    what = models.CharField(max_length=10)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    facts = models.JSONField(default=dict)

    def __str__(self) -> str:
        return f"{self.finding_id} {self.what}"


class CheckRun(models.Model):
    """How far a check has followed the changes; one that failed keeps its place, with its ``error``, and closes nothing."""

    check_name = models.CharField(max_length=40, primary_key=True)
    done_to = models.BigIntegerField(default=0)
    at = models.DateTimeField(null=True)
    error = models.TextField(blank=True)

    def __str__(self) -> str:
        return self.check_name
