"""The sums of a large selection of orders, from the hub's snapshot: the same filter, said in the hub's words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from ordertrail.hub.read import query
from ordertrail.lib import clock
from ordertrail.lib.money import MONEY_SCALE, from_units, to_units
from ordertrail.orders.listing import QUEUES, SUMMED, Sums
from ordertrail.track.orders_filter import customer_ids
from ordertrail.web.filter_values import Range
from ordertrail.web.filters import Filter

Condition = tuple[str, dict[str, Any]]
LATE = "is_open AND delivery IN ('waiting', 'partially') AND promised_date < $today"


def sums_from_snapshot(chosen: Filter, person: object) -> tuple[list[Sums], datetime] | None:
    """What the filter adds up to by currency, and as of when; None for a filter that only the store can answer.

    Refused while there is no snapshot.
    """
    found = conditions(chosen.values)
    if found is None:
        return None
    where, params = found
    amounts = ", ".join(f"SUM({name})::BIGINT" for name in SUMMED)
    answer = query(
        f"SELECT currency, COUNT(*), {amounts} FROM {{fact_order}} WHERE {where}"
        " GROUP BY currency ORDER BY COUNT(*) DESC, currency",
        params,
        person,
    )
    rows = [
        Sums(row[0], int(row[1]), *(from_units(int(units or 0), MONEY_SCALE) for units in row[2:]))
        for row in answer.rows
    ]
    return rows, answer.as_of


def conditions(values: Mapping[str, Any]) -> Condition | None:
    """The filter's conditions in the hub's columns; None where one has no such column (a number, an owner, a finding)."""
    parts: list[str] = ["TRUE"]
    params: dict[str, Any] = {}
    for name, value in values.items():
        made = _MADE.get(name)
        if made is None or value == ("findings",):
            return None
        text, more = made(name, value)
        parts.append(text)
        params |= more
    return " AND ".join(f"({part})" for part in parts), params


def _queue(_name: str, value: tuple[str, ...]) -> Condition:
    if value[0] in QUEUES:
        return QUEUES[value[0]].sql, {}
    return (LATE, {"today": clock.today()}) if value[0] == "late" else ("TRUE", {})


def _one_of(column: str) -> Callable[[str, Any], Condition]:
    return lambda name, value: (f"list_contains(${name}, {column})", {name: list(value)})


def _between(column: str, turn: Callable[[Any], Any]) -> Callable[[str, Any], Condition]:
    def made(name: str, value: Range) -> Condition:
        ends = {f"{name}_low": (">=", value.low), f"{name}_high": ("<=", value.high)}
        told = {key: (sign, turn(end)) for key, (sign, end) in ends.items() if end is not None}
        return " AND ".join(f"{column} {sign} ${key}" for key, (sign, _end) in told.items()), {
            key: end for key, (_sign, end) in told.items()
        }

    return made


def _units(amount: Decimal) -> int:
    return to_units(amount, MONEY_SCALE)


def _same(value: Any) -> Any:
    return value


_MADE: dict[str, Callable[[str, Any], Condition]] = {
    "queue": _queue,
    "state": _one_of("status"),
    "delivery": _one_of("delivery"),
    "invoicing": _one_of("invoicing"),
    "payment": _one_of("payment"),
    "production": _one_of("production"),
    "source": _one_of("source"),
    "currency": lambda name, value: (f"currency = ${name}", {name: value.upper()}),
    "salesperson": lambda name, value: (f"salesperson = ${name}", {name: value}),
    "customer": lambda name, value: (f"list_contains(${name}, customer_id)", {name: customer_ids(value)}),
    "late": lambda _name, _value: (LATE, {"today": clock.today()}),
    "order_date": _between("order_date", _same),
    "promised": _between("promised_date", _same),
    "amount": _between("ordered", _units),
}
"""What each filter means in the hub; a queue "findings" is asked of the store, where findings live."""
