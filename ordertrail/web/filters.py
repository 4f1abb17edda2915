"""One filter, one address: what a list, board, export and API call are narrowed to, made from and turned into a query string.

A page declares its fields and sorts once:

    ORDERS = FilterSet(
        fields=(Field("customer", _("Customer")), Field("promised", _("Promised"), Kind.DATES)),
        sorts=(Sort("promised", _("Promised"), "promised_date", nullable=True), Sort("total", _("Total"), "ordered")),
    )
    chosen = ORDERS.parse(request.GET)
    rows = chosen.apply(queryset, {"customer": "customer_name__icontains", "promised": "promised_date"})

What cannot be read is a ``Problem`` and narrows nothing; the chips show it red, with a way to take it away.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any, TypeVar
from urllib.parse import urlencode

from django.db.models import Model, Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from ordertrail.web.filter_values import Problem, Range, date_range, number_range

Words = Promise | str
Value = str | bool | tuple[str, ...] | Range
Lookup = str | Callable[[Any], Q]
Row = TypeVar("Row", bound=Model)

AFTER, BEFORE, SORT = "after", "before", "sort"
"""Names in the query string that are not fields: the page's cursor and the order of rows."""


class Kind(Enum):
    """What a field holds."""

    TEXT = "text"
    CHOICE = "choice"
    DATES = "dates"
    NUMBERS = "numbers"
    FLAG = "flag"


@dataclass(frozen=True)
class Field:
    """One thing a list can be narrowed by; ``choices`` are value and words, ``params`` its names in the query string.

    ``tell`` words a text for its chip (a customer's name for an id). ``apart``: the page shows it in its own way, as tabs, so
    that it is neither a chip nor in the menu.

    >>> Field("promised", "Promised", Kind.DATES).names, Field("order", "Ordered", Kind.DATES, params=("from", "to")).names
    (('promised_from', 'promised_to'), ('from', 'to'))
    """

    name: str
    words: Words
    kind: Kind = Kind.TEXT
    choices: Sequence[tuple[str, Words]] = ()
    params: tuple[str, str] | None = None
    search: bool = False  # the one text field that the key "/" goes to
    tell: Callable[[str], str] = str
    apart: bool = False

    @property
    def names(self) -> tuple[str, ...]:
        """Its names in the query string: one, or two for a range."""
        if self.kind is Kind.DATES:
            return self.params or (f"{self.name}_from", f"{self.name}_to")
        if self.kind is Kind.NUMBERS:
            return self.params or (f"{self.name}_min", f"{self.name}_max")
        return (self.name,)


@dataclass(frozen=True)
class Sort:
    """One order of rows: its name in the query string, its words, and the column; rows without a value come as the largest."""

    name: str
    words: Words
    column: str
    descending: bool = False  # what a first click asks for
    nullable: bool = False


@dataclass(frozen=True)
class Order:
    """The order that rows are asked for in."""

    sort: Sort
    descending: bool

    @property
    def key(self) -> str:
        """As the query string has it: ``promised`` or ``-promised``."""
        return f"-{self.sort.name}" if self.descending else self.sort.name


@dataclass(frozen=True)
class Chip:
    """One removable chip: what it narrows, to what, and the query string without it."""

    words: str
    text: str
    without: str
    bad: bool = False


@dataclass(frozen=True)
class FilterSet:
    """What a list may be narrowed by and sorted by; the first sort is the usual one."""

    fields: tuple[Field, ...]
    sorts: tuple[Sort, ...] = ()

    def parse(self, query: Mapping[str, Any]) -> Filter:
        """Read a query string (``request.GET``, or a plain mapping of texts and lists); problems are data."""
        values: dict[str, Value] = {}
        problems: list[Problem] = []
        for one in self.fields:
            value, bad = read(one, query)
            problems += bad
            if value is not None:
                values[one.name] = value
        cursors = str(query.get(AFTER, "")), str(query.get(BEFORE, ""))
        return Filter(self, values, tuple(problems), self._order(str(query.get(SORT, ""))), *cursors)

    @property
    def usual(self) -> Order | None:
        """The order of rows when none is asked for."""
        return Order(self.sorts[0], self.sorts[0].descending) if self.sorts else None

    def _order(self, wanted: str) -> Order | None:
        named = (sort for sort in self.sorts if sort.name == wanted.removeprefix("-"))
        return next((Order(sort, wanted.startswith("-")) for sort in named), self.usual)


def read(one: Field, query: Mapping[str, Any]) -> tuple[Value | None, list[Problem]]:
    """The value of one field in a query string, None when it says nothing, and what could not be read."""
    texts = [str(query.get(name) or "").replace("\0", "").strip() for name in one.names]  # PostgreSQL keeps no NUL
    if one.kind is Kind.DATES:
        return date_range(one.names, texts)
    if one.kind is Kind.NUMBERS:
        return number_range(one.names, texts)
    if one.kind is Kind.FLAG:
        return _flag(one, texts[0])
    if one.kind is Kind.CHOICE:
        return _choice(one, many(query, one.name))
    return texts[0] or None, []


def many(query: Mapping[str, Any], name: str) -> list[str]:
    """All values of one name, from a QueryDict or from a mapping of texts and lists.

    >>> many({"state": ["draft", "done"]}, "state"), many({"state": "draft"}, "state"), many({}, "state")
    (['draft', 'done'], ['draft'], [])
    """
    got = query.getlist(name) if hasattr(query, "getlist") else query.get(name) or []
    return [str(one) for one in ([got] if isinstance(got, str) else got) if one]


def _flag(one: Field, text: str) -> tuple[Value | None, list[Problem]]:
    if text in ("", "0"):
        return None, []
    if text == "1":
        return True, []
    return None, [Problem(one.name, text, _("“%(text)s” is neither 1 nor 0.") % {"text": text})]


def _choice(one: Field, texts: list[str]) -> tuple[Value | None, list[Problem]]:
    known = dict(one.choices)
    good = tuple(dict.fromkeys(text for text in texts if text in known))
    bad = [text for text in texts if text not in known]
    words = ", ".join(str(value) for value in known)
    sentence = _("There is no “%(text)s” here; there is: %(words)s.")
    return good or None, [Problem(one.name, text, sentence % {"text": text, "words": words}) for text in bad]


@dataclass(frozen=True)
class Filter:
    """A filter that was read: what is chosen, what could not be read, how to sort and which page."""

    of: FilterSet
    values: Mapping[str, Value]
    problems: tuple[Problem, ...] = ()
    order: Order | None = None
    after: str = ""
    before: str = ""

    def pairs(self, without: Sequence[str] = ()) -> list[tuple[str, str]]:
        """The query string as pairs in the order of the fields, without the page, and without the names in ``without``."""
        found: list[tuple[str, str]] = []
        for one in self.of.fields:
            value = self.values.get(one.name)
            if value is not None:
                found += [(name, text) for name, text in written(one, value) if name not in without]
        if self.order and self.order != self.of.usual and SORT not in without:
            found.append((SORT, self.order.key))
        return found

    def to_query(self, without: Sequence[str] = (), **change: str) -> str:
        """The query string, without its question mark: the same filter gives the same text, wherever it was made."""
        return urlencode(self.pairs([*without, *change]) + [(name, text) for name, text in change.items() if text])

    def toggled(self, name: str) -> str:
        """What a click on the head of column ``name`` asks for: its usual direction, or the other one."""
        if self.order and self.order.sort.name == name:
            return Order(self.order.sort, not self.order.descending).key
        return next(Order(sort, sort.descending).key for sort in self.of.sorts if sort.name == name)

    def chips(self) -> list[Chip]:
        """What is chosen, and what could not be read, each with the query string that lacks it."""
        found = []
        for one in self.of.fields:
            value = self.values.get(one.name)
            if value is not None and not one.apart:
                found.append(Chip(str(one.words), told(one, value), self.to_query(one.names)))
        for problem in self.problems:
            one = next(one for one in self.of.fields if problem.name in one.names)
            found.append(Chip(str(one.words), problem.sentence, self.to_query(), bad=True))
        return found

    def open_fields(self) -> list[Field]:
        """The fields that narrow nothing yet, for the menu that adds one; the search field has a place of its own."""
        return [one for one in self.of.fields if one.name not in self.values and not one.search and not one.apart]

    @property
    def search(self) -> Field | None:
        """The text field that the key "/" goes to."""
        return next((one for one in self.of.fields if one.search), None)

    @property
    def search_text(self) -> str:
        """What stands in it."""
        return str(self.values.get(self.search.name, "")) if self.search else ""

    def hidden(self) -> list[tuple[str, str]]:
        """The pairs that a form for the search field must carry along."""
        return self.pairs(self.search.names if self.search else ())

    def apply(self, rows: QuerySet[Row], lookups: Mapping[str, Lookup]) -> QuerySet[Row]:
        """``rows`` narrowed. ``lookups`` says for each field which column (or which function of the value, giving a Q).

        KeyError when a field has no lookup: a filter that narrows nothing would show wrong totals.
        """
        for name, value in self.values.items():
            lookup = lookups[name]
            rows = rows.filter(lookup(value) if callable(lookup) else condition(lookup, value))
        return rows


def condition(lookup: str, value: Value) -> Q:
    """The usual condition for a value: equal, one of, between (both ends belong to it).

    >>> condition("status", ("draft", "done"))
    <Q: (AND: ('status__in', ('draft', 'done')))>
    """
    if isinstance(value, tuple):
        return Q(**{f"{lookup}__in": value})
    if isinstance(value, Range):
        ends = {"gte": value.low, "lte": value.high}
        return Q(**{f"{lookup}__{end}": at for end, at in ends.items() if at is not None})
    return Q(**{lookup: value})


def written(one: Field, value: Value) -> list[tuple[str, str]]:
    """A value as pairs of the query string.

    >>> written(Field("state", "State", Kind.CHOICE), ("draft", "done"))
    [('state', 'draft'), ('state', 'done')]
    """
    if isinstance(value, Range):
        return [(name, text) for name, text in zip(one.names, value.texts, strict=True) if text]
    if isinstance(value, tuple):
        return [(one.name, text) for text in value]
    return [(one.name, "1" if value is True else str(value))]


def told(one: Field, value: Value) -> str:
    """A value as a chip says it.

    >>> told(Field("state", "State", Kind.CHOICE, (("draft", "Draft"), ("done", "Done"))), ("done", "draft"))
    'Done, Draft'
    """
    if isinstance(value, tuple):
        known = dict(one.choices)
        return ", ".join(str(known[text]) for text in value)
    if isinstance(value, Range):
        return value.told()
    return "" if value is True else one.tell(str(value))
