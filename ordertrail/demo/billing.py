"""What Chen does: invoices, one or many shipments on one, and the money that customers send."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

from ordertrail.demo.company import Company
from ordertrail.demo.systems.erp import amounts
from ordertrail.demo.truth import Customer, Invoice, InvoiceLine, Order, OrderLine, Payment, Shipment

CENT = Decimal("0.01")
LINES_ON_ONE = 14
"""A tax invoice has room for so many lines; what is more goes on the next."""


def plan(company: Company, customer: Customer) -> None:
    """Something of the customer's can be billed: in a day or two, or with the month's bill on the 25th."""
    if customer.no in company.progress.billing_planned:
        return
    company.progress.billing_planned.add(customer.no)
    if customer.habits.bills_monthly:
        company.at(_next_25th(company), bill, customer)
    else:
        company.in_days(company.around(0.7), bill, customer)


def _next_25th(company: Company) -> datetime:
    at = company.moment.replace(day=25, hour=10, minute=15)
    if at <= company.moment:
        at = (at.replace(day=1) + timedelta(days=32)).replace(day=25)
    day = company.calendar.day_after(at.date(), 0)
    return at.replace(year=day.year, month=day.month, day=day.day)


def bill(company: Company, customer: Customer) -> None:
    """Everything of the customer's that left and is not billed goes on an invoice; now and then a part waits."""
    company.progress.billing_planned.discard(customer.no)
    waiting = company.progress.to_bill.pop(customer.no, [])
    lines: list[InvoiceLine] = []
    for shipment, order, line in waiting:
        qty = _unbilled(company, shipment, order, line)
        if qty <= 0 or order.number in company.scripted:
            continue
        if len(waiting) == 1 and qty >= 10 and company.rng.random() < 0.12:
            company.progress.to_bill.setdefault(customer.no, []).append((shipment, order, line))
            qty //= 2
        _count(company, order, line, qty)
        lines.append(InvoiceLine(order, line, shipment, qty, qty * line.price))
    if customer.no in company.progress.to_bill:
        company.progress.billing_planned.add(customer.no)
        company.in_days(company.rng.uniform(2, 5), bill, customer)
    for first in range(0, len(lines), LINES_ON_ONE):
        post(company, customer, lines[first : first + LINES_ON_ONE])


def _unbilled(company: Company, shipment: Shipment, order: Order, line: OrderLine) -> int:
    """What of a line left with ``shipment`` and can still be billed: never more in all than left in all."""
    key = (order.no, line.no)
    on_it = sum(one.qty for one in shipment.lines if one.order is order and one.line is line)
    return min(on_it, company.progress.shipped.get(key, 0) - company.progress.billed.get(key, 0))


def _count(company: Company, order: Order, line: OrderLine, qty: int) -> None:
    key = (order.no, line.no)
    company.progress.billed[key] = company.progress.billed.get(key, 0) + qty


def post(company: Company, customer: Customer, lines: list[InvoiceLine]) -> Invoice:
    """An invoice is posted; the customer will pay it in its own way."""
    now = company.now
    invoice = Invoice(
        number=company.numbers.next("INV", now),
        customer=customer,
        lines=lines,
        posted_at=now,
        due_date=now.date() + timedelta(days=customer.terms_days),
        fapiao=f"26{company.rng.randrange(10**16):016d}",
        changed_at=now,
    )
    add(company, invoice)
    expect_payment(company, invoice)
    return invoice


def add(company: Company, invoice: Invoice) -> None:
    """A posted invoice stands in the books, open in full."""
    company.history.invoices.append(invoice)
    company.touch("invoice", invoice.number, invoice)
    company.progress.open[invoice.number] = sum(amounts(invoice), Decimal(0))
    company.progress.unpaid.setdefault(invoice.customer.no, []).append(invoice)


def expect_payment(company: Company, invoice: Invoice) -> None:
    """The customer will pay, in its way and at its time."""
    habits = invoice.customer.habits
    due = company.moment.replace(hour=9) + timedelta(days=invoice.customer.terms_days)
    wait = max(1.0, company.calendar.between(company.moment, due) + habits.late_days + company.rng.gauss(0, 2.5))
    if habits.pays == "exact":
        company.in_days(wait, pay_exactly, invoice)
    else:
        company.in_days(wait, pay_batch if habits.pays == "batch" else pay_round, invoice.customer, invoice)


def pay_exactly(company: Company, invoice: Invoice) -> None:
    """One invoice is paid, by one in seven customers in two parts."""
    left = company.progress.open[invoice.number]
    if left <= 0:
        return
    if left > 2000 and company.rng.random() < 0.14:
        part = (left * company.rng.randint(30, 70) / 100).quantize(Decimal(100))
        company.in_days(company.rng.uniform(5, 20), pay_exactly, invoice)
        pay(company, invoice.customer, part, [invoice])
    else:
        pay(company, invoice.customer, left, [invoice])


def pay_batch(company: Company, customer: Customer, because_of: Invoice) -> None:
    """All invoices that are due within ten days are paid at once."""
    if company.progress.open[because_of.number] <= 0:
        return
    horizon = company.now.date() + timedelta(days=10)
    due = [one for one in _open(company, customer) if one.due_date <= horizon or one is because_of][:6]
    pay(company, customer, sum((company.progress.open[one.number] for one in due), Decimal(0)), due)


def pay_round(company: Company, customer: Customer, because_of: Invoice) -> None:
    """A round sum on account, for the oldest invoices first."""
    if company.progress.open[because_of.number] <= 0:
        return
    due = _open(company, customer)[:4]
    total = sum((company.progress.open[one.number] for one in due), Decimal(0))
    amount = (total * company.rng.randint(55, 95) / 100) // 500 * 500
    if amount > 0:
        company.in_days(company.rng.uniform(8, 16), pay_round, customer, because_of)
        pay(company, customer, amount, due)
    else:
        pay(company, customer, total, due)


def _open(company: Company, customer: Customer) -> list[Invoice]:
    """The customer's open invoices, oldest due date first; paid ones are forgotten on the way."""
    progress = company.progress
    left = [one for one in progress.unpaid.get(customer.no, []) if progress.open[one.number] > 0]
    progress.unpaid[customer.no] = left
    free = [one for one in left if one.number not in company.scripted]
    return sorted(free, key=lambda one: (one.due_date, one.number))


def pay(company: Company, customer: Customer, amount: Decimal, invoices: list[Invoice]) -> Payment:
    """Money arrives at the bank for ``invoices``, taken in this order."""
    shares, left = [], amount
    for invoice in invoices:
        share = min(left, company.progress.open[invoice.number])
        if share > 0:
            shares.append((invoice, share.quantize(CENT)))
            left -= share
    payment = receive(company, customer, amount, shares)
    payment.remark, clear = _remark(company, shares)
    if clear:
        company.in_days(company.rng.uniform(0.3, 1.2), book, payment)
    else:
        company.today_at(17, 45, book, payment)  # what nobody can read is asked about, and booked the same day
    return payment


def receive(
    company: Company, customer: Customer | None, amount: Decimal, shares: list[tuple[Invoice, Decimal]]
) -> Payment:
    """Money at the bank, without a remark; ``shares`` are taken off the invoices."""
    for invoice, share in shares:
        company.progress.open[invoice.number] -= share
    now = company.now
    amount = amount.quantize(CENT)
    payment = Payment(
        serial=f"{now:%Y%m%d}{len(company.history.payments) % 100_000:05d}",
        number="",
        customer=customer,
        payer=customer.bank_name if customer else "",
        amount=amount,
        paid_at=now,
        remark="",
        shares=shares,
    )
    company.history.payments.append(payment)
    company.touch("payment", payment.serial, payment)
    return payment


def _remark(company: Company, shares: list[tuple[Invoice, Decimal]]) -> tuple[str, bool]:
    """What the payer wrote, and whether it names each invoice."""
    numbers = " ".join(invoice.number for invoice, _ in shares)
    style = company.rng.random()
    if style < 0.55:
        return f"货款 {numbers}", True
    if style < 0.68:
        return f"付{numbers.lower().replace(' ', '、')}", True
    if style < 0.82:
        orders = dict.fromkeys(line.order.number for invoice, _ in shares for line in invoice.lines)
        return f"{'/'.join(list(orders)[:3])} 货款", False
    return company.rng.choice(("", "货款", "往来款", "设备款 谢谢")), False


def book(company: Company, payment: Payment) -> None:
    """The cashier books it in the ERP, against the invoices it is for."""
    payment.number = payment.number or company.numbers.next("PAY", company.now)
    payment.erp_at = company.now
    company.touch("receipt", payment.serial or payment.number, payment)
