"""What each source has said: landed bytes, documents, their versions, and the links that make one thing of several.

These rows are the memory of the product. Domain rows (orders, shipments …) can be made again from them at any time; a domain
row carries the id of its home's ``SourceDocument``, so the id of any member of a group leads to the group's one row.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

FAMILIES = {
    "order": "order",
    "opportunity": "order",
    "project": "order",
    "customer": "order",
    "product": "order",
    "shipment": "goods",
    "invoice": "invoice",
    "payment": "money",
    "work_order": "production",
    "receipt": "goods",
}
"""Which of a source's ranks decides for each kind of document (architecture.md §1: goods by the warehouse, and so on)."""


DESK = "desk"
"""The kind and code of the one source that is ourselves: what people type here."""
OWN_KINDS = frozenset({"order", "shipment", "invoice", "payment", "receipt"})
"""Kinds of documents that the desk keeps as rows and not as versions: the rows, ended and replaced, are their history. Customers and
products that are typed here are versions of the desk's, like those of any source."""


class Scope(models.TextChoices):
    """About which orders a source speaks: where it is silent, its silence means 0 only inside this scope."""

    NOTHING = "", _("says nothing")
    DOCUMENTS = "documents", _("where it has a document")
    ORDERS = "orders", _("each order it knows")
    ALL = "all", _("every order")


class Source(models.Model):
    """A system that we read from: how to reach it, and for which facts it is believed before others (rank 1 first)."""

    code = models.SlugField(max_length=40, unique=True)
    name = models.CharField(max_length=80)
    kind = models.CharField(max_length=20, default="sheet")  # oms, crm, erp, wms, mes, project, bank, sheet, desk
    connector = models.CharField(max_length=20)
    settings = models.JSONField(default=dict)
    secrets = models.BinaryField(default=b"", editable=False)
    zone = models.CharField(max_length=60, blank=True)
    active = models.BooleanField(default=True)
    every_minutes = models.PositiveIntegerField(null=True)
    position = models.PositiveSmallIntegerField(default=50)
    order_rank = models.PositiveSmallIntegerField(default=50)
    goods_rank = models.PositiveSmallIntegerField(default=50)
    invoice_rank = models.PositiveSmallIntegerField(default=50)
    money_rank = models.PositiveSmallIntegerField(default=50)
    production_rank = models.PositiveSmallIntegerField(default=50)
    goods_scope = models.CharField(max_length=10, choices=Scope.choices, default=Scope.DOCUMENTS, blank=True)
    invoice_scope = models.CharField(max_length=10, choices=Scope.choices, default=Scope.DOCUMENTS, blank=True)
    money_scope = models.CharField(max_length=10, choices=Scope.choices, default=Scope.DOCUMENTS, blank=True)
    production_scope = models.CharField(max_length=10, choices=Scope.choices, default=Scope.DOCUMENTS, blank=True)

    class Meta:
        ordering = ("position", "id")

    def __str__(self) -> str:
        return self.name

    def rank(self, kind: str) -> int:
        """How early this source is believed on documents of ``kind``; 1 is first. What was made here is always its own home."""
        if self.kind == DESK and kind in OWN_KINDS:
            return 0
        return int(getattr(self, f"{FAMILIES[kind]}_rank"))


class Series(models.Model):
    """The numbers of one kind of document and period ("" for ever, "2026", "2026-03"): ``last`` is the last one given.

    Taken last in the verb's transaction, so that a refusal gives it back and a strict series has no gap (domain.md §1.7).
    """

    kind = models.CharField(max_length=16)
    period = models.CharField(max_length=8, blank=True)
    last = models.PositiveBigIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["kind", "period"], name="one_series_per_period")]

    def __str__(self) -> str:
        return f"{self.kind} {self.period} {self.last}"


class Batch(models.Model):
    """One landing: bytes as they came, in an immutable file under the data folder, named by their sha256."""

    source = models.ForeignKey(Source, models.PROTECT, related_name="batches")
    stream = models.CharField(max_length=80)
    name = models.CharField(max_length=300)
    media = models.CharField(max_length=80)
    meta = models.JSONField(default=dict)
    sha256 = models.CharField(max_length=64)
    size = models.PositiveBigIntegerField()
    path = models.CharField(max_length=200)
    learned_at = models.DateTimeField()
    applied_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["source", "sha256"], name="batch_by_bytes"),
            models.Index(fields=["source", "learned_at"], name="batch_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.sha256[:8]}"


class SourceDocument(models.Model):
    """What one system calls one document. ``group`` is the id of the group's home, and so of its one domain row.

    ``version`` and ``digest`` are those of the current version; ``gone_at`` is set when the source has lost the document.
    """

    source = models.ForeignKey(Source, models.PROTECT, related_name="documents", db_index=False)
    kind = models.CharField(max_length=12)
    ref = models.CharField(max_length=200)
    number = models.CharField(max_length=100)
    group = models.BigIntegerField(db_index=True)
    version = models.CharField(max_length=40, blank=True)
    digest = models.BigIntegerField(default=0)
    current = models.BigIntegerField(null=True)
    last_seq = models.PositiveIntegerField(default=0)
    learned_at = models.DateTimeField()
    missed_sweeps = models.PositiveSmallIntegerField(default=0)
    gone_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["source", "kind", "ref"], name="one_document_per_source_and_ref")
        ]

    def __str__(self) -> str:
        return self.number or self.ref


VERSIONS_PER_DOCUMENT = 1 << 20
"""A version's id is its document's id × this + its sequence within the document."""


class SourceVersion(models.Model):
    """What a document said at one time: ``facts`` is its record as JSON; written only when the content changed, never altered."""

    id = models.BigIntegerField(primary_key=True)
    document = models.ForeignKey(SourceDocument, models.PROTECT, related_name="versions")
    version = models.CharField(max_length=40, blank=True)
    learned_at = models.DateTimeField()
    batch = models.ForeignKey(Batch, models.PROTECT, null=True, db_index=False, related_name="versions")
    place = models.CharField(max_length=120, blank=True)
    facts = models.TextField()

    def __str__(self) -> str:
        return f"{self.document_id} {self.version}"


class Link(models.Model):
    """The claim that two documents are one, made by a source (rule) or by a person.

    ``other`` is empty until the named document is known. A person who parts two documents ends the row; an ended row with
    ``parted`` keeps the rule from joining them again.
    """

    document = models.ForeignKey(SourceDocument, models.PROTECT, related_name="claims")
    other = models.ForeignKey(SourceDocument, models.PROTECT, null=True, related_name="claimed_by")
    kind = models.CharField(max_length=12)
    key = models.CharField(max_length=100, blank=True)
    named_source = models.CharField(max_length=40, blank=True)
    rule = models.CharField(max_length=40, blank=True)  # "same_as", "tax_number", "name"; empty: made by a person
    made_by = models.BigIntegerField(null=True)
    made_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    ended_by = models.BigIntegerField(null=True)
    parted = models.BooleanField(default=False)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["key", "kind"], name="link_by_key"),
            models.Index(fields=["rule", "kind"], name="link_by_rule"),
            models.Index(fields=["kind"], condition=models.Q(parted=True), name="link_parted"),
        ]

    def __str__(self) -> str:
        return f"{self.document_id} = {self.other_id}"


class Number(models.Model):
    """A number under which a document is found, normalised (``lib.numbers.number_key``); a document may have several."""

    key = models.CharField(max_length=100)
    kind = models.CharField(max_length=12)
    document = models.ForeignKey(SourceDocument, models.CASCADE, related_name="numbers")
    search_only = models.BooleanField(
        default=False
    )  # a customer's or carrier's number: finds, but never matches documents

    class Meta:
        indexes: ClassVar = [  # with all that a search asks for: a batch looks up thousands
            models.Index(fields=["kind", "key", "search_only", "document"], name="number_by_key")
        ]

    def __str__(self) -> str:
        return self.key
