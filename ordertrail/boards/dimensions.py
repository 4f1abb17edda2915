"""What a metric can be taken apart by: each part with its number and the address of its rows."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ordertrail.boards.asked import BY_ID, Asked, is_lines
from ordertrail.boards.figures import inside
from ordertrail.boards.metric import Metric, Unit
from ordertrail.boards.periods import Period
from ordertrail.boards.stages import STAGES
from ordertrail.hub.read import query
from ordertrail.lib.money import MONEY_SCALE, from_units
from ordertrail.records.models import Source

MOST_PARTS = 60
Pairs = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Dimension:
    """A way to take a metric apart. ``key`` and ``label``: SQL over the metric's rows ``t`` and their orders ``o``; ``by_day``: the key
    begins a span of days. ``pairs``: what narrows the rows to one part; ``words``: how a label is said."""

    title: Promise
    key: str
    label: str = ""
    of_order: bool = False
    by_day: str = ""
    pairs: Callable[[Any], Pairs] = lambda key: ()
    words: Callable[[Any], str] = str


@dataclass(frozen=True)
class Part:
    """One part: its words, currency, number, how many rows, and the address of them ("" where no filter names them)."""

    words: str
    currency: str
    value: Decimal | None
    many: int
    rows: str


def _param(name: str) -> Callable[[Any], Pairs]:
    return lambda key: ((name, str(key)),) if key else ()


DIMENSIONS: dict[str, Dimension] = {
    "stage": Dimension(
        gettext_lazy("Step"), "stage", pairs=_param("stage"), words=lambda key: str(STAGES.get(key, key))
    ),
    "week": Dimension(gettext_lazy("Week"), "CAST(date_trunc('week', {day}) AS DATE)", by_day="week"),
    "month": Dimension(gettext_lazy("Month"), "CAST(date_trunc('month', {day}) AS DATE)", by_day="month"),
    "product": Dimension(gettext_lazy("Product"), "t.sku", pairs=_param("sku")),
    "customer": Dimension(
        gettext_lazy("Customer"),
        "o.customer_id",
        "MAX(o.customer_name)",
        of_order=True,
        pairs=lambda key: (("customer", f"{BY_ID}{key}"),) if key else (),
    ),
    "salesperson": Dimension(gettext_lazy("Salesperson"), "o.salesperson", of_order=True, pairs=_param("salesperson")),
    "source": Dimension(
        gettext_lazy("Source"),
        "o.source",
        of_order=True,
        pairs=_param("source"),
        words=lambda key: dict(Source.objects.values_list("code", "name")).get(key, key),
    ),
    "country": Dimension(gettext_lazy("Country"), "t.country", pairs=_param("country")),
    "vendor": Dimension(gettext_lazy("Vendor"), "t.vendor", pairs=_param("vendor")),
    "mode": Dimension(gettext_lazy("Mode of transport"), "t.mode", pairs=_param("mode")),
}


@dataclass(frozen=True)
class Sum:
    """What a metric comes to in one currency ("" where it has none): ``many`` rows, ``more`` of its parts are not shown, and ``rest``
    is what those come to (None for a share, which cannot be added)."""

    currency: str
    value: Decimal | None
    many: int
    more: int
    rest: Decimal | None


def sums(metric: Metric, asked: Asked, shown: Sequence[Part], groups: Mapping[str, int]) -> list[Sum]:
    """The totals below the parts that are ``shown``; ``groups``: how many parts there are by currency."""
    days, bound = inside(metric, asked.period(metric))
    currency = "r.currency" if metric.by_currency else "''"
    sql = (
        f"SELECT {currency} AS currency, CAST(SUM({metric.of or '0'}) AS BIGINT), CAST(SUM({metric.each}) AS BIGINT), COUNT(*)"
        f" FROM {metric.table} AS r WHERE {metric.where} AND {days} AND {asked.scope(metric.table)} GROUP BY 1 ORDER BY 3 DESC, 1"
    )
    found = []
    for one, whole, value, many in query(sql, {**asked.params(), **bound}, asked.person, on=asked.snapshot).rows:
        listed = [part for part in shown if part.currency == one]
        total = _value(metric, value, whole)
        more = groups.get(one, 0) - len(listed)
        known = sum((part.value or Decimal(0) for part in listed), Decimal(0))
        rest = None if metric.unit is Unit.SHARE or total is None else total - known
        found.append(Sum(one, total, many, more, rest))
    return found


def parts(name: str, metric: Metric, by: str, asked: Asked) -> list[Part]:
    """The parts of a metric by one dimension, as ``taken_apart`` gives them."""
    return taken_apart(name, metric, by, asked)[0]


def taken_apart(name: str, metric: Metric, by: str, asked: Asked) -> tuple[list[Part], dict[str, int]]:
    """The parts of a metric by one dimension: days in their order, all else the largest first, at most ``MOST_PARTS``; and how many
    parts there are by currency."""
    one = DIMENSIONS[by]
    days, bound = inside(metric, asked.period(metric))
    key = one.key.format(day=f"t.{metric.day}").replace("o.", "o." if is_lines(metric.table) else "t.")
    label = (one.label or f"MAX({one.key.format(day=f't.{metric.day}')})").replace(
        "o.", "o." if is_lines(metric.table) else "t."
    )
    orders = "JOIN {fact_order} AS o ON o.order_id = t.order_id" if one.of_order and is_lines(metric.table) else ""
    currency = "t.currency" if metric.by_currency else "''"
    rows = f"(SELECT * FROM {metric.table} AS r WHERE {metric.where} AND {days} AND {asked.scope(metric.table)})"
    order = "1 DESC, 3" if one.by_day else "5 DESC, 1, 3"
    sql = (
        f"SELECT {key} AS part, {label} AS label, {currency} AS currency, CAST(SUM({metric.of or '0'}) AS BIGINT) AS whole,"
        f" CAST(SUM({metric.each}) AS BIGINT) AS value, COUNT(*) AS many,"
        f" COUNT(*) OVER (PARTITION BY {currency}) AS groups"
        f" FROM {rows} AS t {orders} GROUP BY 1, 3 ORDER BY {order} LIMIT {MOST_PARTS}"
    )
    answer = query(sql, {**asked.params(), **bound}, asked.person, on=asked.snapshot)
    return [_part(name, metric, one, asked, *row[:-1]) for row in answer.rows], {row[2]: row[6] for row in answer.rows}


def _part(
    name: str,
    metric: Metric,
    one: Dimension,
    asked: Asked,
    key: Any,
    label: Any,
    currency: str,
    whole: int,
    value: int,
    many: int,
) -> Part:
    in_currency: Pairs = (("currency", currency),) if currency else ()
    if one.by_day:
        address = (
            "" if key is None else asked.rows(name, metric, in_currency, _span(key, one.by_day, asked.period(metric)))
        )
        return Part(_day_words(key, one.by_day), currency, _value(metric, value, whole), many, address)
    pairs = one.pairs(key)
    words = one.words(label) if label not in (None, "") else _("not told")
    return Part(
        words,
        currency,
        _value(metric, value, whole),
        many,
        asked.rows(name, metric, (*in_currency, *pairs)) if pairs else "",
    )


def _value(metric: Metric, value: int, whole: int) -> Decimal | None:
    if metric.unit is Unit.SHARE:
        return Decimal(value) / whole if whole else None
    return from_units(value, MONEY_SCALE) if metric.unit is Unit.MONEY else Decimal(value)


def _span(first: date, what: str, within: Period) -> Period:
    """The week or month that begins on ``first``, as far as it lies in the days that are looked at."""
    last = first + timedelta(6) if what == "week" else (first + timedelta(31)).replace(day=1) - timedelta(1)
    return Period(max(first, within.first or first), min(last, within.last or last))


def _day_words(first: date | None, what: str) -> str:
    if first is None:
        return _("without a day")
    if what == "month":
        return first.strftime("%Y-%m")
    year, week, _weekday = first.isocalendar()
    return f"{year} W{week:02}"
