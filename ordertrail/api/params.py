"""What calls take in the query string: declared once, told in OpenAPI, and strictly read."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _

from ordertrail.api.problems import Problem, not_allowed, wrong_field
from ordertrail.web.filters import Field, Filter, FilterSet, Kind

MOST_VALUES = 100
"""Values of one name in one call."""
LIMIT, MOST = 50, 200
"""Rows of a page: usual, and most."""
COST = frozenset(
    {"cost", "profit", "margin", "unit_cost", "planned_cost", "planned_margin", "realised_margin", "value"}
)
"""Names by which nobody may sort or filter who does not see cost, whether a list has them or not."""
FROM_STORE = frozenset({"source", "finding"})
"""Choices that depend on the company: not told in OpenAPI."""


@dataclass(frozen=True, slots=True)
class Param:
    """One name in the query string: its JSON schema, and whether it may be given several times."""

    name: str
    words: str = ""
    schema: dict[str, Any] = field(default_factory=lambda: {"type": "string"})
    many: bool = False
    required: bool = False

    def told(self) -> dict[str, Any]:
        """The parameter as OpenAPI has it."""
        return {
            "in": "query", "name": self.name, "required": self.required, "schema": self.schema, "description": self.words,
        }  # fmt: skip


Params = Callable[[], Sequence[Param]]


def no_params() -> Sequence[Param]:
    """For calls without a query string."""
    return ()


def params_of(filters: FilterSet) -> list[Param]:
    """The names of a list: its filters, its sorts, and its pages."""
    found = [one for each in filters.fields for one in _params(each)]
    keys = [f"{sign}{sort.name}" for sort in filters.sorts for sign in ("", "-")]
    return [
        *found,
        Param("sort", "The order of rows; a minus before it turns it round.", {"type": "string", "enum": keys}),
        Param("limit", "Rows of a page.", {"type": "integer", "minimum": 1, "maximum": MOST, "default": LIMIT}),
        Param("cursor", "What `next` of the page before said."),
    ]


def _params(one: Field) -> list[Param]:
    words = str(one.words)
    if one.kind is Kind.DATES:
        day = {"type": "string", "examples": ["2026-03-05", "today-7"]}
        return [Param(name, words, dict(day)) for name in one.names]
    if one.kind is Kind.NUMBERS:
        return [Param(name, words) for name in one.names]
    if one.kind is Kind.FLAG:
        return [Param(one.name, words, {"type": "string", "enum": ["0", "1"]})]
    if one.kind is Kind.CHOICE:
        values = {} if one.name in FROM_STORE else {"enum": [value for value, _words in one.choices]}
        return [Param(one.name, words, {"type": "array", "items": {"type": "string", **values}}, many=True)]
    return [Param(one.name, words)]


def check_query(query: QueryDict, params: Sequence[Param], *, sees_cost: bool) -> None:
    """Refuse names that the call does not know (403 for those of cost), what is given twice, and zero bytes."""
    known = {param.name: param for param in params}
    for name in query:
        texts = query.getlist(name)
        if name not in known:
            raise _unknown(name, known, sees_cost=sees_cost)
        if len(texts) > (MOST_VALUES if known[name].many else 1):
            sentence = _("%(name)s is given %(count)s times; at most %(most)s are taken in one call.")
            most = MOST_VALUES if known[name].many else 1
            raise wrong_field(name, "too_many", sentence % {"name": name, "count": len(texts), "most": most})
        if any("\x00" in text for text in texts):
            raise wrong_field(name, "not_text", _("%(name)s holds a zero byte. Leave it out.") % {"name": name})


def _unknown(name: str, known: dict[str, Param], *, sees_cost: bool) -> Problem:
    if name in COST and not sees_cost:
        return not_allowed("see_cost")
    if name == "format" and "cursor" in known:
        sentence = _(
            "Lists of the API are JSON. As csv or xlsx there are the lists of the pages, for who is logged in there and may export:"
            " %(orders)s and %(findings)s."
        )
        words = {page: f"{reverse(f'track:{page}')}?format=csv" for page in ("orders", "findings")}
        return wrong_field(name, "unknown_parameter", sentence % words)
    sentence = _("This call knows no %(name)s in the query string; it knows: %(names)s.")
    words = {"name": name[:60], "names": ", ".join(known) or "–"}
    return wrong_field(name[:60], "unknown_parameter", sentence % words)


def limit_of(query: QueryDict) -> int:
    """How many rows are asked for. Problem 422 unless it is 1 to 200."""
    text = query.get("limit", str(LIMIT))
    if not (text.isascii() and text.isdigit() and 1 <= int(text[:9]) <= MOST):
        sentence = _("limit is %(text)s; ask for 1 to %(most)s rows and go on with the cursor.")
        raise wrong_field("limit", "wrong_limit", sentence % {"text": text[:20], "most": MOST})
    return int(text)


def filter_of(query: QueryDict, filters: FilterSet, *, sees_cost: bool) -> Filter:
    """The filter in a query string. Problem 422 for every value that cannot be read and for a sort that is not declared, 403 for a
    sort by cost."""
    wanted = query.get("sort", "").removeprefix("-")
    names = [sort.name for sort in filters.sorts]
    if wanted and wanted not in names:
        if wanted in COST and not sees_cost:
            raise not_allowed("see_cost")
        sentence = _("This list has no order by %(name)s; it has: %(names)s.")
        raise wrong_field("sort", "unknown_sort", sentence % {"name": wanted[:60], "names": ", ".join(names)})
    chosen = filters.parse(query)
    if chosen.problems:
        errors = [{"path": one.name, "code": "wrong_value", "detail": one.sentence} for one in chosen.problems]
        raise Problem(422, "wrong_value", errors[0]["detail"], errors)
    return chosen
