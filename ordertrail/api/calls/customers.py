"""Customers: typing and changing one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from ordertrail.api import parties
from ordertrail.api.calls.declare import patch, post
from ordertrail.api.door import Caller, caller
from ordertrail.api.naming import meant
from ordertrail.api.once import once
from ordertrail.api.problems import wrong_field
from ordertrail.api.shapes import parties as shapes
from ordertrail.api.versions import check_match, versioned
from ordertrail.desk.type_customer import change_customer, type_customer
from ordertrail.lib.currencies import check_decimals, meant_by
from ordertrail.lib.money import CURRENCIES, MONEY_SCALE, to_units
from ordertrail.parties.models import Customer
from ordertrail.records.shapes import Address


@post("/customers", right="keep_catalog", answer=shapes.Customer, makes=True)
def post_customer(request: HttpRequest, body: shapes.CustomerIn) -> HttpResponse:
    """Type a customer."""
    by = caller(request)
    fields = _fields(body.model_dump(exclude={"code", "addresses"}), body.addresses)
    _check(fields)
    return once(request, lambda: _told(type_customer(by.person, body.code, **fields), by), 201)


@patch("/customers/{n}", right="keep_catalog", answer=shapes.Customer)
def patch_customer(request: HttpRequest, n: str, body: shapes.CustomerChange) -> HttpResponse:
    """Change fields of a customer that was typed here."""
    by = caller(request)
    pk = meant("customer", n, by.person)
    return once(request, lambda: _changed(request, pk, body, by))


def _changed(request: HttpRequest, pk: int, body: shapes.CustomerChange, by: Caller) -> shapes.Customer:
    before = _told(pk, by)
    check_match(request, before, before.code)
    if body.code not in (None, before.code):
        sentence = _("The code of %(code)s stays: orders name the customer by it. Type a new customer instead.")
        raise wrong_field("code", "fixed_field", sentence % {"code": before.code})
    given = body.model_dump(exclude_unset=True, exclude={"code", "addresses"})
    if "name" in given and given["name"] is None:
        raise wrong_field("name", "wrong_value", _("The field %(name)s cannot be empty.") % {"name": "name"})
    fields = _fields(given, body.addresses)
    row = Customer.objects.get(pk=pk)
    known = tuple(Address(code, text) for code, text in row.addresses)
    told = {
        "currency": row.currency,
        "credit_limit": row.credit_limit,
        "addresses": known,
        "invoice_address": row.invoice_address,
    }
    _check({**told, **fields})
    return _told(change_customer(by.person, pk, fields), by)


def _fields(given: dict[str, Any], addresses: Sequence[shapes.AddressIn] | None) -> dict[str, Any]:
    """The fields of a body as a record has them."""
    for name in ("currency", "invoice_address"):
        if name in given:
            given[name] = given[name] or ""
    if addresses is not None:
        given["addresses"] = tuple(Address(one.code, one.text) for one in addresses)
    return given


def _check(fields: dict[str, Any]) -> None:
    """Problem 422 for a currency that is none, an amount finer than it, an address given twice or not given."""
    currency = fields.get("currency") or settings.COMPANY.currency
    check_currency("currency", currency)
    if (limit := fields.get("credit_limit")) is not None:
        check_decimals(to_units(limit, MONEY_SCALE), currency, "credit_limit")
    codes = [one.code for one in fields.get("addresses", ())]
    for place, code in enumerate(codes):
        if code in codes[:place]:
            sentence = _("The address %(code)s is given twice. Give each a code of its own.")
            raise wrong_field(f"addresses.{place}.code", "given_twice", sentence % {"code": code})
    wanted = fields.get("invoice_address")
    if wanted and wanted not in codes:
        sentence = _("There is no address %(code)s among this customer's addresses. Give it there too.")
        raise wrong_field("invoice_address", "unknown_address", sentence % {"code": wanted})


def check_currency(path: str, currency: str) -> None:
    """Problem 422 unless this is a currency (ISO 4217), with what was most likely meant."""
    if currency not in CURRENCIES:
        hint = meant_by(currency)
        sentence = (
            _("%(currency)s is no currency code; you may mean %(hint)s.")
            if hint
            else _("%(currency)s is no currency code. Write three letters as in ISO 4217: CNY, USD, EUR.")
        )
        raise wrong_field(path, "wrong_currency", sentence % {"currency": currency[:10], "hint": hint})


def _told(pk: int, by: Caller) -> shapes.Customer:
    return versioned(parties.customer(pk, by))
