"""Forms that were sent, so that sending one twice has one effect."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models


class SentForm(models.Model):
    """A form with a one-time ``key`` that somebody sent, and the ``address`` of what it made; kept for a day.

    It is written in the transaction of the form's own effect, so that both are there or none.
    """

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    key = models.CharField(max_length=64)
    address = models.CharField(max_length=300)
    at = models.DateTimeField(db_index=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["person", "key"], name="one_effect_per_form")]

    def __str__(self) -> str:
        return f"{self.person_id} {self.key}"
