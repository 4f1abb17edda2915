"""What is read from Tryton for each stream: models, their fields, and where it shows that a document has changed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

LINE = ["type", "=", "line"]
UNIT = ("unit.symbol", "unit.factor", "unit.rate")
TAXES = ("taxes.type", "taxes.rate", "taxes.childs.type", "taxes.childs.rate")
DATES = ("create_date", "write_date")
SALE_LINE = ("sale", *UNIT)
BILL_LINE = ("invoice", "origin")


@dataclass(frozen=True)
class Watch:
    """A model whose changes are changes of a document. ``field`` names the document: by id, by ``model,id`` or by a list
    of ids; "" is the document itself.
    """

    model: str
    field: str = ""
    domain: tuple[Any, ...] = ()


@dataclass(frozen=True)
class Below:
    """The lines of a document: their model, and the field that names the document: by id, or by ``model,id``."""

    model: str
    field: str
    fields: tuple[str, ...]
    domain: tuple[Any, ...] = ()
    by_reference: bool = False


@dataclass(frozen=True)
class Part:
    """A model whose records are documents of a stream (``tryton_rows`` makes documents of them).

    A field with "?" behind it comes with a module that may not be there. ``origins``: fields of a record and its lines may
    name an order's line, or the invoice's line that they credit; both are then read too. ``tree``: a record hangs below others,
    which change with it. ``own``: the records belong to a company. ``hidden``: records that are not active are read too.
    ``several``: a record holds any number of documents.
    """

    model: str
    fields: tuple[str, ...]
    watch: tuple[Watch, ...] = ()
    below: Below | None = None
    domain: tuple[Any, ...] = ()
    origins: bool = False
    tree: bool = False
    own: bool = True
    hidden: bool = False
    several: bool = False

    @property
    def watched(self) -> tuple[Watch, ...]:
        """Every model that tells of a change: the record's own, its lines', and others."""
        own = Watch(self.model, domain=() if self.tree else self.domain)
        lines = (Watch(self.below.model, self.below.field, self.below.domain),) if self.below else ()
        return (own, *lines, *self.watch)


def _shipments(model: str, end: str) -> Part:
    """Shipments of one direction. Their moves at the customer's ``end``; those between our own shelves would count twice."""
    moves = Below(
        "stock.move",
        "shipment",
        ("shipment", "origin", "product.code", "quantity", *UNIT, "state", "effective_date", "lot.number?"),
        (["shipment", "like", f"{model},%"], [f"{end}.type", "=", "customer"]),
        by_reference=True,
    )
    fields = ("number", "reference", "customer", "customer.rec_name", "state", "planned_date", "effective_date")
    more = ("delivery_address.rec_name?", "warehouse.name", "carrier.rec_name?")
    return Part(model, (*fields, *more), below=moves, origins=True)


PARTS: dict[str, tuple[Part, ...]] = {
    "party.party": (
        Part(
            "party.party",
            ("code", "name", "rec_name", "tax_identifier.code", "addresses.full_address", "addresses.country.code", "phone",
             "mobile"),
            watch=(Watch("party.address", "party"), Watch("party.contact_mechanism", "party"), Watch("party.identifier", "party")),
            own=False,
            hidden=True,
        ),
    ),
    "product.product": (
        Part(
            "product.product",
            ("code", "name", "type", "default_uom.symbol", "list_price", "template.list_price", "cost_price",
             "account_category.name?", "categories.name?", "identifiers.code"),
            watch=(Watch("product.template", "products"),),
            own=False,
            hidden=True,
        ),
    ),
    "sale.opportunity": (
        Part(
            "sale.opportunity",
            ("number", "description", "party", "party.rec_name", "amount", "currency.code", "state", "employee.rec_name",
             "start_date", "end_date", "sales"),
            watch=(Watch("sale.sale", "origin", (["origin", "like", "sale.opportunity,%"],)),),
        ),
    ),
    "sale.sale": (
        Part(
            "sale.sale",
            ("number", "reference", "party", "party.rec_name", "shipment_address.rec_name", "shipment_address.country.code",
             "sale_date", "shipping_date", "state", "currency.code", "total_amount", "quoted_by.rec_name", "comment"),
            below=Below(
                "sale.line",
                "sale",
                ("sale", "product.code", "product.name", "description", "quantity", *UNIT, "unit_price", "amount", *TAXES),
                (LINE,),
            ),
        ),
    ),
    "production": (
        Part(
            "production",
            ("number", "reference", "origin", "state", "product.code", "quantity", *UNIT, "planned_date",
             "effective_start_date", "effective_date", "outputs.product", "outputs.quantity", "outputs.state",
             "outputs.unit.factor", "outputs.unit.rate"),
            watch=(Watch("stock.move", "production_output", (["production_output", "!=", None],)),),
            domain=(["type", "=", "assembly"], ["product", "!=", None]),
            origins=True,
        ),
    ),
    "project.work": (
        Part(
            "project.work",
            ("number", "name", "party", "party.rec_name", "origin", "status.progress", "timesheet_start_date",
             "timesheet_end_date", "total_effort", "timesheet_duration"),
            watch=(Watch("timesheet.line", "work.origin"),),
            domain=(["type", "=", "project"],),
            origins=True,
            tree=True,
        ),
    ),
    "stock.shipment.out": (
        _shipments("stock.shipment.out", "to_location"),
        _shipments("stock.shipment.out.return", "from_location"),
    ),
    "account.invoice": (
        Part(
            "account.invoice",
            ("number", "party", "party.rec_name", "state", "invoice_date", "currency.code", "total_amount",
             "lines_to_pay.maturity_date", "cancel_move.origin"),
            below=Below(
                "account.invoice.line",
                "invoice",
                ("invoice", "origin", "product.code", "quantity", *UNIT, "amount", *TAXES, "stock_moves.shipment?"),
                (LINE, ["invoice.type", "=", "out"]),
            ),
            domain=(["type", "=", "out"],),
            origins=True,
        ),
    ),
    "account.statement": (
        Part(
            "account.statement",
            ("name", "state", "currency.code"),
            below=Below(
                "account.statement.line",
                "statement",
                ("statement", "number", "date", "party", "party.rec_name", "amount", "related_to", "description"),
                (["account.type.receivable", "=", True],),
            ),
            several=True,
        ),
        # Payments that no statement of the bank tells of: entries in the books that an invoice has as its payments.
        Part(
            "account.move",
            ("number", "date", "company.currency.code"),
            watch=(Watch("account.invoice", "payment_lines.move", (["type", "=", "out"],)),),
            below=Below(
                "account.move.line",
                "move",
                ("move", "debit", "credit", "amount_second_currency", "second_currency.code", "party", "party.rec_name",
                 "description", "invoice_payments"),
                (["invoice_payments.type", "=", "out"],),
            ),
            domain=(
                ["lines.invoice_payments.type", "=", "out"],
                ["OR", ["origin", "=", None], ["origin", "not like", "account.statement,%"]],
            ),
        ),
    ),
}  # fmt: skip
"""By what a stream's ``from`` says."""
