"""The orders that the design tells of, with exactly its figures: E1 (merge, split, one payment) and E19 (systems disagree).

Their numbers stay as they are; their days keep their distance from today, in working days.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from decimal import Decimal

from ordertrail.demo import billing, making, sending
from ordertrail.demo.company import FIXED_DAY, Company
from ordertrail.demo.truth import (
    CHINA,
    Customer,
    Invoice,
    InvoiceLine,
    Opportunity,
    Order,
    OrderLine,
    Product,
    Shipment,
    ShipmentLine,
    WorkOrder,
)

A, B, X = "SO-2609-0012", "SO-2609-0015", "SO-2609-0027"
SAILFAR, QIMING = 1, 7

STRANGE_MONEY = (
    (58, "北海湾渔港合作社", "3800.00", "定金"),
    (41, "孙丽华", "1250.00", ""),
    (23, "TAI SHING TRADING CO", "8600.00", "INV PAYMENT"),
    (12, "中国邮政代收", "466.40", "代收货款"),
    (6, "刘建国", "2000.00", "灯款"),
    (2, "浙江跨境结算有限公司", "15300.00", "批次 8841"),
)
"""Money that nobody can place: days before today, payer, amount, remark. It stays unbooked."""


class _Teller:
    """Lets documents with given numbers come into being at the days of the story."""

    def __init__(self, company: Company) -> None:
        self.company = company
        self.products = {product.sku: product for product in company.history.products}
        company.scripted |= {A, B, X, "INV-2609-0018", "INV-2609-0019", "INV-2609-0024"}

    def when(self, day: str, clock: str) -> datetime:
        """The moment of the story, ``day`` as "09-14" of the design's September 2026."""
        away = _weekdays(FIXED_DAY, date.fromisoformat(f"2026-{day}"))
        real = self.company.calendar.day_after(self.company.today, away)
        return datetime.combine(real, time.fromisoformat(clock), tzinfo=CHINA)

    def customer(self, no: int) -> Customer:
        """The customer with that number."""
        return self.company.history.customers[no - 1]

    def order(self, number: str, customer: int, sku: str, qty: int, price: str, days: tuple[str, str, str]) -> Order:
        """An order of one line; ``days`` are ordered (day, time) and promised."""
        product: Product = self.products[sku]
        ordered_at = self.when(days[0], days[1])
        buyer = self.customer(customer)
        order = Order(
            no=0,
            number=number,
            erp_number=f"XS{number[3:]}",
            customer=buyer,
            lines=[OrderLine(1, product, qty, Decimal(price))],
            ordered_at=ordered_at,
            promised_date=self.when(days[2], "00:00").date(),
            salesperson="Anna",
            changed_at=ordered_at,
            ship_to=buyer.address,
            erp_at=ordered_at + timedelta(minutes=8),
            crm_at=ordered_at - timedelta(minutes=20),
        )
        self.company.at(ordered_at, _add_order, order)
        return order

    def work(self, number: str, order: Order, created: str, finished: int, at: tuple[str, str]) -> WorkOrder:
        """A work order for the whole line, with ``finished`` pieces counted ``at`` that time."""
        line = order.lines[0]
        created_at = self.when(created, "08:31")
        work = WorkOrder(number, line.product, line.qty, created_at, order.promised_date, created_at, order, line)
        self.company.at(created_at, _add_work, work)
        self.company.at(created_at + timedelta(days=1), _start, work)
        self.company.at(self.when(*at), _finish, work, finished)
        return work

    def shipment(self, number: str, lines: list[ShipmentLine], created: datetime, planned: str) -> Shipment:
        """An outbound order, not yet picked."""
        first = lines[0].order
        shipment = Shipment(
            number=number,
            wave=f"W{created:%y%m%d}-1",
            customer=first.customer,
            lines=lines,
            created_at=created,
            planned_date=self.when(planned, "00:00").date(),
            changed_at=created,
            ship_to=first.ship_to,
            carrier="德邦物流",
            waybill=f"DPK0{number[3:7]}{number[8:]}",
            erp_number="DN2609-0021" if number == "SH-2609-0021" else "",
        )
        self.company.at(created, _add_shipment, shipment)
        return shipment

    def invoice(self, number: str, lines: list[tuple[Order, Shipment | None, int]], day: str, clock: str) -> Invoice:
        """An invoice over quantities of one-line orders, due in thirty days."""
        at = self.when(day, clock)
        rows = [
            InvoiceLine(order, order.lines[0], shipment, qty, qty * order.lines[0].price)
            for order, shipment, qty in lines
        ]
        due = at.date() + timedelta(days=30)
        invoice = Invoice(number, lines[0][0].customer, rows, at, due, f"26332000000000{number[4:8]}{number[9:]}", at)
        self.company.at(at, _add_invoice, invoice)
        return invoice


def tell(company: Company) -> None:
    """Put the stories into the company's queue, before its first day."""
    teller = _Teller(company)
    _merge_split_and_batch(teller)
    _systems_disagree(teller)
    for days, payer, amount, remark in STRANGE_MONEY:
        day = company.calendar.day_after(company.today - timedelta(days=days), -1)
        at = datetime.combine(day, time(11, 20, days), tzinfo=CHINA)
        company.at(at, _strange_money, payer, Decimal(amount), remark)


def _merge_split_and_batch(teller: _Teller) -> None:
    """E1: 6 of A and 5 of B leave together; invoices of 904.00 and 226.00; one payment of 1,000.00."""
    company = teller.company
    a = teller.order(A, SAILFAR, "HL-BL24", 10, "100.00", ("09-01", "14:02", "09-18"))
    b = teller.order(B, SAILFAR, "HL-BL24", 5, "80.00", ("09-02", "10:30", "09-15"))
    a.po_number, b.crm_at = "SF-PO-8841", None
    company.at(teller.when("08-24", "09:00"), _add_opportunity, "OPP-2608-031", a)
    teller.work("WO-2609-0031", a, "09-02", 10, ("09-08", "12:20"))
    teller.work("WO-2609-0038", b, "09-03", 5, ("09-08", "12:20"))
    together = [ShipmentLine(a, a.lines[0], 6), ShipmentLine(b, b.lines[0], 5)]
    merged = teller.shipment("SH-2609-0021", together, teller.when("09-09", "09:00"), "09-10")
    company.at(teller.when("09-10", "15:40"), sending.ship, merged)
    rest = teller.shipment("SH-2609-0024", [ShipmentLine(a, a.lines[0], 4)], teller.when("09-10", "16:00"), "09-16")
    company.at(teller.when("09-10", "16:30"), _hold, rest)
    first = teller.invoice("INV-2609-0018", [(a, merged, 4), (b, merged, 5)], "09-11", "17:05")
    second = teller.invoice("INV-2609-0019", [(a, merged, 2)], "09-14", "11:30")
    shares = [(first, Decimal("904.00")), (second, Decimal("96.00"))]
    company.at(teller.when("09-15", "14:20"), _pay, "PAY-2609-0007", Decimal("1000.00"), shares)
    company.at(teller.when("09-21", "09:40"), _go_on, [a, b])
    company.at(teller.when("09-21", "10:10"), sending.let_go, rest)


def _systems_disagree(teller: _Teller) -> None:
    """E19: the OMS says 10 shipped, the WMS 6, the ERP invoiced 10, the bank has nothing, 8 are finished."""
    company = teller.company
    x = teller.order(X, QIMING, "HL-NL02", 10, "120.00", ("09-04", "10:12", "09-21"))
    x.po_number = "QM-26-1193"
    work = teller.work("WO-2609-0044", x, "09-07", 8, ("09-14", "08:02"))
    sent = teller.shipment("SH-2609-0029", [ShipmentLine(x, x.lines[0], 6)], teller.when("09-14", "09:10"), "09-14")
    company.at(teller.when("09-14", "15:02"), sending.ship, sent)
    company.at(teller.when("09-14", "18:30"), _say_shipped, x)
    teller.invoice("INV-2609-0024", [(x, sent, 10)], "09-14", "17:10")
    company.at(teller.when("09-17", "08:50"), _finish, work, 10)
    rest = teller.shipment("SH-2609-0034", [ShipmentLine(x, x.lines[0], 4)], teller.when("09-17", "09:02"), "09-17")
    company.at(teller.when("09-17", "09:12"), sending.ship, rest)
    company.at(teller.when("09-18", "09:00"), _go_on, [x])


def _weekdays(start: date, end: date) -> int:
    """Mondays to Fridays from ``start`` to ``end``; negative when ``end`` comes first.

    >>> _weekdays(date(2026, 9, 16), date(2026, 9, 21)), _weekdays(date(2026, 9, 16), date(2026, 9, 11))
    (3, -3)
    """
    first, last = sorted((start, end))
    passed = sum((first + timedelta(days=number)).weekday() < 5 for number in range((last - first).days))
    return passed if end >= start else -passed


def _add_order(company: Company, order: Order) -> None:
    order.no = len(company.history.orders) + 1
    company.history.orders.append(order)
    company.touch("order", order.number, order)
    company.touch("erp_order", order.number, order)
    if order.crm_at:
        company.touch("contract", order.number, order)


def _add_opportunity(company: Company, number: str, order: Order) -> None:
    at = order.ordered_at
    opportunity = Opportunity(
        number, order.customer, "远帆 9 月补货", Decimal("1000.00"), "Anna", company.now, at, "won", at, order
    )
    company.history.opportunities.append(opportunity)
    company.touch("opportunity", number, opportunity)


def _add_work(company: Company, work: WorkOrder) -> None:
    company.history.work_orders.append(work)
    making.export(company, work)


def _start(company: Company, work: WorkOrder) -> None:
    work.state, work.started_at = "running", company.now
    making.export(company, work)


def _finish(company: Company, work: WorkOrder, finished: int) -> None:
    work.finished = finished
    if finished == work.planned:
        work.state, work.finished_at = "done", company.now
    making.export(company, work)


def _add_shipment(company: Company, shipment: Shipment) -> None:
    company.history.shipments.append(shipment)
    for line in shipment.lines:
        at = sending.key(line.order, line.line)
        for remembered in (company.progress.packed, company.progress.ready):
            remembered[at] = remembered.get(at, 0) + line.qty
    company.touch("shipment", shipment.number, shipment)


def _hold(company: Company, shipment: Shipment) -> None:
    shipment.state, shipment.qc_from, shipment.changed_at = "held", company.now, company.now
    company.touch("shipment", shipment.number, shipment)


def _add_invoice(company: Company, invoice: Invoice) -> None:
    for line in invoice.lines:
        at = sending.key(line.order, line.line)
        company.progress.billed[at] = company.progress.billed.get(at, 0) + line.qty
    billing.add(company, invoice)


def _pay(company: Company, number: str, amount: Decimal, shares: list[tuple[Invoice, Decimal]]) -> None:
    payment = billing.receive(company, shares[0][0].customer, amount, shares)
    payment.number, payment.remark = number, f"货款 {' '.join(invoice.number for invoice, _ in shares)}"
    company.today_at(16, 10, billing.book, payment)


def _say_shipped(company: Company, order: Order) -> None:
    """A clerk sets the whole order to "已发货"."""
    order.oms_shipped, order.changed_at = True, company.now
    company.touch("order", order.number, order)


def _strange_money(company: Company, payer: str, amount: Decimal, remark: str) -> None:
    payment = billing.receive(company, None, amount, [])
    payment.payer, payment.remark = payer, remark


def _go_on(company: Company, orders: list[Order]) -> None:
    """The story is over: from now on these are orders like all others."""
    company.scripted -= {order.number for order in orders}
    for invoice in company.history.invoices:
        if invoice.number in company.scripted and any(line.order in orders for line in invoice.lines):
            company.scripted.discard(invoice.number)
            billing.expect_payment(company, invoice)
