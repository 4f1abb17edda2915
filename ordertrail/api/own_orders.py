"""An order as the API tells it: one of our own with everything that the desk knows beside what every order has."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from django.conf import settings

from ordertrail.api import orders, written
from ordertrail.api.door import Caller
from ordertrail.api.figures import LineFacts, Margin, Piece, revenue
from ordertrail.api.orders import Hanging, Maker
from ordertrail.api.shapes import orders as shapes
from ordertrail.api.shapes.frame import Ref
from ordertrail.api.versions import versioned
from ordertrail.billing.models import Payment
from ordertrail.desk.availability import demands
from ordertrail.desk.standing import standings
from ordertrail.lib.money import MONEY_SCALE, QTY_SCALE, from_units, to_units
from ordertrail.lib.prepared import Prepared
from ordertrail.lib.workdays import workdays
from ordertrail.orders.exceptions import CHOICES
from ordertrail.orders.models import ExceptionLine, OrderException, OrderLine, Terms
from ordertrail.orders.pricing import gross_of, included_tax
from ordertrail.orders.standing import LineStanding
from ordertrail.stock.queries import cost_of, on_hand


def order(pk: int, by: Caller) -> shapes.Order:
    """One order, wherever it lives, by a fixed number of queries. Order.DoesNotExist where there is none."""
    told = orders.read(pk)
    terms: Terms | None = getattr(told.order, "terms", None)
    sees_cost = by.sees_cost()
    if terms is None:
        return versioned(orders.order_of(told, sees_cost=sees_cost))
    return versioned(orders.made_by(OwnMaker(told, terms, beside(told, sees_cost=sees_cost)), sees_cost=sees_cost))


@dataclass(frozen=True, slots=True)
class Beside:
    """What hangs on an order of our own beside its link rows: store units."""

    lines: dict[int, LineStanding]
    sellable: dict[int, int]
    costs: dict[int, int]
    exceptions: tuple[OrderException, ...]
    waiting: tuple[ExceptionLine, ...]
    deposits: tuple[Payment, ...]


def beside(told: Hanging, *, sees_cost: bool) -> Beside:
    """Read it; costs only for who sees them."""
    pk = told.order.pk
    lines = {line.id: line for line in standings([pk])[pk]}
    goods = {line.product for line in lines.values() if line.product is not None and not line.service}
    there, wanted = (on_hand(goods), demands(goods)) if goods else ({}, {})
    done = [row.pk for row in told.goods if row.counts]
    return Beside(
        lines=lines,
        sellable={product: there[product] + sum(flow.qty for flow in wanted[product]) for product in goods},
        costs=cost_of(done, restated=True) if done and sees_cost else {},
        exceptions=tuple(_EXCEPTIONS(pk)),
        waiting=tuple(_WAITING(pk)),
        deposits=tuple(_DEPOSITS(pk)),
    )


_EXCEPTIONS = Prepared(lambda pk: OrderException.objects.filter(order=pk).order_by("pk"))
_WAITING = Prepared(
    lambda pk: ExceptionLine.objects.filter(exception__order=pk).select_related("line").order_by("line")
)
_DEPOSITS = Prepared(lambda pk: Payment.objects.filter(deposit_for=pk).order_by("pk"))


@dataclass(frozen=True, slots=True)
class Figures(LineFacts):
    """What is told of one line of our own: everything follows from its standing."""

    standing: LineStanding

    @property
    def to_ship(self) -> Decimal:
        """What is left to ship, tolerance counted."""
        return from_units(self.standing.to_ship, QTY_SCALE)

    @property
    def to_invoice(self) -> Decimal:
        """What may be billed and is on no invoice, drafts counted; negative: a credit note is due."""
        return from_units(self.standing.to_invoice, QTY_SCALE)


class OwnMaker(Maker):
    """Makes the parts of an order of our own."""

    def __init__(self, told: Hanging, terms: Terms, more: Beside) -> None:
        self.terms, self.more = terms, more
        super().__init__(told)

    def _facts(self, line: OrderLine) -> LineFacts:
        one = self.more.lines[line.pk]
        shipped, returned, invoiced, drafted = (
            from_units(units, QTY_SCALE) for units in (one.shipped, one.returned, one.invoiced, one.on_invoices)
        )
        return Figures(line.qty, line.cancelled_qty, one.service, shipped, returned, invoiced, drafted, True, one)

    def _gross(self, quantities: dict[int, int]) -> int:
        """G(q)."""
        include_tax = self.told.order.prices_include_tax
        return gross_of(
            self.more.lines.values(),
            quantities,
            self.digits,
            include_tax=include_tax,
            by_line=settings.COMPANY.taxes_by_line,
        )

    def amounts(self) -> shapes.Amounts:
        """Every amount of the order (domain.md §1.10)."""
        status, lines = self.told.status, self.more.lines
        wanted = {pk: line.qty - line.cancelled - _tolerated(line) for pk, line in lines.items()}
        shipped = {pk: line.shipped for pk, line in lines.items()}
        kept = {pk: line.shipped - line.returned for pk, line in lines.items()}
        closed = to_units(status.ordered, MONEY_SCALE) - self._gross(wanted)
        return shapes.Amounts(
            **orders.row_amounts(status),
            closed=self._units(closed),
            returned=self._units(self._gross(shipped) - self._gross(kept)),
            written_off=self.money(status.written_off),
            tax_difference=self._units(self._tax_differs()),
        )

    def _tax_differs(self) -> int:
        """By how much the tax of the split invoices differs from that of one, where prices include tax; else none does."""
        rows = [row for row in self.told.billed if row.counts]
        if not self.told.order.prices_include_tax or any(row.qty is None and not row.kind for row in rows):
            return 0
        by_qty = [row for row in rows if row.qty is not None]
        billed = {pk: line.invoiced for pk, line in self.more.lines.items()}
        taxes = sum(to_units(row.tax, MONEY_SCALE) for row in by_qty)
        return taxes - included_tax(
            self.more.lines.values(), billed, self.digits, by_line=settings.COMPANY.taxes_by_line
        )

    def _units(self, units: int) -> str:
        return self.money(from_units(units, MONEY_SCALE))

    def revision(self) -> int:
        """How often it was amended."""
        return self.terms.revision

    def ship_to(self) -> str:
        """The code of the customer's address."""
        return self.terms.ship_to

    def sellable(self, line: OrderLine) -> str | None:
        """What can be sold of a line's product now; null for a service."""
        units = self.more.sellable.get(self.more.lines[line.pk].product or 0)
        return None if units is None else written.qty(from_units(units, QTY_SCALE))

    def reserved(self, line: OrderLine) -> str | None:
        """What is held for a line."""
        return written.qty(from_units(self.more.lines[line.pk].reserved, QTY_SCALE))

    def unit_cost(self, line: OrderLine) -> Decimal | None:
        """What one was to cost when the order was taken."""
        return line.unit_cost

    def planned(self) -> shapes.Planned:
        """Net and cost as they were when it was ordered; null where a cost is not known, or not in the order's currency."""
        if self.currency != settings.COMPANY.currency:
            return shapes.Planned(cost=None, profit=None, margin=None)
        return super().planned()

    def realised(self) -> shapes.Realised:
        """The sum of what its shipments and returns brought and cost; null where the order is not in the company's currency."""
        if self.currency != settings.COMPANY.currency:
            return super().realised()
        lines = {line.pk: line for line in self.told.lines}
        went = [(row, lines[row.order_line_id]) for row in self.told.goods if row.counts and row.order_line_id in lines]
        cost = sum(self.more.costs.get(row.pk, 0) * (1 if row.qty > 0 else -1) for row, _line in went)
        pieces = (Piece(line.net, row.qty, line.qty) for row, line in went)
        found = Margin(revenue(pieces, self.digits), from_units(cost, MONEY_SCALE))
        return shapes.Realised(revenue=self.money(found.revenue), **self.profit(found))

    def exceptions(self) -> list[shapes.OrderException]:
        """Cancelled documents that wait for a choice, or had one."""
        return [
            shapes.OrderException(
                id=str(one.pk),
                kind=one.kind,
                document=str(one.document),
                lines=[
                    shapes.ExceptionLine(line=row.line.line, qty=written.qty(row.qty))
                    for row in self.more.waiting
                    if row.exception_id == one.pk
                ],
                choices=[] if one.choice else list(CHOICES),
                open=not one.choice,
            )
            for one in self.more.exceptions
        ]

    def duration(self) -> shapes.Duration:
        """Working days from the confirmation to the promised and to the last delivery, once all has left."""
        start, status = self.terms.confirmed_date, self.told.status
        if start is None:
            return shapes.Duration(planned_days=None, real_days=None, difference=None)
        promised = self.told.order.promised_date
        last = status.last_shipped_date if status.delivery in ("done", "over") else None
        planned = workdays(start, promised) if promised else None
        real = workdays(start, last) if last else None
        difference = real - planned if real is not None and planned is not None else None
        return shapes.Duration(planned_days=planned, real_days=real, difference=difference)

    def payments(self) -> Iterator[Ref]:
        """Every payment with a share of the order, and every deposit for it."""
        told = {one.id: one for one in super().payments()}
        for one in self.more.deposits:
            told.setdefault(str(one.pk), Ref(id=str(one.pk), number=one.number or None, state=one.state))
        yield from told.values()


def _tolerated(line: LineStanding) -> int:
    """What is left of a line that counts as complete within its under-tolerance."""
    return 0 if line.service or not line.complete else max(line.wanted - line.shipped, 0)
