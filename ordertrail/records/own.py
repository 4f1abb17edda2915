"""Documents of our own: the source that the desk is, and the source document by which links and numbers know each of them.

Steps and readings for verbs of the desk; nothing here opens a transaction.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from ordertrail.lib import bulk, clock
from ordertrail.lib.numbers import number_key
from ordertrail.lib.prepared import Prepared
from ordertrail.records.models import DESK, OWN_KINDS, Number, Source, SourceDocument

OWN = f"(SELECT id FROM records_source WHERE kind = '{DESK}')"
"""In SQL the sources whose documents are our own: the desk."""
_RANK = 60
"""Behind the systems that a company has for a thing: their warehouse, their ERP, their bank."""


def desk() -> Source:
    """The desk as a source, made with the first document that is typed."""
    known = _DESK(DESK)
    if known:
        return known[0]
    found, _made = Source.objects.get_or_create(
        code=DESK,
        defaults={
            "name": "Ordertrail", "kind": DESK, "connector": DESK, "position": _RANK, "order_rank": _RANK, "goods_rank": _RANK,
            "invoice_rank": _RANK, "money_rank": _RANK, "production_rank": _RANK,
        },
    )  # fmt: skip
    return found


_DESK = Prepared(lambda code: Source.objects.filter(code=code))


def make(kind: str, number: str = "") -> SourceDocument:
    """A new document of our own of a kind in ``OWN_KINDS``; its id is that of its row. ``number`` is empty while a draft has none."""
    if kind not in OWN_KINDS:
        raise ValueError(f"the desk keeps no {kind} as rows")
    source = desk()
    pk = bulk.next_ids(SourceDocument, 1)[0]
    made = SourceDocument.objects.create(
        pk=pk, source=source, kind=kind, ref=str(pk), number="", group=pk, learned_at=clock.now()
    )
    if number:
        rename(made.pk, kind, number)
    return made


def rename(document: int, kind: str, number: str) -> None:
    """Give a document of our own its number, by which it is found from now on."""
    SourceDocument.objects.filter(pk=document).update(number=number)
    Number.objects.filter(document=document).delete()
    Number.objects.create(key=number_key(number)[:100], kind=kind, document_id=document)


def groups_of(documents: Iterable[int]) -> dict[int, int]:
    """The group, and so the one row, that each of these documents belongs to now."""
    rows = bulk.select(
        f'SELECT id, "group" FROM {bulk.table(SourceDocument)} WHERE id IN {bulk.among()}', [bulk.bound(set(documents))]
    )
    return dict(rows)


def documents_of(group: int) -> list[int]:
    """Every document of a group: rows that were written for one of them belong to the group as long as it lasts."""
    return list(SourceDocument.objects.filter(group=group).values_list("pk", flat=True))


def own_among(groups: Collection[int]) -> set[int]:
    """Those of these groups whose row was made here: nobody else's words ever write it."""
    if not groups:
        return set()
    rows = bulk.select(
        f"SELECT id FROM {bulk.table(SourceDocument)}"
        f" WHERE id IN {bulk.among()} AND source_id IN {OWN} AND kind IN {bulk.among('text')}",
        [bulk.bound(groups), bulk.bound(sorted(OWN_KINDS))],
    )
    return {row[0] for row in rows}
