"""What a metric is: a number that people steer by, defined once, with the rows behind it.

A member of ``boards/metrics/`` is a file with one ``METRIC``. Its number and its rows come from the same declaration: the number is
the sum of ``each`` over the rows of ``table`` where ``where``, and the rows are those rows.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import cache
from importlib import import_module
from pathlib import Path

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Words = Promise | str


class Unit(Enum):
    """What a metric counts in."""

    MONEY = "money"  # 10⁻⁴ of a currency's unit; currencies are never added up
    COUNT = "count"
    SHARE = "share"  # one part of another


class Window(Enum):
    """Which days a metric is about on a board."""

    MONTH = "month"  # this month up to today, against the same days of the month before
    WEEKS = "weeks"  # the last 28 days, against the 28 before
    NOW = "now"  # how it stands, against a week ago
    EVER = "ever"  # all days there are


class Better(Enum):
    """Which way is welcome."""

    UP = "up"
    DOWN = "down"
    NEITHER = ""


class Kind(Enum):
    """What a column of the rows holds."""

    TEXT = "text"
    ORDER = "order"  # the number of an order, opening its page
    DAY = "day"
    MONEY = "money"
    QTY = "qty"
    COUNT = "count"
    FLAG = "flag"


@dataclass(frozen=True)
class Column:
    """A column of the rows behind a metric: its SQL name, its head, what it holds."""

    name: str
    head: Words
    kind: Kind = Kind.TEXT


Past = Callable[[Sequence[str]], str]
"""SQL for how it stood at the ends of some days (given as names of parameters): ``currency`` and one column ``at_0`` … a day."""


@dataclass(frozen=True)
class Metric:
    """One number.

    ``table``: the rows, as a table of the hub in braces or a SELECT in parentheses; ``where``: which of them; ``each``: what one of
    them adds; ``of``: what one adds to the whole that a share is part of. ``day``: the column of the day to which a row belongs.
    ``past``: how a metric of now stood on earlier days; ``heard``: of days before the first sync that is not known. ``aged_by``: the
    column of the day from which a row's age runs. ``named``: the words for what one row is.

    ``listed``: where the orders list shows the same rows, the filter that does; else the rows have a page of their own, with
    ``columns``. ``needs``: the families of facts that it stands on (order, goods, invoice, money, production); the oldest of their
    sources decides how fresh it is. ``by``: the dimensions that it can be taken apart by (``boards.dimensions``).
    """

    title: Words
    meaning: Words
    unit: Unit
    named: Words
    table: str
    each: str
    columns: tuple[Column, ...]
    needs: tuple[str, ...]
    basis: Words = ""
    of: str = ""
    where: str = "TRUE"
    day: str = ""
    window: Window = Window.NOW
    past: Past | None = None
    heard: bool = False
    better: Better = Better.NEITHER
    listed: tuple[tuple[str, str], ...] | None = None
    by: tuple[str, ...] = ()
    order_by: str = ""
    aged_by: str = ""

    @property
    def by_currency(self) -> bool:
        """Whether its number is one for each currency."""
        return self.unit is Unit.MONEY


@cache
def metrics() -> dict[str, Metric]:
    """Every metric by its name, which is that of its file. The folder's listing is the registry."""
    folder = Path(__file__).parent / "metrics"
    names = sorted(path.stem for path in folder.glob("*.py") if path.stem != "__init__")
    return {name: import_module(f"ordertrail.boards.metrics.{name}").METRIC for name in names}


ORDER_COLUMNS = (
    Column("order_number", _("Order"), Kind.ORDER),
    Column("customer_name", _("Customer")),
    Column("order_date", _("Order date"), Kind.DAY),
    Column("promised_date", _("Promised"), Kind.DAY),
    Column("salesperson", _("Salesperson")),
    Column("currency", _("Currency")),
)
"""What any list of orders begins with."""

LINE_COLUMNS = (
    Column("shipment_number", _("Shipment")),
    Column("order_number", _("Order"), Kind.ORDER),
    Column("customer_name", _("Customer")),
    Column("sku", _("Product (SKU)")),
    Column("qty", _("Quantity"), Kind.QTY),
    Column("scheduled_date", _("Promised"), Kind.DAY),
    Column("shipped_date", _("Shipped"), Kind.DAY),
    Column("delivered_date", _("Delivered"), Kind.DAY),
)
"""What any list of shipment lines begins with."""


def stood_between(began: str, ended: str, table: str, where: str = "TRUE") -> Past:
    """How many rows stood at the ends of some days: those that had begun (``began``, a day) and had not ``ended`` (a day, not before
    it, or none). They are counted by day first, so that each further day costs nothing."""

    def sql(days: Sequence[str]) -> str:
        sums = ", ".join(
            f"CAST(SUM(CASE WHEN day <= ${day} THEN many ELSE 0 END) AS BIGINT) AS at_{place}"
            for place, day in enumerate(days)
        )
        rows = f"FROM {table} WHERE {where.format(first=f'${days[-1]}')} AND {began} IS NOT NULL AND {{scope}}"
        return (
            f"SELECT '' AS currency, {sums} FROM (SELECT {began} AS day, COUNT(*) AS many {rows} GROUP BY 1"
            f" UNION ALL SELECT {ended}, -COUNT(*) {rows} AND {ended} IS NOT NULL GROUP BY 1) AS days GROUP BY 1"
        )

    return sql
