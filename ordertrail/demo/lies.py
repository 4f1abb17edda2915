"""What the systems say wrongly, each kind of disagreement as one small class: how it comes and how it goes.

All else in the company agrees: who counts the disagreements of the demo must find exactly these and scenario E19's.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from ordertrail.demo import billing, conflicts, making, oracle, sending
from ordertrail.demo.company import Company
from ordertrail.demo.truth import Invoice, InvoiceLine, Order, OrderLine, Payment, WorkOrder

TOLD_DAYS = 8
"""So many days before the end the first half is told."""

RECENT_DAYS = 45
"""Lies are told about orders of so many days."""


def _recent(company: Company) -> Iterator[Order]:
    """Confirmed orders of the last weeks that nothing is told about yet, newest first."""
    since = company.now - timedelta(days=RECENT_DAYS)
    for order in reversed(company.history.orders):
        if order.ordered_at < since:
            return
        told = order.number in company.scripted or order.number in company.lied_about
        if order.state == "confirmed" and order.erp_at and not told:
            yield order


def _shipped(company: Company, order: Order, line: OrderLine) -> int:
    return company.progress.shipped.get(sending.key(order, line), 0)


def _open(company: Company, order: Order) -> bool:
    return any(_shipped(company, order, line) < line.qty for line in order.lines)


@dataclass(frozen=True, slots=True)
class Lie:
    """One kind: ``candidates`` are what it can be told about, ``tell`` and ``mend`` change what a system says."""

    code: str
    at_start: int
    candidates: Callable[[Company], Iterable[object]]
    tell: Callable[[Company, object], str]  # the number of the order that is lied about
    mend: Callable[[Company, str], None] | None  # None: it goes by itself, when the goods leave


# The OMS says that all was shipped, and it was not.
def _unshipped(company: Company) -> Iterator[Order]:
    return (order for order in _recent(company) if not order.oms_shipped and _open(company, order))


def _say_shipped(company: Company, order: object) -> str:
    assert isinstance(order, Order)
    order.oms_shipped, order.changed_at = True, company.now
    company.touch("order", order.number, order)
    return order.number


def _take_back_shipped(company: Company, number: str) -> None:
    order = company.order(number)
    order.oms_shipped, order.changed_at = not _open(company, order), company.now
    company.touch("order", number, order)


# The ERP bills more than has left.
def _partly_shipped(company: Company) -> Iterator[Order]:
    for order in _recent(company):
        if any(0 < _shipped(company, order, line) < line.qty for line in order.lines) or (
            order.oms_partly and _open(company, order)
        ):
            yield order


def _bill_too_much(company: Company, order: object) -> str:
    assert isinstance(order, Order)
    line = next(line for line in order.lines if _shipped(company, order, line) < line.qty)
    key = sending.key(order, line)
    qty = line.qty - company.progress.billed.get(key, 0)
    company.progress.billed[key] = line.qty
    billing.post(company, order.customer, [InvoiceLine(order, line, None, qty, qty * line.price)])
    return order.number


# The workshop closes a work order short.
def _finished_work(company: Company) -> Iterator[WorkOrder]:
    recent = {order.number for order in _recent(company) if _open(company, order)}
    for work in reversed(company.history.work_orders):
        order, line = work.order, work.line
        if not order or not line or order.number not in recent:
            continue
        if work.state == "done" and line.qty >= 4 and not _shipped(company, order, line):
            yield work


def _close_short(company: Company, work: object) -> str:
    assert isinstance(work, WorkOrder)
    assert work.order is not None
    work.finished -= max(1, work.planned // 5)
    making.export(company, work)
    return work.order.number


def _make_the_rest(company: Company, number: str) -> None:
    for work in company.history.work_orders:
        if work.order and work.order.number == number and work.state == "done" and work.finished < work.planned:
            work.finished = work.planned
            making.export(company, work)


# The cashier books more than the bank received.
def _single_payments(company: Company) -> Iterator[Payment]:
    since = company.now - timedelta(days=20)
    for payment in reversed(company.history.payments):
        if payment.paid_at < since:
            return
        if company.living and payment.serial not in company.touched.get("payment", {}):
            continue
        if payment.serial and len(payment.shares) == 1 and payment.amount > 1000:
            orders = {line.order.number for line in payment.shares[0][0].lines}
            settled = company.progress.open[payment.shares[0][0].number] == 0
            if settled and len(orders) == 1 and not orders & (company.lied_about.keys() | company.scripted):
                yield payment


def _book_too_much(company: Company, payment: object) -> str:
    """The customer's bank kept a fee, or two digits changed places: the bank has less than the cashier booked."""
    assert isinstance(payment, Payment)
    invoice, booked = payment.shares[0]
    payment.erp_amount = booked
    payment.amount = booked - company.rng.choice(
        (Decimal("25.00"), Decimal("45.00"), Decimal("90.00"), Decimal("270.00"))
    )
    company.progress.open[invoice.number] += booked - payment.amount
    company.touch("payment", payment.serial, payment)
    if payment.erp_at is None:
        billing.book(company, payment)
    return invoice.lines[0].order.number


def _pay_the_fee(company: Company, number: str) -> None:
    """The cashier books what the bank says; the customer sends what is missing."""
    for payment in _payments_of(company, number):
        if payment.erp_amount is not None:
            invoice = payment.shares[0][0]
            payment.shares, payment.erp_amount = [(invoice, payment.amount)], None
            billing.book(company, payment)
            company.in_days(1, billing.pay_exactly, invoice)


def _open_invoices(company: Company) -> Iterator[Invoice]:
    for invoice in reversed(company.history.invoices[-400:]):
        orders = {line.order.number for line in invoice.lines}
        unpaid = company.progress.open[invoice.number] == oracle.invoice_total(invoice)
        if unpaid and len(orders) == 1 and not orders & (company.lied_about.keys() | company.scripted):
            yield invoice


def _book_without_bank(company: Company, invoice: object) -> str:
    """The cashier books a payment that the bank never had; the invoice is open all the same."""
    assert isinstance(invoice, Invoice)
    amount = company.progress.open[invoice.number]
    number = company.numbers.next("PAY", company.now)
    payment = Payment("", number, invoice.customer, "", amount, company.now, "", [(invoice, amount)], None, company.now)
    company.history.payments.append(payment)
    company.touch("receipt", number, payment)
    return invoice.lines[0].order.number


def _cancel_booking(company: Company, number: str) -> None:
    for payment in _payments_of(company, number):
        if not payment.serial and not payment.erp_cancelled:
            payment.erp_cancelled, payment.erp_at = True, company.now
            company.touch("receipt", payment.number, payment)


def _payments_of(company: Company, number: str) -> list[Payment]:
    return [
        payment
        for payment in company.history.payments
        if any(line.order.number == number for invoice, _ in payment.shares for line in invoice.lines)
    ]


# The CRM still has the quantity or the day of the first talk; the ERP a day that was typed wrongly.
def _known_to_crm(company: Company) -> Iterator[Order]:
    return (order for order in _recent(company) if order.crm_at)


def _other_quantity(company: Company, order: object) -> str:
    assert isinstance(order, Order)
    line = company.rng.choice(order.lines)
    order.crm_qty[line.no] = line.qty + company.rng.choice((-2, 2, 5, 10)) if line.qty > 2 else line.qty + 1
    return _changed_in_crm(company, order)


def _other_day_in_crm(company: Company, order: object) -> str:
    assert isinstance(order, Order)
    order.crm_promised = order.promised_date - timedelta(days=company.rng.choice((3, 5, 7)))
    return _changed_in_crm(company, order)


def _changed_in_crm(company: Company, order: Order) -> str:
    order.crm_at = company.now
    company.touch("contract", order.number, order)
    return order.number


def _mend_crm(company: Company, number: str) -> None:
    order = company.order(number)
    order.crm_qty, order.crm_promised = {}, None
    _changed_in_crm(company, order)


def _other_day_in_erp(company: Company, order: object) -> str:
    assert isinstance(order, Order)
    order.erp_promised, order.erp_at = order.promised_date + timedelta(days=company.rng.choice((2, 4, 9))), company.now
    company.touch("erp_order", order.number, order)
    return order.number


def _mend_erp(company: Company, number: str) -> None:
    order = company.order(number)
    order.erp_promised, order.erp_at = None, company.now
    company.touch("erp_order", number, order)


def _still_open(company: Company) -> Iterator[Order]:
    return (order for order in _recent(company) if _open(company, order))


LIES = (
    Lie("shipped_differs", 6, _unshipped, _say_shipped, _take_back_shipped),
    Lie("invoiced_over_shipped", 4, _partly_shipped, _bill_too_much, None),
    Lie("finished_under_ordered", 3, _finished_work, _close_short, _make_the_rest),
    Lie("paid_differs", 4, _single_payments, _book_too_much, _pay_the_fee),
    Lie("paid_without_bank", 3, _open_invoices, _book_without_bank, _cancel_booking),
    Lie("ordered_differs", 5, _known_to_crm, _other_quantity, _mend_crm),
    Lie("promised_differs_crm", 4, _known_to_crm, _other_day_in_crm, _mend_crm),
    Lie("promised_differs_erp", 3, _still_open, _other_day_in_erp, _mend_erp),
)
"""Every kind, and how many there are when the history ends."""


def tell(company: Company, lie: Lie, how_many: int = 1) -> int:
    """Tell up to ``how_many`` lies of one kind, about things drawn by chance; how many were told."""
    told = 0
    while told < how_many and (found := list(lie.candidates(company))):
        number = lie.tell(company, company.rng.choice(found))
        company.lied_about[number] = lie.code
        told += 1
    return told


def tell_some(company: Company) -> None:
    """Some days before the end: half of the lies are told, and may heal by themselves."""
    for lie in LIES:
        tell(company, lie, lie.at_start // 2)


def tell_all(company: Company) -> None:
    """Tell what is missing at the end of the history."""
    forget_healed(company)
    told = Counter(company.lied_about.values())
    for lie in LIES:
        tell(company, lie, lie.at_start - told[lie.code])


def forget_healed(company: Company) -> None:
    """Lies that came true by themselves, when the goods left or the money came, are lies no more."""
    found = conflicts.conflicts(company.history, oracle.figures(company.history))
    wrong = {number for kind in found.values() for fact in kind for number in fact.get("orders", [fact.get("order")])}
    company.lied_about = {number: code for number, code in company.lied_about.items() if number in wrong}


def mend_one(company: Company) -> str:
    """Somebody puts right the oldest lie; the order's number, "" where all is well."""
    forget_healed(company)
    menders = {lie.code: lie.mend for lie in LIES}
    for number, code in company.lied_about.items():
        if mend := menders[code]:
            mend(company, number)
            del company.lied_about[number]
            return number
    return ""
