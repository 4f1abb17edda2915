"""Take an order: what a customer asked for is typed here and stands as a draft."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.conf import settings
from django.utils.translation import gettext as _

from ordertrail.catalog.models import Product
from ordertrail.desk.step import Step, hold, step
from ordertrail.lib import clock
from ordertrail.lib.money import QTY_SCALE, minor_digits, to_units
from ordertrail.lib.refused import Refused
from ordertrail.orders.actions import customer_key
from ordertrail.orders.models import Order, Terms
from ordertrail.orders.typing import TypedLine, day_of, products_by_sku, write_lines
from ordertrail.parties.models import Customer, Person
from ordertrail.records.own import make
from ordertrail.records.series import is_free
from ordertrail.stock.reading import unit_cost


@dataclass(frozen=True, slots=True)
class LineWanted:
    """A line as it is typed; what is left out follows from the product."""

    sku: str
    qty: Decimal
    price: Decimal | None = None
    discount: Decimal = Decimal(0)
    tax_rate: Decimal | None = None
    ship_date: date | None = None


@dataclass(frozen=True, slots=True)
class OrderWanted:
    """An order as it is typed; ``customer`` is the row's id. What is left out follows from the customer and the company."""

    customer: int
    lines: tuple[LineWanted, ...]
    number: str = ""
    day: date | None = None
    promised_date: date | None = None
    ship_to: str | None = None
    currency: str = ""
    discount: Decimal = Decimal(0)
    invoice_policy: str = "delivered"
    prices_include_tax: bool = False
    reserve: str = "at_confirm"
    remark: str = ""


def take_order(*, by: Person, wanted: OrderWanted) -> int:
    """Write the order down as a draft of ``by``; returns its id.

    Refused("number_taken"), and for wrong fields ("unknown_product"), ("unknown_address"), ("missing_field"), ("in_the_future").
    """
    day = day_of(wanted.day)
    with step(by, "take_order") as s:
        hold("customer", [wanted.customer])
        customer = Customer.objects.get(pk=wanted.customer)
        products = products_by_sku([(line.sku, f"lines.{n}.sku") for n, line in enumerate(wanted.lines)])
        lines = lines_of(wanted.lines, products)
        address, text = _address(customer, wanted.ship_to)
        if wanted.number and not is_free("order", wanted.number):
            detail = _("Order %(number)s is there already. Choose another number, or leave it out.")
            detail %= {"number": wanted.number}
            raise Refused("number_taken", detail, [{"path": "number", "code": "number_taken", "detail": detail}])
        order = _write(s, wanted, customer, day, text)
        Terms.objects.create(
            order=order, invoice_policy=wanted.invoice_policy, discount=wanted.discount, reserve=wanted.reserve,
            ship_to=address, invoice_address=customer.invoice_address, typed_number=bool(wanted.number), made_by=by.pk,
            made_at=clock.now(),
        )  # fmt: skip
        write_lines(order, lines, to_units(wanted.discount, QTY_SCALE))
        s.act("order", order.pk, number=order.number)
    return order.pk


def _write(s: Step, wanted: OrderWanted, customer: Customer, day: date, ship_to: str) -> Order:
    currency = currency_of(wanted, customer)
    document = make("order", wanted.number)
    return Order.objects.create(
        pk=document.pk, home=document.source, number=wanted.number, state="draft", customer=customer,
        customer_key=customer_key(customer.name, customer.code), customer_ref=customer.code, customer_name=customer.name,
        order_date=day, promised_date=wanted.promised_date, currency=currency, digits=minor_digits(currency),
        prices_include_tax=wanted.prices_include_tax, ship_to=ship_to, country=customer.country,
        salesperson=s.by.username if s.by else "", remark=wanted.remark,
    )  # fmt: skip


def currency_of(wanted: OrderWanted, customer: Customer) -> str:
    """The currency that an order is in: the one typed, else the customer's, else the company's."""
    return wanted.currency or customer.currency or str(settings.COMPANY.currency)


def _address(customer: Customer, code: str | None) -> tuple[str, str]:
    """Code and text of the address that goods go to: the one named, else the customer's first. Refused("unknown_address")."""
    places = {place[0]: place[1] for place in customer.addresses}
    if code is None:
        return next(iter(places.items()), ("", customer.address))
    if code not in places:
        detail = _("Customer %(customer)s has no address %(code)s; there are: %(codes)s.")
        detail %= {"customer": customer.code, "code": code[:60], "codes": ", ".join(places) or "–"}
        raise Refused("unknown_address", detail, [{"path": "ship_to", "code": "unknown_address", "detail": detail}])
    return code, places[code]


def lines_of(
    lines: Sequence[LineWanted], products: Mapping[str, Product], *, costed: bool = True, first: int = 1
) -> list[TypedLine]:
    """These lines, numbered from ``first``, with all that follows from their ``products`` (by SKU as typed); not ``costed``: without
    what one costs. Refused("missing_field") for one without a price."""
    distinct = {product.pk: product for product in products.values()}
    costs = {pk: unit_cost(distinct[pk]) for pk in sorted(distinct)} if costed else {}
    return [_line(n, line, products[line.sku], costs) for n, line in enumerate(lines, first)]


def _line(number: int, line: LineWanted, product: Product, costs: Mapping[int, int]) -> TypedLine:
    price = product.price if line.price is None else line.price
    if price is None:
        detail = _("Product %(sku)s has no price. Give one on line %(line)s.")
        detail %= {"sku": product.sku, "line": number}
        path = f"lines.{number - 1}.price"
        raise Refused("missing_field", detail, [{"path": path, "code": "missing_field", "detail": detail}])
    return TypedLine(
        line=number, product=product.pk, sku=product.sku, name=product.name, unit=product.unit,
        qty=to_units(line.qty, QTY_SCALE), price=to_units(price, QTY_SCALE), discount=to_units(line.discount, QTY_SCALE),
        tax_rate=to_units(tax_rate_of(product) if line.tax_rate is None else line.tax_rate, QTY_SCALE),
        ship_date=line.ship_date, unit_cost=costs.get(product.pk),
    )  # fmt: skip


def tax_rate_of(product: Product) -> Decimal:
    """The rate that a line of this product has where none is given."""
    return Decimal(settings.COMPANY.tax_rate) if product.tax_rate is None else product.tax_rate
