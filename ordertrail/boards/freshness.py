"""How fresh a board is: of which moment its figures are, which sources they stand on, and whether it is older than one's own write."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from django.http import HttpRequest, HttpResponse

from ordertrail.desk.models import Change
from ordertrail.hub.publish import Snapshot
from ordertrail.hub.read import query
from ordertrail.sync.fresh import Freshness, freshness
from ordertrail.web.asof import AsOf

WROTE_TO = "wrote_to"
"""In the session: the newest change when this person last wrote something."""
_FAMILIES = {
    "order": "source",
    "goods": "goods_source",
    "invoice": "invoice_source",
    "money": "money_source",
    "production": "production_source",
}
"""The column of an order that says from which source each family of its facts is."""


@dataclass(frozen=True)
class Standing:
    """How fresh every source is, which of them each family of facts stands on, and of which moment the snapshot is."""

    sources: tuple[Freshness, ...]
    families: dict[str, frozenset[str]]
    read_at: datetime

    def sources_for(self, needs: Sequence[str]) -> list[Freshness]:
        """The sources that figures with these needs stand on."""
        codes = {code for family in needs for code in self.families.get(family, frozenset())}
        return [one for one in self.sources if one.source.code in codes]

    def as_of(self, needs: Sequence[str], href: str) -> AsOf:
        """The badge for figures with these needs: the oldest source decides, and nothing is newer than the snapshot."""
        found = self.sources_for(needs)
        read = [one.as_of for one in found if one.as_of is not None]
        return AsOf(min([*read, self.read_at]), sum(one.fresh for one in found), len(found), href)


def standing(snapshot: Snapshot, person: object) -> Standing:
    """How fresh everything is now: one query of the store, one of the hub."""
    rows = query(f"SELECT DISTINCT {', '.join(_FAMILIES.values())} FROM {{fact_order}}", {}, person, on=snapshot).rows
    told = {family: frozenset(row[place] for row in rows if row[place]) for place, family in enumerate(_FAMILIES)}
    return Standing(tuple(freshness()), told, datetime.fromtimestamp(snapshot.read_at, UTC))


def older_than_own_write(request: HttpRequest, snapshot: Snapshot) -> bool:
    """Whether this person has written something that the snapshot does not show yet."""
    return int(request.session.get(WROTE_TO, 0)) > snapshot.done_to


def newest_change() -> int:
    """The id of the newest change."""
    return Change.objects.order_by("-id").values_list("id", flat=True).first() or 0


class OwnWrites:
    """Middleware: remembers, for whoever writes something, up to which change a board must follow to show it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer; after a write that went well, look how far the changes are now."""
        answer = self.get_response(request)
        wrote = request.method in ("POST", "PUT", "PATCH", "DELETE") and answer.status_code < 400
        if wrote and getattr(getattr(request, "user", None), "is_authenticated", False):
            newest = newest_change()
            if newest > int(request.session.get(WROTE_TO, 0)):
                request.session[WROTE_TO] = newest
        return answer
