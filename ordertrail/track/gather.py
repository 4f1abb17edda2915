"""Everything that an order's page, its timeline and its documents are made of, read by a fixed number of queries.

The operational store only: the page lives when the hub does not (architecture.md §1).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q

from ordertrail.billing.models import InvoiceLine, InvoiceShare, PaymentShare
from ordertrail.desk.models import Act, Comment, Owner
from ordertrail.findings.claims import FactRow
from ordertrail.findings.models import Finding, FindingEvent
from ordertrail.findings.says import says
from ordertrail.lib import bulk
from ordertrail.orders.models import Order, OrderLine, OrderStatus
from ordertrail.orders.queries import visible_orders
from ordertrail.parties.models import Person
from ordertrail.presales.models import Opportunity
from ordertrail.records import facts
from ordertrail.records.models import Link, Source, SourceDocument, SourceVersion
from ordertrail.records.shapes import Record
from ordertrail.shipping.models import ShipmentLine
from ordertrail.work.models import Project, WorkOrder


@dataclass(frozen=True, slots=True)
class Told:
    """One version of a source document: when we learned it, and its record where it was needed."""

    id: int
    document: int
    version: str
    learned_at: datetime
    record: Record | None = None


@dataclass(frozen=True, slots=True)
class Gathered:
    """One order with every row that hangs on it."""

    order: Order
    status: OrderStatus
    sources: Mapping[int, Source]
    lines: tuple[OrderLine, ...]
    shipment_lines: tuple[ShipmentLine, ...]
    invoice_lines: tuple[InvoiceLine, ...]
    invoice_shares: tuple[InvoiceShare, ...]
    payment_shares: tuple[PaymentShare, ...]
    work_orders: tuple[WorkOrder, ...]
    projects: tuple[Project, ...]
    opportunities: tuple[Opportunity, ...]
    shipment_totals: Mapping[int, tuple[int, int]]  # id → quantity in store units, number of orders
    invoice_orders: Mapping[int, int]  # id → number of orders
    documents: tuple[SourceDocument, ...]
    versions: Mapping[int, tuple[Told, ...]]  # by document, oldest first
    links: tuple[Link, ...]
    people: Mapping[int, str]  # who made those links
    says: tuple[FactRow, ...]
    findings: tuple[Finding, ...]
    finding_events: tuple[FindingEvent, ...]
    comments: tuple[Comment, ...]
    owner: Owner | None
    acts: tuple[Act, ...]

    def members(self) -> dict[int, list[SourceDocument]]:
        """The source documents of each real thing (by its id), its home's first."""
        found: dict[int, list[SourceDocument]] = defaultdict(list)
        for document in self.documents:
            found[document.group].append(document)
        for group, mine in found.items():
            mine.sort(key=lambda d: (d.pk != group, self.sources[d.source_id].position, d.pk))
        return found

    def current(self, document: SourceDocument) -> Record | None:
        """What a source document says now."""
        return next((told.record for told in self.versions.get(document.pk, ()) if told.id == document.current), None)


def gather(order_id: int, person: object) -> Gathered | None:
    """The order ``order_id`` with all that hangs on it; None when there is none, or none that ``person`` may see."""
    order = visible_orders(person).select_related("status", "customer").filter(pk=order_id).first()
    if order is None:
        return None
    mine = {"order": order_id}
    goods = tuple(ShipmentLine.objects.filter(**mine).select_related("shipment"))
    billed = tuple(InvoiceLine.objects.filter(**mine).select_related("invoice").order_by("invoice_id", "line"))
    shares = tuple(InvoiceShare.objects.filter(**mine).select_related("invoice"))
    paid = tuple(PaymentShare.objects.filter(**mine).select_related("payment"))
    work_orders = tuple(WorkOrder.objects.filter(**mine).order_by("number", "pk"))
    projects = tuple(Project.objects.filter(**mine).order_by("number", "pk"))
    opportunities = tuple(Opportunity.objects.filter(**mine).order_by("number", "pk"))
    shipments = {row.shipment_id for row in goods}
    invoices = {row.invoice_id for row in billed} | {row.invoice_id for row in shares}
    invoices |= {row.invoice_id for row in paid if row.invoice_id is not None}
    rows = (*work_orders, *projects, *opportunities)
    groups = {order_id, *shipments, *invoices, *(row.payment_id for row in paid), *(row.pk for row in rows)}
    documents = tuple(SourceDocument.objects.filter(group__in=groups).order_by("pk"))
    findings = tuple(Finding.objects.filter(**mine).select_related("owner").order_by("-money", "pk"))
    return Gathered(
        order=order,
        status=order.status,
        sources={source.pk: source for source in Source.objects.defer("settings", "secrets")},
        lines=tuple(OrderLine.objects.filter(**mine).select_related("product").order_by("line")),
        shipment_lines=goods,
        invoice_lines=billed,
        invoice_shares=shares,
        payment_shares=paid,
        work_orders=work_orders,
        projects=projects,
        opportunities=opportunities,
        shipment_totals=_shipment_totals(shipments),
        invoice_orders=_invoice_orders(invoices),
        documents=documents,
        versions=_versions(documents),
        links=(links := links_of(document.pk for document in documents)),
        people=names_of(links),
        says=says([order_id]).get(order_id, ()),
        findings=findings,
        finding_events=tuple(
            FindingEvent.objects.filter(finding__order=order_id).select_related("actor", "finding").order_by("at", "pk")
        ),
        **_words_of_people(order_id, documents),
    )


def _words_of_people(order_id: int, documents: Collection[SourceDocument]) -> dict[str, Any]:
    """Comments, owner and acts: they stay with the source document that they were made on."""
    own = [document.pk for document in documents if document.group == order_id]
    every = {"kind__in": {document.kind for document in documents}, "object__in": [d.pk for d in documents]}
    owners = Owner.objects.filter(document__in=own).select_related("person").order_by("-since")
    return {
        "comments": tuple(Comment.objects.filter(document__in=own).select_related("author").order_by("at", "pk")),
        "owner": owners.first(),
        "acts": tuple(Act.objects.filter(**every).select_related("actor").order_by("at", "pk")),
    }


def _shipment_totals(shipments: Collection[int]) -> dict[int, tuple[int, int]]:
    """Quantity and number of orders of each shipment, over all its orders."""
    rows = bulk.select(
        f"SELECT shipment_id, SUM(qty), COUNT(DISTINCT order_id) FROM {bulk.table(ShipmentLine)}"
        f" WHERE shipment_id IN {bulk.among()} GROUP BY shipment_id",
        [bulk.bound(shipments)],
    )
    return {row[0]: (int(row[1]), row[2]) for row in rows}


def _invoice_orders(invoices: Collection[int]) -> dict[int, int]:
    """How many orders each invoice bills."""
    return dict(
        bulk.select(
            f"SELECT invoice_id, COUNT(DISTINCT order_id) FROM {bulk.table(InvoiceShare)}"
            f" WHERE invoice_id IN {bulk.among()} GROUP BY invoice_id",
            [bulk.bound(invoices)],
        )
    )


def _versions(documents: Collection[SourceDocument]) -> dict[int, tuple[Told, ...]]:
    """Every version of these documents, with the record of the current ones and of all versions of orders."""
    kinds = {document.pk: document.kind for document in documents}
    wanted = [document.current for document in documents if document.current]
    orders = [pk for pk, kind in kinds.items() if kind == "order"]
    told = dict(SourceVersion.objects.filter(Q(pk__in=wanted) | Q(document__in=orders)).values_list("pk", "facts"))
    found: dict[int, list[Told]] = defaultdict(list)
    rows = SourceVersion.objects.filter(document__in=kinds).order_by("pk")
    for pk, document, version, learned_at in rows.values_list("pk", "document_id", "version", "learned_at"):
        record = facts.load(kinds[document], told[pk]) if pk in told else None
        found[document].append(Told(pk, document, version, learned_at, record))
    return {document: tuple(versions) for document, versions in found.items()}


def names_of(links: Collection[Link]) -> dict[int, str]:
    """The names of the people who made these links, by their id."""
    makers = {link.made_by for link in links if link.made_by is not None}
    return {person.pk: str(person) for person in Person.objects.filter(pk__in=makers)}


def links_of(documents: Any) -> tuple[Link, ...]:
    """The live links between these source documents (ids) and any other, oldest first."""
    ids = list(documents)
    touching = Q(document__in=ids) | Q(other__in=ids)
    live = Link.objects.filter(touching, ended_at=None, other__isnull=False)
    return tuple(live.select_related("document", "other").order_by("made_at", "pk"))
