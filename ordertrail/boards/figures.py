"""A metric's figures: now, against the period before, week by week, by age, and by a dimension. Each is one query of the hub."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from decimal import Decimal
from typing import Any

from django.conf import settings

from ordertrail.boards import periods
from ordertrail.boards.asked import Asked
from ordertrail.boards.metric import Metric, Unit
from ordertrail.boards.periods import Period
from ordertrail.hub.read import query
from ordertrail.lib import clock
from ordertrail.lib.money import MONEY_SCALE, from_units
from ordertrail.lib.refused import Refused
from ordertrail.sync.fresh import first_heard

AGES = (7, 14, 30)
"""The ends of the age bands in days; what is older is the last one."""


@dataclass(frozen=True)
class Figure:
    """One number in one currency ("" where it has none): now, before, and week by week (the oldest first). ``of`` and ``of_before``:
    what a share is part of, and ``part`` of it. Money in the currency's unit, shares between 0 and 1; None: nothing to share."""

    currency: str
    now: Decimal | None
    before: Decimal | None = None
    weeks: tuple[Decimal, ...] = ()
    part: int = 0
    of: int = 0
    is_share: bool = False


@dataclass(frozen=True)
class Figures:
    """A metric's numbers here: the main one, and those in other currencies (the largest first)."""

    main: Figure
    others: tuple[Figure, ...] = field(default=())


def figures(metric: Metric, asked: Asked) -> Figures:
    """The metric now, before and over twelve weeks."""
    found = _of_now(metric, asked) if not metric.day else _of_days(metric, asked)
    if not metric.by_currency:
        return Figures(found[0] if found else Figure("", _value(metric, 0, 0)))
    found = sorted(
        (one for one in found if one.now or one.before or any(one.weeks)),
        key=lambda one: (one.currency != _home(asked), -(one.now or 0)),
    )
    others = tuple(one for one in found[1:] if one.now or one.before)
    return Figures(found[0], others) if found else Figures(Figure(_home(asked), Decimal(0)))


def _home(asked: Asked) -> str:
    """The currency of the main number: that of the filter, else the company's."""
    return str(asked.chosen.values.get("currency") or settings.COMPANY.currency).upper()


def _value(metric: Metric, part: int, of: int) -> Decimal | None:
    if metric.unit is Unit.SHARE:
        return Decimal(part) / of if of else None
    return from_units(part, MONEY_SCALE) if metric.unit is Unit.MONEY else Decimal(part)


def _sum(each: str, when: str = "") -> str:
    return f"CAST(COALESCE(SUM({f'CASE WHEN {when} THEN {each} ELSE 0 END' if when else each}), 0) AS BIGINT)"


def inside(metric: Metric, period: Period, name: str = "", column: str = "") -> tuple[str, dict[str, Any]]:
    """The condition that a row's day (or ``column``, which holds it) lies in ``period``, and what it binds (names end in ``name``)."""
    parts, bound = [], {}
    for end, sign, day in (("from", ">=", period.first), ("to", "<=", period.last)):
        if metric.day and day is not None:
            parts.append(f"{column or metric.day} {sign} ${end}{name}")
            bound[f"{end}{name}"] = day
    return " AND ".join(parts) or "TRUE", bound


def _of_days(metric: Metric, asked: Asked) -> list[Figure]:
    """A metric of days: the period, the one before, and twelve weeks, in one pass over the rows, which are added up by day first."""
    period, earlier = asked.period(metric), periods.before(metric.window, asked.today)
    now, bound = inside(metric, period, "_now", "day")
    before, more = inside(metric, earlier, "_before", "day")
    compare = bool(more) and asked.days is None
    ends = periods.week_ends(asked.today)
    bound |= more if compare else {}
    bound |= {f"week_{place}": day for place, day in enumerate(ends)}
    bound["week_from"] = ends[-1] - timedelta(7)
    weeks = [f"day > {_since(place, len(ends))} AND day <= $week_{place}" for place in range(len(ends))]
    wanted = [now, before if compare else "FALSE", *weeks]
    sums = [_sum("part", when) for when in wanted] + [_sum("whole", when) for when in wanted]
    firsts = [period.first, bound["week_from"], earlier.first if compare else bound["week_from"]]
    told = [day for day in firsts if day is not None]
    near = f"{metric.day} >= $earliest" if len(told) == len(firsts) else "TRUE"
    bound["earliest"] = min(told)
    answer = query(
        f"SELECT currency, {', '.join(sums)} FROM ({_by_day(metric, asked, metric.day, near)}) AS days GROUP BY 1",
        {**asked.params(), **bound},
        asked.person,
        on=asked.snapshot,
    )
    return [_figure(metric, row[0], row[1 : 1 + len(wanted)], row[1 + len(wanted) :], compare) for row in answer.rows]


def _by_day(metric: Metric, asked: Asked, day: str, near: str = "TRUE") -> str:
    """SQL for a metric's sums by currency and ``day``: a few hundred rows, on which any number of periods costs nothing."""
    currency = "currency" if metric.by_currency else "''"
    return (
        f"SELECT {currency} AS currency, {day} AS day, {_sum(metric.each)} AS part, {_sum(metric.of or '0')} AS whole,"
        f" COUNT(*) AS many FROM {metric.table} AS t"
        f" WHERE {metric.where} AND {near} AND {asked.scope(metric.table)} GROUP BY 1, 2"
    )


def _since(place: int, count: int) -> str:
    return f"$week_{place + 1}" if place + 1 < count else "$week_from"


def _figure(metric: Metric, currency: str, parts: tuple[int, ...], wholes: tuple[int, ...], compare: bool) -> Figure:
    weeks = [_value(metric, part, whole) for part, whole in zip(parts[2:], wholes[2:], strict=True)]
    return Figure(
        currency,
        _value(metric, parts[0], wholes[0]),
        _value(metric, parts[1], wholes[1]) if compare else None,
        _history(weeks),
        parts[0],
        wholes[0],
        metric.unit is Unit.SHARE,
    )


def _history(weeks: list[Decimal | None]) -> tuple[Decimal, ...]:
    """Newest-first values as a line from the oldest on; weeks without anything to share are left out."""
    return tuple(value for value in reversed(weeks) if value is not None)


def _of_now(metric: Metric, asked: Asked) -> list[Figure]:
    """A metric of now: its rows, and how it stood at the end of each of the last twelve weeks."""
    now = {code: (part, whole) for code, part, whole, *_ages in _now(metric, asked)}
    past = _past(metric, asked)
    found = []
    for code in {**now, **past}:
        part, whole = now.get(code, (0, 0))
        weeks = (
            [_value(metric, part, whole), *(_value(metric, one, 0) for one in past.get(code, ()))]
            if metric.past
            else []
        )
        found.append(Figure(code, weeks[0] if weeks else _value(metric, part, whole), weeks[1] if len(weeks) > 1 else None,
                            _history(weeks), part, whole))  # fmt: skip
    return found


def _now(metric: Metric, asked: Asked) -> Sequence[Sequence[Any]]:
    """A metric of now by currency: the part, the whole, and where its rows have an age the sum in each band, how many, the oldest."""
    if not metric.aged_by:
        sql = f"SELECT currency, part, whole FROM ({_by_day(metric, asked, 'NULL')}) AS days"
        return query(sql, asked.params(), asked.person, on=asked.snapshot).rows
    low, middle, high = AGES
    bands = (
        f"age <= {low} OR age IS NULL",
        f"age > {low} AND age <= {middle}",
        f"age > {middle} AND age <= {high}",
        f"age > {high}",
    )
    sql = (
        f"SELECT currency, {_sum('part')}, {_sum('whole')}, {', '.join(_sum('part', band) for band in bands)},"
        f" CAST(SUM(many) AS BIGINT), CAST(MAX(age) AS INTEGER)"
        f" FROM (SELECT *, $today - day AS age FROM ({_by_day(metric, asked, metric.aged_by)}) AS days) AS aged GROUP BY 1"
    )
    return query(sql, asked.params(), asked.person, on=asked.snapshot).rows


def _past(metric: Metric, asked: Asked) -> dict[str, tuple[int, ...]]:
    """Per currency how the metric stood a week ago, two weeks ago …, as far back as that is known."""
    days = periods.week_ends(asked.today)[1:]
    if metric.heard:
        first = first_heard()
        days = [day for day in days if first and day >= first]
    if metric.past is None or not days:
        return {}
    names = [f"day_{place}" for place in range(len(days))]
    bound: dict[str, Any] = dict(zip(names, days, strict=True))
    for name, day in zip(names, days, strict=True):
        end = datetime.combine(day + timedelta(1), time(), tzinfo=clock.zone())
        bound[f"{name}_end"] = int(end.timestamp()) * 1_000_000
    try:
        orders = asked.scope()
    except Refused:  # how it stood is known order by order only
        return {}
    by_order = f"order_id IN (SELECT order_id FROM {{fact_order}} WHERE {orders})" if orders != "TRUE" else "TRUE"
    sql = metric.past(names).replace("{scope_by_order}", by_order).replace("{scope}", orders)
    answer = query(sql, {**asked.params(), **bound}, asked.person, on=asked.snapshot)
    return {row[0]: row[1:] for row in answer.rows}


@dataclass(frozen=True)
class Ages:
    """How old the rows of a metric of now are, in one currency: the amount in each age band, how many rows, and the oldest in days."""

    bands: tuple[Decimal, ...]
    many: int
    oldest: int | None


def ages(metric: Metric, asked: Asked, currency: str) -> Ages:
    """The ages of a metric's rows in ``currency``; asked together with its number."""
    found = {row[0]: row[3:] for row in _now(metric, asked)}
    *bands, many, oldest = found.get(currency, (0, 0, 0, 0, 0, None))
    return Ages(tuple(from_units(part, MONEY_SCALE) for part in bands), many, oldest)
