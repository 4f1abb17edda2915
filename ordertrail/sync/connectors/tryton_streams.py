"""What Tryton's documents mean in Ordertrail's words: the declared mapping of its streams, as a person would write one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from ordertrail.lib.refused import Refused

LAG_SECONDS = 600
"""Without a word of the source's own. A row may be committed late with the time at which its transaction began."""


def _stream(
    name: str, kind: str, from_: str, fields: Mapping[str, Any], lines: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """A stream; with ``lines``, these are its line fields."""
    stream = {
        "name": name,
        "kind": kind,
        "from": from_,
        "key": "ref",
        "version": "changed_at",
        "cursor": "changed_at",
        "fields": {"number": "number", **fields},
    }
    if lines is not None:
        stream |= {"lines": {"path": "lines", **({"key": "ref"} if "ref" in lines else {})}}
        stream["line_fields"] = {field: spec for field, spec in lines.items() if field != "ref"}
    return stream


def _words(column: str, **meanings: str) -> dict[str, Any]:
    """A column whose words mean these of ours; a word that is not among them makes the document wait for a person."""
    return {"column": column, "map": {theirs: ours for ours, listed in meanings.items() for theirs in listed.split()}}


_STREAMS: tuple[dict[str, Any], ...] = (
    _stream(
        "customers",
        "customer",
        "party.party",
        {
            "name": "name",
            "tax_number": "tax_identifier.code",
            "address": "address",
            "country": "country",
            "phone": "phone",
        },
    ),
    _stream(
        "products",
        "product",
        "product.product",
        {
            "name": "name",
            "unit": "default_uom.symbol",
            "category": "category",
            "price": "price",
            "cost": "cost_price",
            "barcodes": [{"column": "barcodes", "split": " "}],
            "service": {"column": "type", "map": {"service": "true"}, "else": "false"},
        },
    ),
    _stream(
        "opportunities",
        "opportunity",
        "sale.opportunity",
        {
            "title": "description",
            "customer": "customer",
            "customer_name": "party.rec_name",
            "stage": "state",
            "value": "amount",
            "currency": "currency.code",
            "salesperson": "employee.rec_name",
            "opened_at": "start_date",
            "closed_at": "end_date",
            "order": "order",
        },
    ),
    _stream(
        "orders",
        "order",
        "sale.sale",
        {
            # What Tryton calls done it will not ship or bill any more, whatever is left: closed.
            "state": _words("state", draft="draft", quoted="quotation", confirmed="confirmed processing", closed="done",
                            cancelled="cancelled"),
            "customer": "customer",
            "customer_name": "party.rec_name",
            "customer_number": "reference",
            "order_date": "sale_date",
            "promised_date": "shipping_date",
            "currency": "currency.code",
            "ship_to": "shipment_address.rec_name",
            "country": "shipment_address.country.code",
            "salesperson": "quoted_by.rec_name",
            "remark": "comment",
            "total": "total_amount",
        },
        {
            "ref": "ref",
            "sku": "sku",
            "name": "name",
            "qty": {"column": "qty", "default": "0"},  # a draft may not say it yet
            "unit": "unit",
            "price": "price",
            "net": "net",
            "tax_rate": "tax_rate",
        },
    ),
    _stream(
        "productions",
        "work_order",
        "production",
        {
            "sku": "sku",
            "planned_qty": "planned",
            "finished_qty": "made",
            "state": _words("state", draft="request draft waiting assigned", running="running", done="done",
                            cancelled="cancelled"),
            "order": "order",
            "order_line": "order_line",
            "start_at": "effective_start_date",
            "due_date": "planned_date",
            "finished_at": "finished",
        },
    ),
    _stream(
        "projects",
        "project",
        "project.work",
        {
            "title": "name",
            "customer": "customer",
            "customer_name": "party.rec_name",
            "order": "order",
            "state": "state",
            "start_at": "timesheet_start_date",
            "due_date": "timesheet_end_date",
            "planned_hours": "planned_hours",
            "spent_hours": "spent_hours",
        },
    ),
    _stream(
        "shipments",
        "shipment",
        "stock.shipment.out",
        {
            # A return that was received has come in: Tryton's own figures count it from then on.
            "state": _words("state", draft="draft waiting assigned picked packed shipped", done="done received",
                            cancelled="cancelled"),
            "direction": "direction",
            "other_numbers": ["reference"],
            "planned_date": "planned_date",
            "shipped_at": "shipped",
            "customer": "customer",
            "customer_name": "customer.rec_name",
            "ship_to": "delivery_address.rec_name",
            "carrier": "carrier.rec_name",
            "warehouse": "warehouse.name",
        },
        {"ref": "ref", "sku": "sku", "qty": "qty", "order": "order", "order_line": "order_line", "lot": "lot"},
    ),
    _stream(
        "invoices",
        "invoice",
        "account.invoice",
        {
            "state": _words("state", draft="draft validated", posted="posted paid", cancelled="cancelled"),
            "type": "type",
            "customer": "customer",
            "customer_name": "party.rec_name",
            "invoice_date": "invoice_date",
            "due_date": "due",
            "currency": "currency.code",
            "total": "total",
            "credits": "credits",
        },
        {"ref": "ref", "order": "order", "order_line": "order_line", "shipment": "shipment", "sku": "sku", "qty": "qty",
         "net": "net", "tax_rate": "tax_rate"},
    ),
    _stream(
        "payments",
        "payment",
        "account.statement",
        {
            "amount": "amount",
            "state": _words("state", draft="draft", done="validated posted", cancelled="cancelled"),
            "direction": "direction",
            "paid_at": "date",
            "customer": "customer",
            "customer_name": "customer_name",
            "currency": "currency",
            "reference": "reference",
        },
        {"amount": "amount", "invoice": "invoice"},
    ),
)  # fmt: skip


def declared(settings: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The streams of a source with these settings: those named in ``only``, else all, with its ``lag_seconds``. With
    ``reference_of``, the code of another source, an order's reference is its number there.

    Refused("settings_invalid") for a name that none of them has.
    """
    names = [str(stream["name"]) for stream in _STREAMS]
    only = settings.get("only") or names
    if strange := set(only) - set(names):
        detail = _("“only” names %(strange)s; there are: %(names)s.")
        raise Refused("settings_invalid", detail % {"strange": ", ".join(sorted(strange)), "names": ", ".join(names)})
    lag = settings.get("lag_seconds", LAG_SECONDS)
    streams = [{**stream, "lag_seconds": lag} for stream in _STREAMS if stream["name"] in only]
    if other := settings.get("reference_of"):
        for stream in streams:
            if stream["name"] == "orders":
                same = {"column": "reference", "source": str(other)}
                stream["fields"] = {**stream["fields"], "same_as": same}
    return streams
