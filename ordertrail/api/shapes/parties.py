"""Customers and products in answers."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from ordertrail.api.shapes.frame import Listed, Shape
from ordertrail.api.shapes.orders import one_of
from ordertrail.api.written import Id, Money, Qty, Ratio


class CustomerRow(Shape):
    """Who orders."""

    id: Id
    code: str
    name: str
    tax_number: str
    country: str
    address: str
    phone: str
    home: str


class TiedDeposit(Shape):
    """Money that came for one order ahead of its invoices."""

    order: Id
    amount: Money


class Deposits(Shape):
    """Money without an invoice: tied to an order, or floating (null while no system says whose it is)."""

    floating: Money | None
    tied: list[TiedDeposit]


class Balance(Shape):
    """What is owed in one currency."""

    currency: str
    receivable: Money
    exposure: Money


class Customer(CustomerRow):
    """A customer with what is owed; the figures beside are in the company's currency, ``balances`` has all currencies."""

    version: int
    currency: str
    credit_limit: Money | None
    receivable: Annotated[Money, Field(description="What is open of posted invoices, credit notes apart.")]
    credit: Annotated[Money | None, Field(description="Null while no system says whose unallocated money it is.")]
    deposits: Deposits
    exposure: Annotated[Money, Field(description="Receivable and what confirmed orders have not invoiced.")]
    exchange_difference: Money | None
    balances: list[Balance]


class ProductRow(Shape):
    """What is sold."""

    id: Id
    sku: str
    name: str
    unit: str
    kind: Annotated[str, one_of("goods", "service")]
    category: str
    price: Money | None
    home: str


class Stock(Shape):
    """Null where no system tells of stock; the open demand is counted from orders."""

    on_hand: Qty | None
    reserved: Qty | None
    free: Qty | None
    open_demand: Qty
    pending_shipment: Qty
    incoming: Qty | None
    forecast: Qty | None
    sellable: Qty | None


class Product(ProductRow):
    """A product with its stock."""

    version: int
    stock: Stock
    unit_cost: Annotated[Ratio | None, Field(description="As a system tells it. Only for who sees cost.")] = None
    value: Annotated[
        Money | None, Field(description="Only for who sees cost; null while no system tells of stock.")
    ] = None


Customers = Listed[CustomerRow]
Products = Listed[ProductRow]
