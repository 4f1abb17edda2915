"""Lists: one page of rows, the cursor of the next, and the exact number of all on the first page (api.md §1, lists)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, TypeVar

from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from pydantic import BaseModel

from ordertrail.api.door import caller
from ordertrail.api.params import filter_of, limit_of
from ordertrail.api.problems import wrong_field
from ordertrail.api.shapes.frame import Listed
from ordertrail.web.filters import Filter, FilterSet
from ordertrail.web.paging import Reader, page

Row = TypeVar("Row", bound=Model)
Item = TypeVar("Item", bound=BaseModel)


def chosen_by(request: HttpRequest, filters: FilterSet) -> Filter:
    """What the query string narrows a list to. Problem 422 or 403 where it cannot be read."""
    chosen = filter_of(request.GET, filters, sees_cost=caller(request).sees_cost())
    return replace(chosen, after=request.GET.get("cursor", ""), before="")


def listed(
    request: HttpRequest,
    rows: QuerySet[Row] | Reader[Row],
    chosen: Filter,
    count: Callable[[], int],
    write: Callable[[Sequence[Row]], list[Item]],
) -> Listed[Item]:
    """One page of ``rows`` as ``write`` writes them; ``count`` is asked on the first page only.

    Problem 422 for a limit beyond 1 to 200 and for a cursor that we have not given out for this list and order.
    """
    limit = limit_of(request.GET)
    found = page(rows, chosen, limit)
    if found.stale:
        sentence = _("The cursor is none of this list in this order. Begin again without it.")
        raise wrong_field("cursor", "wrong_cursor", sentence)
    total = None if chosen.after else count()
    return Listed(items=write(found.rows), next=found.after or None, total=total)


def whole(items: list[Item]) -> Listed[Item]:
    """A list that is never so long that it must be cut into pages."""
    return Listed(items=items, next=None, total=len(items))


def counted(rows: QuerySet[Any]) -> Callable[[], int]:
    """How many rows there are, when it is asked."""
    return rows.count
