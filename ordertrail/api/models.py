"""Tokens that programs carry, and answers kept so that a repeated call has one effect."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models


class Token(models.Model):
    """A key that speaks for ``person`` with that person's rights. Only its sha256 is kept; ``start`` are its first signs, by which
    people tell their tokens apart."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="tokens")
    hash = models.CharField(max_length=64, unique=True)
    start = models.CharField(max_length=12)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.start}…"


class KeptAnswer(models.Model):
    """What a call with an Idempotency-Key was answered, for 24 hours: ``digest`` covers its method, address and body.

    It is written in the transaction of the call's own effect, so that both are there or none.
    """

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    key = models.CharField(max_length=255)
    digest = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField()
    body = models.TextField()
    at = models.DateTimeField(db_index=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["person", "key"], name="one_answer_per_key")]

    def __str__(self) -> str:
        return f"{self.person_id} {self.key}"
