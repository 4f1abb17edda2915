"""Findings: what is wrong, and the remedies for it."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from ordertrail.api import written
from ordertrail.api.calls.declare import get, post
from ordertrail.api.door import Caller, caller
from ordertrail.api.lists import chosen_by, listed
from ordertrail.api.naming import meant
from ordertrail.api.once import once
from ordertrail.api.params import Param, params_of
from ordertrail.api.problems import Problem, not_found, wrong_field
from ordertrail.api.shapes import findings as shapes
from ordertrail.api.shapes.frame import Listed, Thing
from ordertrail.api.versions import check_match, checksum
from ordertrail.findings import actions, queries
from ordertrail.findings.checks import all_checks
from ordertrail.findings.models import Finding
from ordertrail.lib.gate import whole
from ordertrail.parties.models import Person
from ordertrail.records.models import SourceDocument
from ordertrail.web.filters import Field, FilterSet, Kind, Lookup, Sort
from ordertrail.web.rights import may

TAKE, GIVE, DROP = "take", "give", "drop"

FILTERS = FilterSet(
    fields=(
        Field("status", "Status", Kind.CHOICE, (("open", "open"), ("closed", "closed"))),
        Field("kind", "Kind", Kind.CHOICE, (("exception", "exception"), ("risk", "risk"))),
        Field("check", "Check", Kind.CHOICE, tuple((name, name) for name in all_checks())),
        Field("role", "Role"),
        Field("owner", "Owner"),
        Field("order", "Order"),
    ),
    sorts=(
        Sort("since", "Since", "since", descending=True),
        Sort("money", "Money", "money", descending=True, nullable=True),
    ),
)
"""What findings can be narrowed to. ``owner`` is a user name, ``me`` or ``nobody``; ``order`` an id or number."""


def list_params() -> Sequence[Param]:
    """The filters of the list of findings."""
    return params_of(FILTERS)


@get("/findings", right="see_orders", answer=shapes.Findings, params=list_params)
def list_findings(request: HttpRequest) -> Listed[shapes.Finding]:
    """What is wrong, the newest first; `?status=open` leaves out what is back to normal."""
    by = caller(request)
    chosen = chosen_by(request, FILTERS)

    def order(name: str) -> Q:
        return Q(order=meant("order", name, by.person))

    def owner(name: str) -> Q:
        return (
            Q(owner=None) if name == queries.NOBODY else Q(owner__username=by.person.username if name == "me" else name)
        )

    lookups: dict[str, Lookup] = {
        "status": "status",
        "kind": "kind",
        "check": "check_name",
        "role": "role",
        "owner": owner,
        "order": order,
    }
    rows = chosen.apply(queries.visible_to(by.person), lookups).select_related("owner")
    return listed(request, rows, chosen, rows.count, lambda found: _findings(found, by))


@get("/findings/{id}", right="see_orders", answer=shapes.Finding)
def get_finding(request: HttpRequest, id: str) -> shapes.Finding:  # noqa: A002  (the address says id)
    """One finding."""
    by = caller(request)
    return _one(id, by)


@post("/findings/{id}/{remedy}", right="own_findings", answer=shapes.Finding)
def remedy_finding(
    request: HttpRequest,
    id: str,  # noqa: A002
    remedy: str,
    body: shapes.RemedyIn | None = None,
) -> HttpResponse:
    """Do something about a finding: `take` it, `give` it to somebody, `drop` it, or one of its own remedies, which hand it over."""
    by = caller(request)
    return once(request, lambda: _remedied(request, by, id, remedy, body or shapes.RemedyIn()))


def _remedied(request: HttpRequest, by: Caller, name: str, remedy: str, body: shapes.RemedyIn) -> shapes.Finding:
    with whole():
        row = _row(name, by, locked=True)
        check_match(request, _findings([row], by)[0], _("Finding %(id)s") % {"id": row.pk})
        _do(by, row, remedy, body)
        return _one(name, by)


def _do(by: Caller, row: Finding, remedy: str, body: shapes.RemedyIn) -> None:
    if remedy in (TAKE, DROP):
        for field in ("to", "text"):
            if getattr(body, field) is not None:
                sentence = _("%(remedy)s takes no %(field)s. Leave it out, or use give.")
                raise wrong_field(field, "unknown_field", sentence % {"remedy": remedy, "field": field})
        (actions.take if remedy == TAKE else actions.drop)(by.person, row.pk)
    elif remedy == GIVE or remedy in _own_remedies(row):
        own = "" if remedy == GIVE else remedy
        actions.give(by.person, row.pk, _receiver(body), remedy=own, text=body.text or "")
    else:
        sentence = _("Finding %(id)s has no remedy %(remedy)s; it has: %(remedies)s.")
        words = {"id": row.pk, "remedy": remedy[:40], "remedies": ", ".join([TAKE, GIVE, DROP, *_own_remedies(row)])}
        raise Problem(404, "unknown_remedy", sentence % words)


def _receiver(body: shapes.RemedyIn) -> Person:
    """Whom a finding is handed to. Problem 422 where nobody, or nobody known, is named."""
    if not body.to:
        raise wrong_field("to", "missing_field", _("Say to whom: “to” is a user name."))
    found = Person.objects.filter(username=body.to).first()
    if found is None:
        sentence = _("There is nobody with the user name %(name)s.")
        raise wrong_field("to", "unknown_person", sentence % {"name": body.to[:80]})
    return found


def _row(name: str, by: Caller, *, locked: bool = False) -> Finding:
    figure = name.isascii() and name.isdigit() and len(name) < 19
    rows = queries.visible_to(by.person)
    rows = rows.select_for_update() if locked else rows.select_related("owner")
    row = rows.filter(pk=int(name)).first() if figure else None
    if row is None:
        raise not_found("finding", name)
    return row


def _one(name: str, by: Caller) -> shapes.Finding:
    return _findings([_row(name, by)], by)[0]


def _own_remedies(row: Finding) -> list[str]:
    """What its check offers and can be done by a call; looking at a document cannot."""
    return [remedy.code for remedy in queries.told(row).remedies if not remedy.opens]


def _findings(rows: Sequence[Finding], by: Caller) -> list[shapes.Finding]:
    objects = {row.object for row in rows}
    numbers = dict(SourceDocument.objects.filter(pk__in=objects).values_list("pk", "number"))
    return [_finding(row, numbers, by) for row in rows]


def _finding(row: Finding, numbers: dict[int, str], by: Caller) -> shapes.Finding:
    told = queries.told(row)
    works = may(by.person, "own_findings") and row.status == "open"
    found = shapes.Finding(
        id=str(row.pk),
        kind=row.kind,
        check=row.check_name,
        title=told.title,
        next_step=told.next_step,
        object=Thing(kind=row.object_kind, id=str(row.object), number=numbers.get(row.object) or None),
        order=None if row.order is None else str(row.order),
        status=row.status,
        since=written.instant(row.since),
        closed_at=written.instant(row.closed_at) if row.closed_at else None,
        money=None if row.money is None else written.money(row.money, row.currency),
        currency=row.currency or None,
        owner=row.owner.username if row.owner else None,
        role=row.role,
        remedies=[TAKE, GIVE, DROP, *_own_remedies(row)] if works else [],
        version=0,
    )
    alike = found.model_dump(exclude={"title", "next_step", "remedies"})  # words and rights are the reader's
    found.version = checksum({**alike, "facts": row.facts})
    return found
