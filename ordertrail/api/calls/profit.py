"""Revenue and profit: by product, order, category, customer or day, and a product day by day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext as _

from ordertrail.api import beside, products, written
from ordertrail.api.calls.declare import get
from ordertrail.api.calls.products import day_of
from ordertrail.api.door import caller
from ordertrail.api.naming import meant
from ordertrail.api.params import Param
from ordertrail.api.problems import wrong_field
from ordertrail.api.shapes import profit as shapes
from ordertrail.desk.daily import daily
from ordertrail.desk.statistics import KEYS, Asked, Sum, profit
from ordertrail.lib import clock
from ordertrail.lib.money import MONEY_SCALE, QTY_SCALE, from_units

MOST_DAYS = 1_100
DAY = {"type": "string", "format": "date"}


def daily_params() -> Sequence[Param]:
    """The days, and what money is counted by."""
    return (
        Param("from", "The first day; 30 days up to the last without it.", DAY),
        Param("to", "The last day; today without it.", DAY),
        _basis("shipped", "ordered", "invoiced", "paid"),
    )


def profit_params() -> Sequence[Param]:
    """What rows stand for, and what is counted."""
    return (
        Param("by", "What each row stands for.", {"type": "string", "enum": list(KEYS)}, required=True),
        Param("from", "From this day on.", DAY),
        Param("to", "Up to this day; today without it.", DAY),
        _basis("shipped", "invoiced"),
        Param("sku", "Only this product."),
        Param("customer", "Only this customer."),
    )


def _basis(*values: str) -> Param:
    words = "By which event and day revenue and cost are counted."
    return Param("basis", words, {"type": "string", "enum": list(values), "default": values[0]})


@get("/products/{n}/daily", right="see_orders", answer=shapes.Daily, params=daily_params)
def get_product_daily(request: HttpRequest, n: str) -> shapes.Daily:
    """A product day by day."""
    by = caller(request)
    product = meant("product", n, by.person)
    end = day_of(request, "to") or clock.today()
    begin = day_of(request, "from") or end - timedelta(days=29)
    _check_days(begin, end)
    basis = _one_of(request, "basis", ("shipped", "ordered", "invoiced", "paid"), "shipped")
    rows = daily(product, begin, end, basis, by.person)
    return shapes.Daily(
        basis=basis,
        currency=settings.COMPANY.currency,
        rows=[
            shapes.DailyRow(
                date=row.day,
                ordered_qty=_qty(row.ordered),
                shipped_qty=_qty(row.shipped),
                returned_qty=_qty(row.returned),
                pending_qty=_qty(row.pending),
                sellable_qty=_qty(row.sellable),
                sold_qty=_qty(row.sold),
                **_earned(row.money, sees_cost=by.sees_cost()),
            )
            for row in rows
        ],
    )


@get("/stats/profit", right="see_boards", answer=shapes.Profit, params=profit_params)
def get_profit(request: HttpRequest) -> shapes.Profit:
    """Quantity, revenue, cost and profit by one key, by the day of what happened."""
    by = caller(request)
    if "by" not in request.GET:
        raise wrong_field("by", "missing_field", _("Say by what: by is one of %(keys)s.") % {"keys": ", ".join(KEYS)})
    key = _one_of(request, "by", tuple(KEYS), "")
    basis = _one_of(request, "basis", ("shipped", "invoiced"), "shipped")
    begin, end = day_of(request, "from") or date(1970, 1, 1), day_of(request, "to") or date(2199, 12, 31)
    if begin > end:
        raise wrong_field("from", "wrong_value", _("The first day is after the last one. Turn them round."))
    sku, customer = request.GET.get("sku"), request.GET.get("customer")
    product = products.named([sku], "sku")[0].pk if sku else None
    rows, total = profit(key, basis, Asked(begin, end, product, _customers(customer), by.person))
    sees_cost = by.sees_cost()
    return shapes.Profit(
        basis=basis,
        currency=settings.COMPANY.currency,
        rows=[_row(row, sees_cost=sees_cost) for row in rows],
        total=_row(total, sees_cost=sees_cost),
    )


def _customers(text: str | None) -> tuple[int, ...] | None:
    """The customer that is meant. Problem 422 where none is."""
    if not text:
        return None
    found = tuple(beside.ask().found("customer", text))
    if not found:
        raise wrong_field("customer", "unknown_customer", _("There is no customer %(code)s.") % {"code": text[:60]})
    return found


def _row(row: Sum, *, sees_cost: bool) -> shapes.ProfitRow:
    return shapes.ProfitRow(key=row.key, qty=_qty(row.qty), **_earned(row, sees_cost=sees_cost))


def _earned(row: Sum, *, sees_cost: bool) -> dict[str, Any]:
    found: dict[str, Any] = {"revenue": _money(row.revenue)}
    if sees_cost:
        gain = None if row.revenue is None or row.cost is None else row.revenue - row.cost
        found |= {"cost": _money(row.cost), "profit": _money(gain), "margin": None}
        if gain is not None and row.revenue:
            found["margin"] = written.ratio(from_units(gain, MONEY_SCALE), from_units(row.revenue, MONEY_SCALE))
    return found


def _money(units: int | None) -> str | None:
    return None if units is None else written.money(from_units(units, MONEY_SCALE), settings.COMPANY.currency)


def _qty(units: int) -> str:
    return written.qty(from_units(units, QTY_SCALE))


def _one_of(request: HttpRequest, name: str, values: tuple[str, ...], usual: str) -> str:
    text = request.GET.get(name, usual)
    if text not in values:
        sentence = _("%(name)s is %(text)s; it can be %(values)s.")
        raise wrong_field(
            name, "wrong_value", sentence % {"name": name, "text": text[:40], "values": ", ".join(values)}
        )
    return text


def _check_days(begin: date, end: date) -> None:
    if begin > end:
        raise wrong_field("from", "wrong_value", _("The first day is after the last one. Turn them round."))
    if (end - begin).days >= MOST_DAYS:
        sentence = _("%(count)s days are asked for; at most %(most)s are told in one call.")
        raise wrong_field("from", "too_many", sentence % {"count": (end - begin).days + 1, "most": MOST_DAYS})
