"""What pages keep for people: views of lists that somebody has saved."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models


class SavedView(models.Model):
    """A filter of one list under a name: its person's own, or shown to everybody (``shared``).

    ``query`` is the query string as ``web.filters`` writes it, without a page; relative days in it stay relative.
    """

    ORDERS = "orders"
    FINDINGS = "findings"

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="saved_views")
    page = models.CharField(max_length=12)
    name = models.CharField(max_length=60)
    query = models.TextField()
    shared = models.BooleanField(default=False)
    made_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["person", "page", "name"], name="one_view_per_person_and_name")
        ]
        indexes: ClassVar = [models.Index(fields=["page"], condition=models.Q(shared=True), name="view_shared")]

    def __str__(self) -> str:
        return self.name
