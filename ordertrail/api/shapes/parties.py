"""Customers in answers, and what is sent to type one."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from ordertrail.api.given import AmountFromZero, NameIn, NumberIn
from ordertrail.api.shapes.frame import Body, Listed, Shape
from ordertrail.api.written import Id, Money


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


class Address(Shape):
    """A place of a customer by its code."""

    code: str
    text: str


class Customer(CustomerRow):
    """A customer with what is owed; the figures beside are in the company's currency, ``balances`` has all currencies."""

    version: int
    addresses: list[Address]
    invoice_address: Annotated[str | None, Field(description="The code of the address that bills go to.")]
    currency: str
    credit_limit: Money | None
    receivable: Annotated[Money, Field(description="What is open of posted invoices, credit notes apart.")]
    credit: Annotated[Money | None, Field(description="Null while no system says whose unallocated money it is.")]
    deposits: Deposits
    exposure: Annotated[Money, Field(description="Receivable and what confirmed orders have not invoiced.")]
    exchange_difference: Money | None
    balances: list[Balance]


class AddressIn(Body):
    """A place of a customer by its code."""

    code: NumberIn
    text: Annotated[str, Field(max_length=300)] = ""


Addresses = Annotated[list[AddressIn], Field(max_length=200)]
Currency = Annotated[str, Field(max_length=10)]


class CustomerIn(Body):
    """A new customer."""

    code: NumberIn
    name: NameIn
    currency: Currency | None = None
    credit_limit: AmountFromZero | None = None
    addresses: Addresses = []
    invoice_address: NumberIn | None = None


class CustomerChange(Body):
    """Fields of a customer that change; what is left out stays. The code itself never changes."""

    code: NumberIn | None = None
    name: NameIn | None = None
    currency: Currency | None = None
    credit_limit: AmountFromZero | None = None
    addresses: Addresses | None = None
    invoice_address: NumberIn | None = None


Customers = Listed[CustomerRow]
