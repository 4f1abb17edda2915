"""One order as the API tells it: read by a fixed number of queries, counted from link rows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.conf import settings

from ordertrail.api import written
from ordertrail.api.figures import ZERO, Billed, LineFacts, Margin, Piece, Whole, paid_by_line, planned, revenue
from ordertrail.api.invoices import state_of
from ordertrail.api.shapes import orders as shapes
from ordertrail.api.shapes.frame import KindRef, Ref
from ordertrail.billing.models import Invoice, InvoiceLine, InvoiceShare, Payment, PaymentShare
from ordertrail.desk.agree import Beliefs
from ordertrail.findings.claims import LineAmount
from ordertrail.lib.money import MONEY_SCALE, QTY_SCALE, to_units
from ordertrail.lib.prepared import Prepared
from ordertrail.lib.workdays import workdays
from ordertrail.orders.models import Order, OrderLine, OrderStatus
from ordertrail.orders.rules import cancelled_in_all
from ordertrail.records.models import SourceDocument
from ordertrail.shipping.models import Shipment, ShipmentLine


@dataclass(frozen=True, slots=True)
class Hanging:
    """An order with its link rows."""

    order: Order
    status: OrderStatus
    lines: tuple[OrderLine, ...]
    goods: tuple[ShipmentLine, ...]
    billed: tuple[InvoiceLine, ...]
    shares: tuple[InvoiceShare, ...]
    money: tuple[PaymentShare, ...]
    revision: int
    goods_told: bool


def read(pk: int) -> Hanging:
    """The order ``pk`` with its link rows, by nine queries. Order.DoesNotExist where there is none."""
    order = next(iter(_ORDER(pk)), None)
    if order is None:
        raise Order.DoesNotExist
    goods = tuple(_GOODS(pk))
    home = next(iter(_HOME(pk)), None)
    return Hanging(
        order=order,
        status=order.status,
        lines=tuple(_LINES(pk)),
        goods=goods,
        billed=tuple(_BILLED(pk)),
        shares=tuple(_SHARES(pk)),
        money=tuple(_MONEY(pk)),
        revision=max((home.last_seq if home else 1) - 1, 0),
        goods_told=Beliefs.now().told("goods") or any(row.counts for row in goods),
    )


_ORDER = Prepared(lambda pk: Order.objects.select_related("status", "customer", "home", "terms").filter(pk=pk))
_HOME = Prepared(lambda pk: SourceDocument.objects.filter(pk=pk))
_LINES = Prepared(lambda pk: OrderLine.objects.filter(order=pk).select_related("product").order_by("line"))
_GOODS = Prepared(
    lambda pk: ShipmentLine.objects.filter(order=pk).select_related("shipment").order_by("shipment_id", "line")
)
_BILLED = Prepared(
    lambda pk: InvoiceLine.objects.filter(order=pk).select_related("invoice").order_by("invoice_id", "line")
)
_SHARES = Prepared(lambda pk: InvoiceShare.objects.filter(order=pk).select_related("invoice").order_by("invoice_id"))
_MONEY = Prepared(
    lambda pk: (
        PaymentShare.objects.filter(order=pk)
        .exclude(allocation__ended_at__isnull=False)
        .select_related("payment")
        .order_by("payment_id")
    )
)


def order_of(told: Hanging, *, sees_cost: bool) -> shapes.Order:
    """The order as it is answered; without the right to see cost no field of it is there at all."""
    return made_by(Maker(told), sees_cost=sees_cost)


def made_by(maker: Maker, *, sees_cost: bool) -> shapes.Order:
    """The answer that a maker makes of its order."""
    told = maker.told
    cost: dict[str, Any] = {}
    if sees_cost:
        cost = {"planned": maker.planned(), "realised": maker.realised()}
    return shapes.Order(
        **head(told.status, told.order),
        version=0,
        revision=maker.revision(),
        remark=told.order.remark,
        ship_to=maker.ship_to(),
        amounts=maker.amounts(),
        duration=maker.duration(),
        exceptions=maker.exceptions(),
        lines=[maker.line(line, sees_cost=sees_cost) for line in told.lines],
        shipments=list(maker.shipments()),
        invoices=list(maker.invoices()),
        payments=list(maker.payments()),
        **cost,
    )


def head(status: OrderStatus, order: Order) -> dict[str, Any]:
    """What a list and the page tell alike."""
    customer = order.customer
    return {
        "id": str(order.pk),
        "number": status.number or None,
        "customer": customer.code if customer else None,
        "customer_id": str(customer.pk) if customer else None,
        "customer_name": status.customer_name,
        "salesperson": status.salesperson,
        "date": status.order_date,
        "promised_date": status.promised_date,
        "currency": status.currency,
        "home": order.home.code,
        "status": shapes.Status(
            order=status.status,
            delivery=status.delivery,
            invoicing=status.invoicing,
            payment=status.payment,
            production=status.production,
        ),
    }


def row_amounts(status: OrderStatus) -> dict[str, str]:
    """The amounts that ``OrderStatus`` holds."""
    return {name: written.money(getattr(status, name), status.currency) for name in shapes.RowAmounts.model_fields}


class Maker:
    """Makes the parts of one order as other systems tell it: what nobody tells is null or nothing."""

    def __init__(self, told: Hanging) -> None:
        self.told = told
        self.digits, self.currency = told.order.digits, told.order.currency
        self.number = {line.pk: line.line for line in told.lines}
        self.paid = paid_by_line(self._billed(), self.digits)
        self.facts = {line.line: self._facts(line) for line in told.lines}

    def money(self, value: Decimal) -> str:
        """An amount in the order's currency."""
        return written.money(value, self.currency)

    def revision(self) -> int:
        """How often its home has changed what was ordered."""
        return self.told.revision

    def ship_to(self) -> str:
        """Where its goods go."""
        return self.told.order.ship_to

    def realised(self) -> shapes.Realised:
        """What came of it: what its goods cost no other system tells yet."""
        return shapes.Realised(revenue=self.revenue(), cost=None, profit=None, margin=None)

    def exceptions(self) -> list[shapes.OrderException]:
        """Cancelled documents that wait for a choice, or had one."""
        return []

    def sellable(self, line: OrderLine) -> str | None:
        """What can be sold of a line's product now."""
        return None

    def reserved(self, line: OrderLine) -> str | None:
        """What is held for a line; null while nobody tells of stock."""
        return None

    def _facts(self, line: OrderLine) -> LineFacts:
        went = [row.qty for row in self.told.goods if row.order_line_id == line.pk and row.counts]
        billed = [row for row in self.told.billed if row.order_line_id == line.pk]
        service, shipped = bool(line.product and line.product.service), sum((qty for qty in went if qty > 0), ZERO)
        delivery = self.told.status.delivery
        return LineFacts(
            line.qty,
            cancelled_in_all(line.qty, line.cancelled_qty, shipped, service=service, delivery=delivery),
            service,
            shipped,
            -sum((qty for qty in went if qty < 0), ZERO),
            sum((row.qty or ZERO for row in billed if row.counts), ZERO),
            sum((row.qty or ZERO for row in billed if self._is_draft(row.invoice)), ZERO),
            self.told.goods_told,
        )

    def _is_draft(self, invoice: Invoice) -> bool:
        return invoice.state == "draft" and invoice.home_id == self.told.status.invoice_source

    def _billed(self) -> Iterator[Billed]:
        """The counted invoices with what is paid on them."""
        paid: dict[int | None, Decimal] = defaultdict(Decimal)
        for money in self.told.money:
            if money.counts:
                paid[money.invoice_id] += money.amount
        for share in self.told.shares:
            if share.counts:
                rows = [row for row in self.told.billed if row.invoice_id == share.invoice_id and row.counts]
                lines = [(self.number.get(row.order_line_id or 0, 0), row.gross) for row in rows]
                yield Billed(share.gross, paid[share.invoice_id], lines)

    def amounts(self) -> shapes.Amounts:
        """Every amount of the order (domain.md §1.10)."""
        order, status, facts = self.told.order, self.told.status, self.facts
        amounts = {
            line.line: LineAmount(
                to_units(line.gross if order.prices_include_tax else line.net, MONEY_SCALE),
                to_units(line.qty, QTY_SCALE),
                to_units(line.tax_rate, QTY_SCALE),
            )
            for line in self.told.lines
        }
        whole = Whole.of(self.digits, amounts, include_tax=order.prices_include_tax)
        closed = status.ordered - whole.gross({line: told.wanted for line, told in facts.items()})
        returned = whole.gross({line: told.shipped for line, told in facts.items()}) - status.shipped
        return shapes.Amounts(
            **row_amounts(status),
            closed=self.money(closed),
            returned=self.money(returned),
            written_off=self.money(ZERO),
            tax_difference=self.money(self._tax_difference(whole)),
        )

    def _tax_difference(self, whole: Whole) -> Decimal:
        """By how much the tax of the split invoices differs from that of one, where prices include tax; else none does."""
        rows = [row for row in self.told.billed if row.counts]
        if not self.told.order.prices_include_tax or any(row.qty is None for row in rows):
            return ZERO
        billed = {line: told.invoiced for line, told in self.facts.items()}
        return sum((row.tax for row in rows), ZERO) - whole.tax(billed)

    def unit_cost(self, line: OrderLine) -> Decimal | None:
        """What one of a line costs, by its product as it is now; None where that is not told in the line's unit and currency."""
        product = line.product
        if product is None or self.currency != settings.COMPANY.currency or line.unit not in ("", product.unit):
            return None
        return product.cost

    def planned(self) -> shapes.Planned:
        """What the order was to bring, at the cost at hand."""
        found = planned(((line.net, line.qty, self.unit_cost(line)) for line in self.told.lines), self.digits)
        if found is None or not self.told.lines:
            return shapes.Planned(cost=None, profit=None, margin=None)
        return shapes.Planned(**self.profit(found))

    def profit(self, of: Margin) -> dict[str, str | None]:
        """What it costs, and what is left of what it brings."""
        rate = None if of.rate is None else str(of.rate)
        return {"cost": self.money(of.cost), "profit": self.money(of.profit), "margin": rate}

    def revenue(self) -> str | None:
        """What was shipped comes to, net, less what came back; None where no system tells of goods, or of which line some are."""
        lines = {line.pk: line for line in self.told.lines}
        pieces = []
        for row in self.told.goods:
            if row.counts:
                line = lines.get(row.order_line_id or 0)
                if line is None:
                    return None
                pieces.append(Piece(line.net, row.qty, line.qty))
        return self.money(revenue(pieces, self.digits)) if self.told.goods_told else None

    def duration(self) -> shapes.Duration:
        """Working days from the order to the promised and to the last delivery, once all has left."""
        order, status = self.told.order, self.told.status
        complete = status.delivery in ("done", "over")
        planned = workdays(order.order_date, order.promised_date) if order.order_date and order.promised_date else None
        last = status.last_shipped_date if complete else None
        real = workdays(order.order_date, last) if order.order_date and last else None
        difference = real - planned if real is not None and planned is not None else None
        return shapes.Duration(planned_days=planned, real_days=real, difference=difference)

    def line(self, line: OrderLine, *, sees_cost: bool) -> shapes.OrderLine:
        """One line with what became of it."""
        told = self.facts[line.line]
        each = self.unit_cost(line)
        cost = {"unit_cost": None if each is None else written.four(each)} if sees_cost else {}
        return shapes.OrderLine(
            line=line.line,
            sku=line.sku,
            name=line.name or (line.product.name if line.product else ""),
            qty=written.qty(line.qty),
            unit=line.unit or (line.product.unit if line.product else ""),
            price=None if line.price is None else self.money(line.price),
            tax_rate=written.decimals(line.tax_rate, 2),
            net=self.money(line.net),
            tax=self.money(line.tax),
            gross=self.money(line.gross),
            cancelled_qty=written.qty(told.cancelled),
            shipped_qty=written.qty(told.shipped),
            returned_qty=written.qty(told.returned),
            over_qty=written.qty(told.over),
            invoiced_qty=written.qty(told.invoiced),
            to_ship=written.qty(told.to_ship),
            to_invoice=written.qty(told.to_invoice),
            progress=written.ratio(min(told.shipped, line.qty), line.qty),
            paid=self.money(self.paid.get(line.line, ZERO)),
            promised_date=line.promised_date,
            sellable=self.sellable(line),
            reserved_qty=self.reserved(line),
            **cost,
        )

    def shipments(self) -> Iterator[KindRef]:
        """Every shipment that names the order; a bare figure that is not believed is no paper and left out."""
        seen: dict[int, Shipment] = {}
        for row in self.told.goods:
            if row.counts or not row.shipment.reported:
                seen[row.shipment_id] = row.shipment
        for pk, one in seen.items():
            kind = "return" if one.direction == "in" else "shipment"
            yield KindRef(id=str(pk), number=one.number or None, state=one.state, kind=kind)

    def invoices(self) -> Iterator[KindRef]:
        """Every invoice with a share or a line of the order."""
        rows = [(row.counts, row.invoice) for row in self.told.shares]
        rows += [(row.counts, row.invoice) for row in self.told.billed]
        seen = {one.pk: one for counts, one in rows if counts or not one.reported}
        for pk, one in sorted(seen.items()):
            yield KindRef(id=str(pk), number=one.number or None, state=state_of(one), kind=one.type)

    def payments(self) -> Iterator[Ref]:
        """Every payment with a share of the order."""
        seen: dict[int, Payment] = {}
        for row in self.told.money:
            if row.counts or not row.payment.reported:
                seen[row.payment_id] = row.payment
        for pk, one in seen.items():
            yield Ref(id=str(pk), number=one.number or None, state=one.state)
