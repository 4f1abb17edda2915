"""From a source's words to ours: the declared mapping of a stream, applied to raw documents."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from zoneinfo import ZoneInfo

from ordertrail.records.shapes import CustomerRecord, OrderRecord, Problem, ProductRecord, Record
from ordertrail.sync.compiled import Mapper
from ordertrail.sync.connectors.base import Notes, RawDocument
from ordertrail.sync.spec import Lines, Spec
from ordertrail.sync.stream import Stream, streams

__all__ = ["Lines", "Mapper", "Spec", "Stream", "streams", "to_record", "to_records"]


def to_record(stream: Stream, raw: RawDocument, zone: ZoneInfo) -> Record | Problem:
    """The record that ``raw`` stands for in ``stream``, or the problem that keeps it waiting; naive times are local in
    ``zone``.

    For many documents ``to_records`` or a ``Mapper`` of one's own is quicker.
    """
    return Mapper(stream, zone, Notes())(raw)


def to_records(
    stream: Stream,
    documents: Iterable[RawDocument | Problem],
    zone: ZoneInfo,
    *,
    notes: Notes | None = None,
    derived: set[tuple[str, str]] | None = None,
) -> Iterator[Record | Problem]:
    """The records of ``documents``, in their order; problems of the reading pass through.

    Where the stream derives customers or products, each comes once before the first document that names it. ``derived``
    holds the (kind, ref) that were given already; hand in the same set for all landings of a run. ``notes`` collect
    what was put right.
    """
    mapper = Mapper(stream, zone, Notes() if notes is None else notes)
    seen: set[tuple[str, str]] = set() if derived is None else derived
    customers, products = "customer" in stream.derive, "product" in stream.derive
    for document in documents:
        record = document if isinstance(document, Problem) else mapper(document)
        if customers:
            yield from _customers(record, seen)
        if products and isinstance(record, OrderRecord):
            yield from _products(record, seen)
        yield record


def _customers(record: Record | Problem, seen: set[tuple[str, str]]) -> Iterator[CustomerRecord]:
    """The customer that a document names, if it was not given yet."""
    ref = getattr(record, "customer", "")
    if ref and ("customer", ref) not in seen:
        seen.add(("customer", ref))
        yield CustomerRecord(ref=ref, number=ref, name=getattr(record, "customer_name", "") or ref)


def _products(order: OrderRecord, seen: set[tuple[str, str]]) -> Iterator[ProductRecord]:
    """The products that an order's lines name, if they were not given yet."""
    for line in order.lines:
        if line.sku and ("product", line.sku) not in seen:
            seen.add(("product", line.sku))
            yield ProductRecord(ref=line.sku, number=line.sku, name=line.name, unit=line.unit or "pcs")
