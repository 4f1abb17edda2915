"""What a board, a metric or its rows are asked for: one filter, read from the address and written into every address that leads on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from ordertrail.boards import periods
from ordertrail.boards.delivery import LINES, PARTS
from ordertrail.boards.metric import Metric, Window
from ordertrail.boards.periods import Period
from ordertrail.boards.stages import STAGED, STAGES
from ordertrail.hub.publish import Snapshot
from ordertrail.lib import clock
from ordertrail.lib.refused import Refused
from ordertrail.parties.models import Customer
from ordertrail.records.models import Source
from ordertrail.web.filter_values import Range
from ordertrail.web.filters import Field, Filter, FilterSet, Kind

BY_ID = "~"
"""What stands before a customer's id, as in the addresses of lists."""
DETAILS = ("sku", "country", "vendor", "mode", "stage")
"""Fields that only the rows of some metrics have."""

_CONDITIONS = {
    "customer": "customer_id = $customer",
    "salesperson": "salesperson = $salesperson",
    "source": "list_contains($source, source)",
    "currency": "currency = $currency",
    "sku": "sku = $sku",
    "country": "country = $country",
    "vendor": "vendor = $vendor",
    "mode": "mode = $mode",
    "stage": "list_contains($stage, stage)",
}
"""What each field means on a table that holds it."""
_ON_ORDERS = ("customer", "salesperson", "source", "country")
"""What parts of orders can be asked of their order."""
_HELD = {
    "{fact_order_line}": {"salesperson", "currency", "sku", "vendor"},
    "{fact_shipment_line}": {"salesperson", "source", "currency", "sku", "country", "vendor", "mode"},
    LINES: {"salesperson", "source", "currency", "sku", "country", "vendor", "mode"},
    PARTS: {"customer", "salesperson", "source", "currency", "country", "vendor", "mode"},
    STAGED: {*_ON_ORDERS, "currency", "stage"},
}
"""The fields that the rows of a table hold themselves; all others are orders."""


def board_filter() -> FilterSet:
    """The fields of every board, metric and list of rows; the choices of sources are those of now (one query)."""
    return FilterSet(
        fields=(
            Field("customer", _("Customer"), tell=customer_words),
            Field("salesperson", _("Salesperson")),
            Field("source", _("Source"), Kind.CHOICE, tuple(Source.objects.values_list("code", "name"))),
            Field("currency", _("Currency")),
            Field("sku", _("Product (SKU)")),
            Field("country", _("Country")),
            Field("vendor", _("Vendor")),
            Field("mode", _("Mode of transport")),
            Field("stage", _("Stands at"), Kind.CHOICE, tuple(STAGES.items())),
            Field("days", _("Days"), Kind.DATES, params=("from", "to")),
        )
    )


def customer_words(text: str) -> str:
    """A customer's name for its id, for the chip."""
    known = _customer_id(text)
    return (Customer.objects.filter(pk=known).values_list("name", flat=True).first() or text) if known else text


def _customer_id(text: str) -> int:
    """The id in ``~12``; -1 (nobody's) for anything else, so that a name that is not understood selects nothing."""
    figure = text.removeprefix(BY_ID)
    return int(figure) if figure.isascii() and figure.isdecimal() and len(figure) < 19 else -1


@dataclass(frozen=True)
class Asked:
    """A filter, who asks, of which snapshot, and which day it is."""

    chosen: Filter
    person: object
    snapshot: Snapshot
    today: date

    @classmethod
    def of(cls, query: Mapping[str, Any], person: object, snapshot: Snapshot) -> Asked:
        """What ``query`` (an address) asks."""
        return cls(board_filter().parse(query), person, snapshot, clock.today())

    @property
    def read_at(self) -> datetime:
        """When the store was read for the figures."""
        return datetime.fromtimestamp(self.snapshot.read_at, UTC)

    @property
    def days(self) -> Period | None:
        """The days that the address names, if any."""
        days = self.chosen.values.get("days")
        return Period(days.low, days.high) if isinstance(days, Range) else None

    def period(self, metric: Metric) -> Period:
        """The days that a metric is about here: those of the address, else its own."""
        return (self.days if metric.day else None) or periods.current(metric.window, self.today)

    def span(self, metric: Metric) -> Period | None:
        """The days that are told beside a metric's number: those of the address, or where its own are not what its title says."""
        other = metric.window is Window.MONTH and periods.begins(self.today)
        return self.days or (self.period(metric) if other else None)

    def days_apply(self, metric: Metric) -> None:
        """Refused("not_told") where days are asked for and the metric is as of now: its number would be shown under a filter that it
        does not follow."""
        if self.days is not None and not metric.day:
            raise Refused("not_told", gettext("This figure is as of now, not of some days; take the days away."))

    def params(self) -> dict[str, Any]:
        """What the conditions bind."""
        values = dict(self.chosen.values)
        found: dict[str, Any] = {
            name: values[name] for name in ("salesperson", "sku", "country", "vendor", "mode") if name in values
        }
        if "customer" in values:
            found["customer"] = _customer_id(str(values["customer"]))
        if "currency" in values:
            found["currency"] = str(values["currency"]).upper()
        found |= {name: list(values[name]) for name in ("source", "stage") if name in values}  # type: ignore[arg-type]
        return {**found, "today": self.today}

    def scope(self, table: str = "{fact_order}") -> str:
        """The condition of this filter on the rows of ``table``; "TRUE" without one. Refused where they know nothing of a field."""
        held = _HELD.get(table, {*_ON_ORDERS, "currency"})
        asked = [name for name in _CONDITIONS if name in self.chosen.values]
        parts = [_condition(name, table) for name in asked if name in held]
        orders = [name for name in asked if name not in held and name in _ON_ORDERS]
        if untold := [name for name in asked if name not in held and name not in _ON_ORDERS]:
            field = next(field for field in self.chosen.of.fields if field.name == untold[0])
            raise Refused(
                "not_told",
                gettext("This figure is not told by %(field)s; take that filter away.") % {"field": field.words},
            )
        if orders:
            known = " AND ".join(_CONDITIONS[name] for name in orders)
            parts.append(f"order_id IN (SELECT order_id FROM {{fact_order}} WHERE {known})")
        return " AND ".join(parts) or "TRUE"

    # --- addresses that lead on -------------------------------------------------------------------------------------

    def query(self, *without: str, **change: str) -> str:
        """The query string of this filter, some names left out or changed, with its question mark; "" without any."""
        text = self.chosen.to_query(without, **change)
        return f"?{text}" if text else ""

    def rows(
        self, name: str, metric: Metric, more: tuple[tuple[str, str], ...] = (), days: Period | None = None
    ) -> str:
        """The address of the rows that a metric's number here is made of: the orders list where that shows the same, else a page of
        the metric's own. ``more``: further conditions, such as a currency or a step."""
        period = (days or self.period(metric)).pairs if metric.day else []
        taken = {pair[0] for pair in (*more, *period)} | {"from", "to"}
        mine = [pair for pair in self.chosen.pairs() if pair[0] not in taken]
        listed = metric.listed is not None and not {pair[0] for pair in (*mine, *more)} & set(DETAILS)
        pairs = [*(metric.listed or () if listed else ()), *period, *mine, *more]
        address = reverse("track:orders") if listed else reverse("boards:rows", args=[name])
        return f"{address}?{urlencode(pairs)}" if pairs else address


def _condition(name: str, table: str) -> str:
    """What a field means on a table; the source is that of the order."""
    of_shipments = table in ("{fact_shipment_line}", LINES, PARTS)
    return "list_contains($source, order_source)" if name == "source" and of_shipments else _CONDITIONS[name]


def is_lines(table: str) -> bool:
    """Whether the rows of ``table`` are parts of orders, which do not carry what the order itself says."""
    return table.startswith("{fact_") and table != "{fact_order}"
