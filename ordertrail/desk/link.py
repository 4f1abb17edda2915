"""Link and unlink: a person says that documents of two systems are one real thing, or that they are not."""

from __future__ import annotations

from django.utils.translation import gettext as _

from ordertrail.desk.acts import note
from ordertrail.desk.rewrite import Rewrite
from ordertrail.lib import clock
from ordertrail.lib.gate import rewriting
from ordertrail.lib.refused import Refused
from ordertrail.parties.models import Person
from ordertrail.records.claims import regroup
from ordertrail.records.models import Link, Source, SourceDocument


def link(by: Person, document: int, other: int) -> Link:
    """Join the groups of two source documents of one kind; only what hangs on them is made again.

    Refused("same_document"), ("other_kind"), ("already_linked"); documents by id. Parting them again restores every row.
    """
    with rewriting():
        one, two = _document(document), _document(other)
        if one.pk == two.pk:
            raise Refused("same_document", _("%(number)s cannot be linked with itself.") % {"number": one.number})
        if one.kind != two.kind:
            detail = _("%(one)s is of kind %(kind)s and %(two)s is not; only like can be linked with like.")
            raise Refused("other_kind", detail % {"one": one.number, "kind": one.kind, "two": two.number})
        if one.group == two.group:
            detail = _("%(one)s and %(two)s are one already; see the links on the page of %(one)s.")
            raise Refused("already_linked", detail % {"one": one.number, "two": two.number})
        Link.objects.filter(document__in=(one, two), other__in=(one, two), parted=True).update(parted=False)
        made = Link.objects.create(document=one, other=two, kind=one.kind, made_by=by.pk, made_at=clock.now())
        _make_again(one.kind, {one.pk, two.pk})
        note(by, "link", one.kind, one.pk, other=two.pk)
    return made


def unlink(by: Person, joined: Link) -> None:
    """Part what ``joined`` joins, and keep the rule that made it from joining them again.

    Refused("already_unlinked"). Comments and owners stay with the document that they were written on.
    """
    with rewriting():
        now = Link.objects.select_for_update().get(pk=joined.pk)
        if now.ended_at is not None or now.other_id is None:
            raise Refused("already_unlinked", _("These two are parted already; reload the page."))
        now.ended_at, now.ended_by, now.parted = clock.now(), by.pk, bool(now.rule)
        now.save()
        _make_again(now.kind, {now.document_id, now.other_id})
        note(by, "unlink", now.kind, now.document_id, other=now.other_id)


def _document(pk: int) -> SourceDocument:
    found = SourceDocument.objects.filter(pk=pk).first()
    if found is None:
        raise Refused("unknown_document", _("There is no document %(id)s; search for its number.") % {"id": pk})
    return found


def _make_again(kind: str, documents: set[int]) -> None:
    ranks = {source.pk: source.rank(kind) for source in Source.objects.all()}
    moved = regroup(kind, documents, ranks)
    Rewrite({kind: moved.touched}, moved.lost, {}, {}).run()
