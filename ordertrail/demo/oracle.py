"""The figures of the demo company, counted from its truth in plain Python by the rules of domain.md, without product code.

Money is CNY, gross unless its name says net. What a system says wrongly counts nowhere here: goods are the warehouse's,
invoices the ERP's, money the bank's.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from ordertrail.demo.truth import History, Invoice, Order, Payment

ZERO = Decimal("0.00")
CENT = Decimal("0.01")


def cents(amount: Decimal) -> Decimal:
    """``amount`` rounded to the cent, half away from zero."""
    return amount.quantize(CENT, rounding=ROUND_HALF_UP)


def gross(net: Decimal, rate: Decimal) -> Decimal:
    """Net with its tax, which is rounded once."""
    return net + cents(net * rate)


def invoice_total(invoice: Invoice) -> Decimal:
    """What an invoice asks for."""
    return gross(sum((line.net for line in invoice.lines), ZERO), invoice.customer.tax_rate)


def invoice_shares(invoice: Invoice) -> dict[str, Decimal]:
    """Each order's part of an invoice: like a document of its own, the last order by number takes the odd cents."""
    nets: defaultdict[str, Decimal] = defaultdict(lambda: ZERO)
    for line in invoice.lines:
        nets[line.order.number] += line.net
    shares = {number: gross(nets[number], invoice.customer.tax_rate) for number in sorted(nets)}
    last = max(shares)
    shares[last] += invoice_total(invoice) - sum(shares.values())
    return shares


def divided(amount: Decimal, opens: dict[str, Decimal]) -> dict[str, Decimal]:
    """``amount`` divided by what each order still owes, orders by number, the last takes the odd cents."""
    total = sum(opens.values())
    shares = {number: cents(amount * opens[number] / total) for number in sorted(opens)}
    last = max(shares)
    shares[last] += amount - sum(shares.values())
    return shares


def allocated(payment: Payment) -> list[tuple[Invoice, Decimal]]:
    """What of a payment falls to which invoice: as the cashier set it, but never more than the bank received."""
    left, found = payment.amount, []
    for invoice, amount in payment.shares:
        if taken := min(left, amount):
            found.append((invoice, taken))
            left -= taken
    return found


def real_payments(history: History) -> list[Payment]:
    """The money that the bank received, in the order in which it came."""
    return sorted((one for one in history.payments if one.serial), key=lambda one: (one.paid_at.date(), one.serial))


@dataclass(frozen=True, slots=True)
class Share:
    """An order's part of one payment, on one invoice."""

    payment: Payment
    invoice: Invoice
    order: str
    amount: Decimal


def payment_shares(history: History) -> list[Share]:
    """Every order's part of every payment."""
    opens = {invoice.number: invoice_shares(invoice) for invoice in history.invoices}
    found = []
    for payment in real_payments(history):
        for invoice, amount in allocated(payment):
            left = opens[invoice.number]
            for number, part in divided(amount, left).items():
                left[number] -= part
                if part:
                    found.append(Share(payment, invoice, number, part))
    return found


@dataclass(slots=True)
class Line:
    """How far one order line is."""

    ordered: int
    shipped: int = 0
    invoiced: int = 0
    finished: int | None = None  # None: no work order points at it


@dataclass(slots=True)
class Figures:
    """How far one order is: quantities by line number, and amounts."""

    order: Order
    lines: dict[int, Line]
    ordered: Decimal
    invoiced: Decimal = ZERO
    paid: Decimal = ZERO

    @property
    def shipped_all(self) -> bool:
        """Whether nothing is left to ship."""
        return all(line.shipped >= line.ordered for line in self.lines.values())

    @property
    def open_receivable(self) -> Decimal:
        """Invoiced and not paid."""
        return self.invoiced - self.paid


def figures(history: History) -> dict[str, Figures]:
    """The figures of every order, by number."""
    found = {
        order.number: Figures(
            order,
            {line.no: Line(line.qty) for line in order.lines},
            gross(sum((line.qty * line.price for line in order.lines), ZERO), order.customer.tax_rate),
        )
        for order in history.orders
    }
    _count_quantities(history, found)
    for invoice in history.invoices:
        for number, part in invoice_shares(invoice).items():
            found[number].invoiced += part
    for share in payment_shares(history):
        found[share.order].paid += share.amount
    return found


def _count_quantities(history: History, found: dict[str, Figures]) -> None:
    for shipment in history.shipments:
        if shipment.state == "done":
            for sent in shipment.lines:
                found[sent.order.number].lines[sent.line.no].shipped += sent.qty
    for invoice in history.invoices:
        for billed in invoice.lines:
            found[billed.order.number].lines[billed.line.no].invoiced += billed.qty
    for work in history.work_orders:
        if work.order and work.line and work.state != "cancelled":
            line = found[work.order.number].lines[work.line.no]
            line.finished = (line.finished or 0) + work.finished


def money_of(order: Order, quantities: dict[int, int]) -> Decimal:
    """What quantities of an order's lines cost the customer, with tax."""
    prices = {line.no: line.price for line in order.lines}
    return gross(sum((prices[no] * qty for no, qty in quantities.items()), ZERO), order.customer.tax_rate)


def numbers(orders: Iterable[Order]) -> list[str]:
    """The numbers of orders, sorted, each once."""
    return sorted({order.number for order in orders})
