"""What Anna, Mei and Tao do: opportunities in the CRM, orders in the OMS, and how the ERP hears of them."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from ordertrail.demo import making
from ordertrail.demo.company import Company
from ordertrail.demo.truth import Customer, Opportunity, Order, OrderLine, Product
from ordertrail.demo.workdays import opening
from ordertrail.lib.money import half_up

ORDERS_A_DAY = 8.2
GROWTH = 0.3
"""How much more comes in at the end of the history than at its beginning, in parts of the middle."""

WON = 0.55
FROM_CRM = 0.45
"""The part of orders that begin as an opportunity; the others are simply ordered again."""

SEASON = {1: 0.9, 2: 0.75, 3: 1.1, 4: 1.08, 5: 1.0, 6: 0.95, 7: 0.9, 8: 0.95, 9: 1.1, 10: 1.1, 11: 1.12, 12: 1.05}
"""Busier before the trade fairs of spring and autumn, quiet around Spring Festival."""

TITLES = ("{} 补货", "{} 新船照明", "{} 码头改造", "{} 年度框架", "{} 备件", "{} 展厅样品")
REMARKS = ("", "", "", "", "", "分批发货可以", "送货前请电话联系", "合并开票", "急单", "随货附检测报告")


def morning(company: Company) -> None:
    """A working day begins: what comes in today is set, and tomorrow morning too."""
    day = company.moment.date()
    company.at(opening(company.calendar.day_after(day, 1)), morning)
    grown = 1 + GROWTH * ((day - company.first_day).days / company.days - 0.5)
    expected = ORDERS_A_DAY * SEASON[day.month] * grown
    for _ in range(_count(company, expected * (1 - FROM_CRM))):
        company.in_days(company.rng.random(), repeat_order)
    for _ in range(_count(company, expected * FROM_CRM / WON)):
        company.in_days(company.rng.random(), open_opportunity)


def _count(company: Company, expected: float) -> int:
    """A number of events around ``expected``."""
    return max(0, round(company.rng.gauss(expected, expected**0.5)))


def open_opportunity(company: Company) -> None:
    """Somebody asks."""
    rng = company.rng
    customer = company.pick_customer()
    opportunity = Opportunity(
        number=company.numbers.next("OPP", company.now, digits=3),
        customer=customer,
        title=rng.choice(TITLES).format(customer.zh),
        value=Decimal(rng.randint(20, 900)) * 100,
        salesperson=customer.salesperson,
        opened_at=company.now,
        changed_at=company.now,
        duplicate=bool(customer.crm_twin) and rng.random() < 0.4,
    )
    company.history.opportunities.append(opportunity)
    company.touch("opportunity", opportunity.number, opportunity)
    company.in_days(company.around(1.5), move_on, opportunity)


def move_on(company: Company, opportunity: Opportunity) -> None:
    """An opportunity goes one stage on, or is lost; the last stage but one decides."""
    stages = ("lead", "qualified", "proposal", "negotiation")
    at = stages.index(opportunity.stage)
    lost = company.rng.random() < 1 - WON**0.25  # four chances to lose, WON in all
    opportunity.changed_at = company.now
    company.touch("opportunity", opportunity.number, opportunity)
    if lost:
        opportunity.stage, opportunity.closed_at = "lost", company.now
    elif at < 3:
        opportunity.stage = stages[at + 1]
        company.in_days(company.around(2.2), move_on, opportunity)
    else:
        opportunity.stage, opportunity.closed_at = "won", company.now
        order = place_order(company, opportunity.customer)
        opportunity.order = order
        opportunity.value = half_up(sum((line.qty * line.price for line in order.lines), Decimal(0)))
        order.crm_at = company.now
        company.touch("contract", order.number, order)


def repeat_order(company: Company) -> None:
    """Somebody who knows what they want orders again."""
    place_order(company, company.pick_customer())


def place_order(company: Company, customer: Customer) -> Order:
    """An order is typed into the OMS as a draft."""
    rng = company.rng
    number = company.numbers.next("SO", company.now)
    lines = _lines(company, customer)
    other = customer.habits.other_address
    order = Order(
        no=len(company.history.orders) + 1,
        number=number,
        erp_number=company.numbers.next("XS", company.now, dash=""),
        customer=customer,
        lines=lines,
        ordered_at=company.now,
        promised_date=company.calendar.day_after(company.now.date(), _lead_days(company, lines)),
        salesperson=customer.salesperson,
        changed_at=company.now,
        state="draft",
        po_number=f"PO{company.now:%y%m}{rng.randint(100, 999)}" if rng.random() < 0.6 else "",
        ship_to=other if other and rng.random() < 0.33 else customer.address,
        remark=rng.choice(REMARKS),
    )
    company.history.orders.append(order)
    company.touch("order", number, order)
    company.in_days(company.around(1.0, 0.6), cancel if rng.random() < 0.025 else confirm, order)
    return order


def _lines(company: Company, customer: Customer) -> list[OrderLine]:
    rng = company.rng
    sold = company.history.products
    if rng.random() < 0.045:
        products = [rng.choice([product for product in sold if product.custom])]
        products += rng.sample([product for product in sold if not product.custom], rng.randint(0, 2))
    else:
        ordinary = [product for product in sold if not product.custom]
        products = rng.sample(ordinary, rng.choices((1, 2, 3, 4, 6), (34, 30, 20, 11, 5))[0])
    return [
        OrderLine(no, product, _qty(company, product), _price(product, customer))
        for no, product in enumerate(products, 1)
    ]


def _qty(company: Company, product: Product) -> int:
    low, high = (1, 4) if product.price > 1000 else (2, 24) if product.price > 250 else (4, 60)
    if product.price < 15:
        low, high = 100, 1500
    qty = company.rng.randint(low, high)
    return qty - qty % 5 if qty > 30 else qty


def _price(product: Product, customer: Customer) -> Decimal:
    return half_up(product.price * customer.habits.price_factor)


def _lead_days(company: Company, lines: list[OrderLine]) -> int:
    """Working days that are promised: from stock, from the workshop, made to measure."""
    if any(line.product.custom for line in lines):
        return company.rng.randint(19, 27)
    if any(line.product.made for line in lines):
        return company.rng.randint(12, 19)
    return company.rng.randint(6, 12)


def confirm(company: Company, order: Order) -> None:
    """The order is agreed: work begins, and the ERP hears of it within half a day."""
    order.state, order.changed_at = "confirmed", company.now
    company.touch("order", order.number, order)
    company.in_days(company.rng.uniform(0.05, 0.4), tell_erp, order)
    making.begin(company, order)


def cancel(company: Company, order: Order) -> None:
    """The customer thinks better of it before anything was begun."""
    order.state, order.changed_at = "cancelled", company.now
    company.touch("order", order.number, order)
    if order.crm_at:
        order.crm_at = company.now
        company.touch("contract", order.number, order)


def tell_erp(company: Company, order: Order) -> None:
    """The interface carries the order into the ERP."""
    order.erp_at = company.now + timedelta(seconds=20)
    company.touch("erp_order", order.number, order)
