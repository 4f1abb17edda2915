"""Sync runs, what they could not read, how far they have come, and the jobs of the worker."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q


class SyncRun(models.Model):
    """One go at one source. ``read`` = new + changed + unchanged + rejected, always; ``story`` is told on the run's page."""

    source = models.ForeignKey("records.Source", models.PROTECT, related_name="runs")
    trigger = models.CharField(max_length=10)  # person, schedule, command, replay
    state = models.CharField(max_length=10)  # running, done, failed, held
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    as_of = models.DateTimeField(null=True)  # when reading began: everything the source had then is in
    expected = models.PositiveBigIntegerField(null=True)
    read = models.PositiveBigIntegerField(default=0)
    new = models.PositiveBigIntegerField(default=0)
    changed = models.PositiveBigIntegerField(default=0)
    unchanged = models.PositiveBigIntegerField(default=0)
    rejected = models.PositiveBigIntegerField(default=0)
    gone = models.PositiveBigIntegerField(default=0)
    late = models.PositiveBigIntegerField(default=0)  # of the unchanged: older than what we had
    error = models.TextField(blank=True)
    story = models.JSONField(default=list)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["source", "-started_at"], name="run_newest")]

    def __str__(self) -> str:
        return f"{self.source_id} {self.started_at:%Y-%m-%d %H:%M}"


class Cursor(models.Model):
    """How far one stream of a source has been read; moves in the transaction that writes the documents."""

    source = models.ForeignKey("records.Source", models.CASCADE, related_name="cursors", db_index=False)
    stream = models.CharField(max_length=80)
    value = models.TextField(blank=True)
    first_load_done = models.BooleanField(default=False)
    swept_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["source", "stream"], name="one_cursor_per_stream")]

    def __str__(self) -> str:
        return f"{self.source_id} {self.stream} {self.value}"


class Reject(models.Model):
    """An item that could not be read: why, where, its text; solved when a later reading of the same item goes well."""

    source = models.ForeignKey("records.Source", models.CASCADE, related_name="rejects", db_index=False)
    stream = models.CharField(max_length=80)
    ref = models.CharField(max_length=200)
    batch = models.ForeignKey("records.Batch", models.PROTECT, null=True, db_index=False, related_name="rejects")
    place = models.CharField(max_length=120)
    column = models.CharField(max_length=120, blank=True)
    code = models.CharField(max_length=40)
    detail = models.TextField()
    raw = models.TextField(blank=True)
    at = models.DateTimeField()
    solved_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["source", "stream", "ref"], condition=Q(solved_at=None), name="reject_open")
        ]

    def __str__(self) -> str:
        return f"{self.source_id} {self.ref}: {self.code}"


class Job(models.Model):
    """Work for the worker, claimed by one conditional UPDATE; its progress is shown where it was asked for."""

    kind = models.CharField(max_length=20)
    args = models.JSONField(default=dict)
    state = models.CharField(max_length=10, default="waiting")  # waiting, running, done, failed
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    asked_at = models.DateTimeField()
    due_at = models.DateTimeField()
    claimed_by = models.CharField(max_length=60, blank=True)
    claimed_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    done = models.PositiveBigIntegerField(default=0)
    total = models.PositiveBigIntegerField(null=True)
    result = models.JSONField(default=dict)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["due_at"], condition=Q(state="waiting"), name="job_waiting")]

    def __str__(self) -> str:
        return f"{self.kind} {self.state}"
