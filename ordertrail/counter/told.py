"""What the form of an order is told while it is typed: of a line its stock, earliest day, price and margin; of all of it what it comes
to. Counted by what the verb itself counts with, so that the page and the order never differ."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.conf import settings

from ordertrail.api.figures import Margin, planned
from ordertrail.catalog.models import Product
from ordertrail.counter.order_form import LINE, Meaning, Row
from ordertrail.desk.availability import Outlook, foresee
from ordertrail.desk.take_order import currency_of, lines_of, tax_rate_of
from ordertrail.lib import clock
from ordertrail.lib.money import MONEY_SCALE, QTY_SCALE, from_units, minor_digits, to_units
from ordertrail.lib.refused import Refused
from ordertrail.orders.rules import LineAmounts
from ordertrail.orders.typing import TypedLine, amounts
from ordertrail.parties.models import Customer
from ordertrail.records.models import DESK, Source
from ordertrail.stock.queries import has_moved
from ordertrail.track.line_rows import unit_words


@dataclass(frozen=True, slots=True)
class LineTold:
    """What is told of one line. ``outlook`` is None for a service and where nobody tells of stock, ``margin`` for who sees no cost."""

    row: Row
    product: Product | None
    outlook: Outlook | None
    day: date
    qty: int
    net: Decimal | None
    margin: Margin | None
    problem: str

    @property
    def sellable(self) -> Decimal | None:
        """What of the product can be sold now."""
        return from_units(self.outlook.sellable, QTY_SCALE) if self.outlook else None

    @property
    def unit(self) -> str:
        """In what the product is counted, as people say it."""
        return unit_words(self.product.unit) if self.product else ""

    @property
    def tax_rate(self) -> Decimal | None:
        """The rate that holds where none is typed, in percent."""
        return tax_rate_of(self.product).scaleb(2) if self.product else None

    @property
    def costless(self) -> bool:
        """Whether nobody knows yet what the goods cost."""
        return (
            self.margin is not None and not self.margin.cost and self.product is not None and not self.product.service
        )

    @property
    def short(self) -> bool:
        """Whether its day cannot be kept by what is known."""
        return self.outlook is not None and self.outlook.available < self.qty


@dataclass(frozen=True, slots=True)
class Totals:
    """What the lines that can be read come to, of ``of`` lines that were begun; ``margin`` is None where a cost is not known, or is not
    to be seen."""

    currency: str
    lines: int
    of: int
    net: Decimal
    tax: Decimal
    gross: Decimal
    margin: Margin | None
    costless: int
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the form is told."""

    lines: tuple[LineTold, ...]
    totals: Totals
    customer: Customer | None


def answer(meaning: Meaning, rows: Sequence[Row], changed: Collection[str], *, sees_cost: bool) -> Answer:
    """What there is to tell of the rows in ``changed`` (by key), and of the whole form."""
    currency = currency_of(meaning.wanted, meaning.customer or Customer())
    digits = minor_digits(currency)
    counted = counted_lines(meaning, digits, costed=sees_cost)
    comparable = currency == settings.COMPANY.currency
    margins = {}
    if sees_cost and comparable:
        margins = {key: planned([_planned(line, told)], digits) for key, (line, told) in counted.lines.items()}
    every = counted.lines.values()
    whole = (
        planned([_planned(line, told) for line, told in every], digits) if sees_cost and comparable and every else None
    )
    begun = [row for row in rows if not row.empty]
    net, tax, gross = (from_units(sum(told[at] for _line, told in every), MONEY_SCALE) for at in range(3))
    costless = sum(1 for key, one in margins.items() if one and not one.cost and not meaning.of_row[key].service)
    totals = Totals(currency, len(every), len(begun), net, tax, gross, whole, costless, counted.problem)
    looks = _outlooks(meaning, [row for row in begun if row.key in changed])
    lines = []
    for row in begun:
        line = counted.lines.get(row.key)
        day = _day(meaning, row)
        if row.key in changed:
            lines.append(
                LineTold(
                    row, meaning.of_row.get(row.key), looks.get(row.key), day, line[0].qty if line else QTY_SCALE,
                    from_units(line[1].net, MONEY_SCALE) if line else None, margins.get(row.key), _problem(meaning, row),
                )
            )  # fmt: skip
    return Answer(tuple(lines), totals, meaning.customer)


@dataclass(frozen=True, slots=True)
class Counted:
    """The lines that can be read, by the key of their row, with their amounts; ``problem``: why they cannot be counted."""

    lines: dict[str, tuple[TypedLine, LineAmounts]]
    problem: str = ""


def counted_lines(meaning: Meaning, digits: int, *, costed: bool) -> Counted:
    """Every line that can be read, as the verb would write it; what goods cost is asked only where it is shown."""
    wanted = meaning.wanted
    try:
        lines = lines_of(wanted.lines, meaning.products, costed=costed)
        told = amounts(lines, to_units(wanted.discount, QTY_SCALE), digits, include_tax=wanted.prices_include_tax)
    except Refused as no:
        return Counted({}, no.detail)
    keys = [row.key for row, _line in meaning.lines]
    return Counted(dict(zip(keys, zip(lines, told, strict=True), strict=True)))


def _planned(line: TypedLine, told: LineAmounts) -> tuple[Decimal, Decimal, Decimal | None]:
    cost = None if line.unit_cost is None else from_units(line.unit_cost, QTY_SCALE)
    return from_units(told.net, MONEY_SCALE), from_units(line.qty, QTY_SCALE), cost


def _day(meaning: Meaning, row: Row) -> date:
    """The day on which a row's goods are wanted."""
    return max(meaning.days.get(row.key) or meaning.wanted.promised_date or clock.today(), clock.today())


def _outlooks(meaning: Meaning, rows: Sequence[Row]) -> dict[str, Outlook]:
    """The outlook of these rows' goods; of one product the first row is served first."""
    goods = [
        (row, product) for row in rows if (product := meaning.of_row.get(row.key)) is not None and not product.service
    ]
    kept = _kept({product.pk: product for _row, product in goods})
    units = {row.key: to_units(line.qty, QTY_SCALE) for row, line in meaning.lines}
    told = [(row, product) for row, product in goods if product.pk in kept]
    asked = [(product.pk, units.get(row.key, QTY_SCALE), _day(meaning, row)) for row, product in told]
    return {row.key: look for (row, _product), look in zip(told, foresee(asked), strict=True)}


def _kept(products: dict[int, Product]) -> set[int]:
    """Those of which somebody tells the stock: typed here, or received here."""
    own = set(Source.objects.filter(kind=DESK).values_list("pk", flat=True))
    return {pk for pk, product in products.items() if product.home_id in own or has_moved(pk)}


def _problem(meaning: Meaning, row: Row) -> str:
    """The first field of a row that cannot be read; what is only missing yet is no problem while it is typed."""
    for name in LINE:
        path = f"{row.key}.{name}"
        if path in meaning.reading.errors and getattr(row, name).strip():
            return meaning.reading.errors[path]
    return ""
