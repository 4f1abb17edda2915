"""What the fields of ``records.shapes`` are called, for pages that show what a source said."""

from __future__ import annotations

from decimal import Decimal
from typing import TypeVar

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from ordertrail.web import format as write

T = TypeVar("T")

WORDS: dict[str, Promise] = {
    "ref": _("Key in the source"),
    "number": _("Number"),
    "state": _("State"),
    "other_numbers": _("Other numbers"),
    "same_as": _("Names as the same"),
    "customer": _("Customer"),
    "customer_name": _("Customer's name"),
    "customer_number": _("Customer's number"),
    "order_date": _("Order date"),
    "promised_date": _("Promised date"),
    "currency": _("Currency"),
    "prices_include_tax": _("Prices include tax"),
    "ship_to": _("Ship to"),
    "salesperson": _("Salesperson"),
    "remark": _("Remark"),
    "total": _("Total incl. tax"),
    "shipped": _("Shipped, in its word"),
    "invoiced": _("Invoiced, bare figure"),
    "paid": _("Paid, bare figure"),
    "sku": _("SKU"),
    "qty": _("Quantity"),
    "name": _("Name"),
    "unit": _("Unit"),
    "price": _("Price"),
    "net": _("Net amount"),
    "tax_rate": _("Tax rate"),
    "cancelled_qty": _("Cancelled"),
    "shipped_qty": _("Shipped, bare figure"),
    "invoiced_qty": _("Invoiced quantity, bare figure"),
    "order": _("Order"),
    "order_line": _("Order line"),
    "lot": _("Lot"),
    "direction": _("Direction"),
    "planned_date": _("Planned for"),
    "shipped_at": _("Shipped at"),
    "arrived_at": _("Arrived at"),
    "scheduled_date": _("Scheduled for"),
    "delivered_date": _("Delivered on"),
    "carrier": _("Carrier"),
    "tracking_number": _("Tracking number"),
    "warehouse": _("Warehouse"),
    "mode": _("Mode of transport"),
    "vendor": _("Vendor"),
    "reported": _("Bare figure, no paper"),
    "shipment": _("Shipment"),
    "gross": _("Gross amount"),
    "type": _("Type"),
    "invoice_date": _("Invoice date"),
    "due_date": _("Due on"),
    "tax_invoice_number": _("Tax invoice number"),
    "credits": _("Credits the invoice"),
    "amount": _("Amount"),
    "invoice": _("Invoice"),
    "paid_at": _("Received at"),
    "reference": _("Reference"),
    "allocations": _("Set against"),
    "planned_qty": _("Planned quantity"),
    "finished_qty": _("Finished quantity"),
    "start_at": _("Begun at"),
    "finished_at": _("Finished at"),
    "title": _("Title"),
    "stage": _("Stage"),
    "value": _("Value"),
    "opened_at": _("Opened at"),
    "closed_at": _("Closed at"),
    "planned_hours": _("Planned hours"),
    "spent_hours": _("Spent hours"),
    "other_names": _("Other names"),
    "tax_number": _("Tax number"),
    "country": _("Country"),
    "address": _("Address"),
    "phone": _("Phone"),
    "category": _("Category"),
    "cost": _("Cost"),
    "barcodes": _("Barcodes"),
    "service": _("Service"),
    "changed_at": _("Changed at"),
}
"""One word for each field, whatever the kind of document."""


VALUES: dict[tuple[str, str], Promise] = {
    ("state", "draft"): _("Draft"),
    ("state", "quoted"): _("Quoted"),
    ("state", "confirmed"): _("Confirmed"),
    ("state", "closed"): _("Closed"),
    ("state", "cancelled"): _("Cancelled"),
    ("state", "done"): _("Done"),
    ("state", "posted"): _("Posted"),
    ("state", "running"): _("Running"),
    ("direction", "out"): _("to the customer"),
    ("direction", "in"): _("from the customer"),
    ("stage", "lead"): _("Lead"),
    ("stage", "qualified"): _("Qualified"),
    ("stage", "proposal"): _("Proposal"),
    ("stage", "negotiation"): _("Negotiation"),
    ("stage", "won"): _("Won"),
    ("stage", "lost"): _("Lost"),
    ("type", "invoice"): _("invoice"),
    ("type", "advance"): _("advance invoice"),
    ("type", "credit_note"): _("credit note"),
    ("shipped", "all"): _("all of it"),
    ("shipped", "none"): _("nothing yet"),
}
"""Values that are codes, in words."""


def said(name: str, value: T) -> T | Promise:
    """A field's value in words where it is a code; else as it is.

    >>> from django.utils import translation
    >>> with translation.override("en"):
    ...     str(said("shipped", "all")), said("qty", 3)
    ('all of it', 3)
    """
    return VALUES.get((name, value), value) if isinstance(value, str) else value


MONEY = frozenset({"total", "invoiced", "paid", "price", "net", "gross", "amount", "value", "cost"})
"""Fields that hold money."""


def figure(name: str, value: T, currency: str = "") -> T | Promise | str:
    """A field's value as people write it: money with its minor units (a finer price keeps its own), a rate in percent,
    a code in words; all else as it is.

    >>> figure("net", Decimal("1200")), figure("price", Decimal("0.125")), figure("tax_rate", Decimal("0.13"))
    ('1,200.00', '0.125', '13%')
    """
    if not isinstance(value, Decimal):
        return said(name, value)
    if name == "tax_rate":
        return write.qty(value * 100) + "%"
    if name in MONEY and value == round(value, 2):
        return write.money(value, currency or "CNY")
    return write.qty(value)


def word(name: str) -> Promise | str:
    """The word for a field; a field that has none is shown by its own name.

    >>> from django.utils import translation
    >>> with translation.override("en"):
    ...     str(word("qty")), word("colour")
    ('Quantity', 'colour')
    """
    return WORDS.get(name, name)
