"""What the verbs leave behind: the rows that the hub and the worker follow, and who did what."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models


class Change(models.Model):
    """One document that a transaction changed; ``id`` is the sequence that the hub and the checks follow."""

    kind = models.CharField(max_length=12)
    object = models.BigIntegerField()

    def __str__(self) -> str:
        return f"{self.id} {self.kind} {self.object}"


class Act(models.Model):
    """Who changed what, when: append-only; each row's ``hash`` covers the row before it, so that tampering shows."""

    at = models.DateTimeField()
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    verb = models.CharField(max_length=40)
    kind = models.CharField(max_length=12)
    object = models.BigIntegerField()
    detail = models.JSONField(default=dict)
    hash = models.CharField(max_length=64)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["kind", "object"], name="act_by_object")]

    def __str__(self) -> str:
        return f"{self.verb} {self.kind} {self.object}"


class Comment(models.Model):
    """A remark of a person on a document. It stays with the source document it was written on, whatever is linked later."""

    document = models.ForeignKey("records.SourceDocument", models.PROTECT, related_name="comments")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    text = models.TextField()

    def __str__(self) -> str:
        return self.text[:40]


class Owner(models.Model):
    """The one person who has a document on their desk; stays with its source document like a comment."""

    document = models.OneToOneField("records.SourceDocument", models.PROTECT, primary_key=True, related_name="+")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    since = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.document_id} {self.person_id}"
