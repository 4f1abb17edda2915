"""What the values of a whole column tell that one of them does not: decimal signs, the order of dates, lost zeros."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import date
from decimal import Decimal

from ordertrail.sync.connectors.base import Value
from ordertrail.sync.moments import parser
from ordertrail.sync.values import Bad, Reading, ambiguous_number, parse_number
from ordertrail.sync.wanted import Wanted

_NUMBER = re.compile(r"[^\d.,]")
_GROUPS = {sign: re.compile(rf"[1-9]\d{{0,2}}(?:{re.escape(sign)}\d{{3}})+") for sign in ".,"}
_DATE = re.compile(r"\s*(\d{1,2})\s*[-/.]\s*(\d{1,2})\s*[-/.]\s*\d{4}\b.*")


@dataclass
class Survey:
    """What was found out, by column: the decimal sign ("?" when it may be either), the order of dates, the width of
    codes.
    """

    decimal: dict[str, str] = field(default_factory=dict)
    order: dict[str, str] = field(default_factory=dict)
    width: dict[str, int] = field(default_factory=dict)

    def to_json(self) -> str:
        """As kept with a landing, so that its bytes are always read the same way."""
        return json.dumps(asdict(self), ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> Survey:
        """What ``to_json`` wrote."""
        return cls(**json.loads(text))


def survey(rows: Iterable[Mapping[str, Value]], wanted: Wanted) -> Survey:
    """Go once through all rows. Only columns whose mapping does not itself say how they are written are looked at."""
    votes = {column: Counter[str]() for column in wanted.numbers}
    orders = {column: Counter[str]() for column in wanted.days}
    widths = {column: Counter[tuple[bool, int]]() for column in wanted.codes}
    for row in rows:
        for column, vote in votes.items():
            value = row.get(column)
            if type(value) is str and value:
                vote[_decimal_of(value)] += 1
        for column, order in orders.items():
            value = row.get(column)
            if type(value) is str and value and (match := _DATE.fullmatch(value)):
                order[_order_of(int(match[1]), int(match[2]))] += 1
        for column, width in widths.items():
            value = row.get(column)
            if isinstance(value, (str, int)) and (text := str(value).strip()).isdigit():
                width[text.startswith("0"), len(text)] += 1
    return Survey(_decimals(votes), _orders(orders), _widths(widths))


def _decimal_of(text: str) -> str:
    """What one number tells: "." or "," for sure, "?." or "?," for one group of three, "" for nothing, "long" for no
    groups.
    """
    if "," not in text and text.count(".") == 1 and text.isascii():
        fraction = len(text) - text.index(".") - 1
        if fraction != 3:
            return "."  # most numbers there are
    bare = _NUMBER.sub("", text)
    comma, point = bare.rfind(","), bare.rfind(".")
    if comma >= 0 and point >= 0:
        return "," if comma > point else "."
    if comma < 0 and point < 0:
        return "long" if len(bare) > 3 else ""
    sign = "," if comma >= 0 else "."
    if bare.count(sign) > 1:
        return "." if sign == "," else ","
    return f"?{sign}" if _GROUPS[sign].fullmatch(bare) else sign


def _decimals(votes: Mapping[str, Counter[str]]) -> dict[str, str]:
    """Each column by its own values; one that does not tell, by the other columns of the file if these agree."""
    found: dict[str, str] = {}
    for column, vote in votes.items():
        if vote["."] and not vote[","]:
            found[column] = "."
        elif vote[","] and not vote["."]:
            found[column] = ","
    agreed = set(found.values())
    for column, vote in votes.items():
        if column in found or not (vote["?."] or vote["?,"]):
            continue
        if vote["."] or vote[","]:
            found[column] = "?"
        elif vote["?."] and not vote["?,"] and vote["long"]:
            found[column] = "."  # numbers above 999 stand there without groups, so the point is no group sign
        else:
            found[column] = agreed.copy().pop() if len(agreed) == 1 else "?"
    return found


def _order_of(first: int, second: int) -> str:
    if first > 12 >= second:
        return "dmy"
    return "mdy" if second > 12 >= first else ""


def _orders(orders: Mapping[str, Counter[str]]) -> dict[str, str]:
    found = {}
    for column, order in orders.items():
        told = {one for one in ("dmy", "mdy") if order[one]}
        if len(told) == 1:
            found[column] = told.pop()
    return found


def _widths(widths: Mapping[str, Counter[tuple[bool, int]]]) -> dict[str, int]:
    """The width of codes with leading zeros, where some values have them and shorter ones have lost them."""
    found = {}
    for column, seen in widths.items():
        with_zeros = {length for zero, length in seen if zero and length > 1}
        if len(with_zeros) == 1:
            width = with_zeros.pop()
            if any(not zero and length < width for zero, length in seen):
                found[column] = width
    return found


def reader(found: Survey, wanted: Wanted) -> Callable[[dict[str, Value]], tuple[str, Bad] | None]:
    """A function that puts what the survey knows into a row: numbers and days become such. It gives the column and the
    refusal of the first cell that may mean two things, None when there is none.
    """
    numbers = [(column, found.decimal[column]) for column in wanted.numbers if column in found.decimal]
    days = [(column, parser(Reading(date_order=order))) for column, order in found.order.items()]
    widths = list(found.width.items())

    def apply(row: dict[str, Value]) -> tuple[str, Bad] | None:
        for column, decimal in numbers:
            value = row.get(column)
            if type(value) is str and ("," in value or (decimal != "." and "." in value)):
                told = _decimal_of(value) if decimal == "?" else decimal
                if told.startswith("?"):
                    return column, ambiguous_number(value)
                row[column] = _number(value, told if told in (".", ",") else ".")
        for column, parse in days:
            value = row.get(column)
            if type(value) is str and _DATE.fullmatch(value):
                row[column] = _day(value, parse)
        for column, width in widths:
            value = row.get(column)
            text = str(value).strip() if isinstance(value, (str, int)) else ""
            if text.isdigit() and len(text) < width:
                return column, _zeros_lost(text, width)
        return None

    return apply


def _number(text: str, decimal: str) -> Decimal | str:
    try:
        return parse_number(text, decimal)
    except Bad:
        return text


def _day(text: str, parse: Callable[[str], date | None]) -> Value:
    try:
        return parse(text)
    except Bad:
        return text


def _zeros_lost(text: str, width: int) -> Bad:
    from django.utils.translation import gettext as _

    return Bad(
        "zeros_lost",
        _(
            "Other values of this column have %(width)s digits and begin with 0; “%(text)s” has probably lost "
            "its zeros. If so, set “digits” to %(width)s."
        )
        % {"text": text, "width": width},
    )
