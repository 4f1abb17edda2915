"""A product day by day: what was ordered, shipped, returned and sold, what was pending and sellable at each day's end, and what it
earned (domain.md §2, E9); as a picture, a table and a file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.conf import settings
from django.http import HttpRequest, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from ordertrail.catalog.models import Product
from ordertrail.desk.daily import Day, daily
from ordertrail.lib import clock
from ordertrail.lib.money import MONEY_SCALE, QTY_SCALE, from_units, minor_digits
from ordertrail.stock.models import Move
from ordertrail.track.export import FORMATS, answered
from ordertrail.track.line_rows import unit_words
from ordertrail.track.scope import meant
from ordertrail.track.sheets import Cell, short
from ordertrail.web.filter_values import to_day
from ordertrail.web.refusals import not_allowed
from ordertrail.web.rights import may, needs

ZERO = Decimal(0)
USUAL = 30
"""So many days up to today, where the address names none."""
MOST = 366
"""A page and a file hold no more days; more are cut off at the beginning, and the page says so."""
FIRST, LAST = date(1990, 1, 1), date(2199, 12, 31)
BASES = {
    "shipped": gettext_lazy("by what was shipped and returned"),
    "ordered": gettext_lazy("by what was ordered, at planned cost"),
    "invoiced": gettext_lazy("by what was invoiced and credited"),
    "paid": gettext_lazy("by what was paid"),
}
"""By which event and day revenue and cost are counted (domain.md §1.6)."""


@dataclass(frozen=True, slots=True)
class DayRow:
    """One day, or all of them (without ``date``, and without levels). Quantities in the product's unit, money in the company's
    currency; None where a rate or a cost is not known, and what follows from it."""

    date: date | None
    ordered: Decimal
    shipped: Decimal
    returned: Decimal
    sold: Decimal
    pending: Decimal | None
    sellable: Decimal | None
    revenue: Decimal | None
    cost: Decimal | None

    @property
    def profit(self) -> Decimal | None:
        """Revenue less cost."""
        return None if self.revenue is None or self.cost is None else self.revenue - self.cost

    @property
    def margin(self) -> Decimal | None:
        """Profit as a part of revenue; None without revenue."""
        return self.profit / self.revenue if self.profit is not None and self.revenue else None

    @property
    def quiet(self) -> bool:
        """Whether nothing happened on this day."""
        return not (self.ordered or self.shipped or self.returned or self.revenue or self.cost)


@dataclass(frozen=True, slots=True)
class DailyPage:
    """Everything that the page shows. ``cut``: more days were asked for than a page holds; ``stock_kept``: movements of the product
    are kept here, without which nobody knows what was sellable."""

    product: Product
    unit: str
    begin: date
    end: date
    basis: str
    cut: bool
    stock_kept: bool
    rows: tuple[DayRow, ...]
    total: DayRow
    currency: str

    @property
    def basis_words(self) -> str:
        """What revenue and cost are counted by."""
        return str(BASES[self.basis])

    @property
    def sold(self) -> list[Decimal]:
        """The line of what was sold."""
        return [row.sold for row in self.rows]

    @property
    def levels(self) -> tuple[list[Decimal], list[Decimal]]:
        """The lines of what was sellable and pending at each day's end."""
        return [row.sellable or ZERO for row in self.rows], [row.pending or ZERO for row in self.rows]

    @property
    def newest_first(self) -> tuple[DayRow, ...]:
        """The rows as a person reads them."""
        return self.rows[::-1]


def daily_page(product: Product, asked: QueryDict, person: object, today: date) -> DailyPage:
    """The days that the address asks for, else the last thirty; turned round where they are the wrong way round."""
    begin, end = (_day(asked.get(name, ""), today) for name in ("from", "to"))
    end = end or (max(today, begin) if begin else today)
    begin = begin or end - timedelta(USUAL - 1)
    begin, end = min(begin, end), max(begin, end)
    first = max(begin, end - timedelta(MOST - 1))
    basis = next((name for name in BASES if name == asked.get("basis")), "shipped")
    found = daily(product.pk, first, end, basis, person)
    kept = Move.objects.filter(product=product).exists()
    return DailyPage(
        product, unit_words(product.unit), first, end, basis, first > begin, kept,
        tuple(_row(day, stock_kept=kept) for day in found), _total(found), settings.COMPANY.currency,
    )  # fmt: skip


def _day(text: str, today: date) -> date | None:
    """The day that is meant; None for what is none, and for years in which nobody here has sold anything."""
    found = to_day(text, today)
    return found if found and FIRST <= found <= LAST else None


def _qty(units: int) -> Decimal:
    return from_units(units, QTY_SCALE)


def _money(units: int | None) -> Decimal | None:
    return None if units is None else from_units(units, MONEY_SCALE)


def _row(day: Day, *, stock_kept: bool) -> DayRow:
    return DayRow(
        day.day, _qty(day.ordered), _qty(day.shipped), _qty(day.returned), _qty(day.sold), _qty(day.pending),
        _qty(day.sellable) if stock_kept else None, _money(day.money.revenue), _money(day.money.cost),
    )  # fmt: skip


def _total(days: Sequence[Day]) -> DayRow:
    """What adds up over the days; levels do not."""
    known = [None if any(one is None for one in of) else sum(one for one in of if one is not None)
             for of in ([day.money.revenue for day in days], [day.money.cost for day in days])]  # fmt: skip
    ordered, shipped, returned = (
        sum(getattr(day, name) for day in days) for name in ("ordered", "shipped", "returned")
    )
    revenue, cost = map(_money, known)
    return DayRow(
        None, _qty(ordered), _qty(shipped), _qty(returned), _qty(shipped - returned), None, None, revenue, cost
    )


@needs("see_orders")
@require_GET
@meant("product")  # type: ignore[arg-type]  # a file is an answer too
def product_daily(request: HttpRequest, pk: int) -> HttpResponseBase:
    """A product's days as a page, or with ``?format=`` as a file; cost, profit and margin for who may see cost."""
    page = daily_page(get_object_or_404(Product, pk=pk), request.GET, request.user, clock.today())
    sees_cost = may(request.user, "see_cost")
    wanted = request.GET.get("format", "")
    if wanted in FORMATS:
        if not may(request.user, "export"):
            return not_allowed(request, "export")
        return file(request, page, wanted, sees_cost=sees_cost)
    context = {"page": page, "sees_cost": sees_cost, "bases": list(BASES.items()), "today": clock.today()}
    return render(request, "track/daily.html", context)


def file(request: HttpRequest, page: DailyPage, wanted: str, *, sees_cost: bool) -> HttpResponseBase:
    """Every day, as a CSV or Excel file."""
    heads = [_("Day"), _("Ordered"), _("Shipped"), _("Returned"), _("Sold"), _("Pending"), _("Sellable"), _("Revenue")]
    heads += [_("Cost"), _("Profit"), _("Margin")] if sees_cost else []
    about: list[tuple[str, Cell]] = [
        (_("Product"), page.product.sku),
        (_("Unit"), page.unit),
        (_("Currency"), page.currency),
        (_("Counted"), page.basis_words),
        (_("Address"), request.build_absolute_uri()),
        (_("Made by"), str(request.user)),
        (_("Made at"), clock.now().astimezone(clock.zone()).isoformat(timespec="seconds")),
    ]
    return answered(f"{page.product.sku} {_('by day')}", wanted, heads, cells(page, sees_cost=sees_cost), about)


def cells(page: DailyPage, *, sees_cost: bool) -> Iterator[list[Cell]]:
    """The rows of the file below its head."""
    digits = minor_digits(page.currency)

    def money(value: Decimal | None) -> Decimal | None:
        return None if value is None else round(value, digits)

    for row in page.rows:
        told = (row.ordered, row.shipped, row.returned, row.sold, row.pending, row.sellable)
        figures = [None if one is None else short(one) for one in told]
        gain = [money(row.cost), money(row.profit), None if row.margin is None else round(row.margin, 4)]
        yield [row.date, *figures, money(row.revenue), *(gain if sees_cost else [])]
