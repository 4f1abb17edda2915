"""The form of an order: what was typed, as texts; an order copied into it; and the order that it means."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from ordertrail.catalog.models import Product
from ordertrail.counter import fields, find
from ordertrail.counter.fields import Reading
from ordertrail.desk.take_order import LineWanted, OrderWanted, tax_rate_of
from ordertrail.lib import clock
from ordertrail.orders.models import Order, OrderLine, Policy, Terms
from ordertrail.parties.models import Customer

MOST_LINES = 2_000
BLANK_ROWS = 3
LINE = ("sku", "qty", "price", "discount", "tax_rate", "ship_date")
HEAD = (
    "number",
    "customer",
    "date",
    "promised_date",
    "ship_to",
    "currency",
    "discount",
    "invoice_policy",
    "reserve",
    "remark",
)


@dataclass(frozen=True, slots=True)
class Row:
    """A line as it stands in the form; ``key`` names its row."""

    key: str
    sku: str = ""
    qty: str = ""
    price: str = ""
    discount: str = ""
    tax_rate: str = ""
    ship_date: str = ""

    @property
    def empty(self) -> bool:
        """Whether nothing was typed into it."""
        return not any(getattr(self, name).strip() for name in LINE)


@dataclass(frozen=True, slots=True)
class Typed:
    """The form as texts; ``discount`` is the header's, in percent."""

    rows: tuple[Row, ...]
    number: str = ""
    customer: str = ""
    date: str = ""
    promised_date: str = ""
    ship_to: str = ""
    currency: str = ""
    discount: str = ""
    invoice_policy: str = Policy.DELIVERED.value
    reserve: str = "at_confirm"
    remark: str = ""
    prices_include_tax: bool = False

    @property
    def filled(self) -> list[Row]:
        """The rows into which something was typed."""
        return [row for row in self.rows if not row.empty]


def blank(customer: str = "") -> Typed:
    """An empty form, dated today."""
    rows = tuple(Row(str(n)) for n in range(1, BLANK_ROWS + 1))
    return Typed(rows, customer=customer, date=clock.today().isoformat())


def typed(post: QueryDict) -> Typed:
    """The form as it was sent."""
    columns = [
        [text.replace("\0", "") for text in post.getlist(name)[:MOST_LINES]]
        for name in ("row", *("line_discount" if name == "discount" else name for name in LINE))
    ]
    keys = columns[0]
    told = [[*column, *[""] * len(keys)][: len(keys)] for column in columns[1:]]
    rows = tuple(Row(_key(key, place), *texts) for place, (key, *texts) in enumerate(zip(keys, *told, strict=True), 1))
    head = {name: post.get(name, "").replace("\0", "")[:4_000] for name in HEAD}
    return Typed(rows, **head, prices_include_tax="prices_include_tax" in post)


def _key(text: str, place: int) -> str:
    return text if text.isascii() and text.isdigit() and len(text) < 7 else str(place)


def copied(order: Order) -> Typed:
    """A form with what an order asked for, wherever it lives; days are left out, and today is its date."""
    lines = OrderLine.objects.filter(order=order).select_related("product").order_by("line")
    rows = tuple(
        Row(
            str(one.line),
            one.sku,
            fields_text(one.qty),
            "" if one.price is None else fields_text(one.price),
            percent_text(one.discount),
            _own_rate(one),
        )
        for one in lines
    )
    terms = Terms.objects.filter(order=order).first()
    form = replace(
        blank(find.handle(order.customer) if order.customer else ""), rows=rows, remark=order.remark,
        prices_include_tax=order.prices_include_tax, currency=order.currency,
    )  # fmt: skip
    if terms is None:
        return form
    return replace(
        form,
        ship_to=terms.ship_to,
        invoice_policy=terms.invoice_policy,
        reserve=terms.reserve,
        discount=percent_text(terms.discount),
    )


def _own_rate(line: OrderLine) -> str:
    """A line's tax rate in percent where it is not that of its product."""
    same = line.product is not None and tax_rate_of(line.product) == line.tax_rate
    return "" if same else fields_text(line.tax_rate.scaleb(2))


def fields_text(value: Decimal) -> str:
    """A figure as it stands in a field.

    >>> fields_text(Decimal("10.500000")), fields_text(Decimal("100"))
    ('10.5', '100')
    """
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def percent_text(value: Decimal) -> str:
    """A fraction in percent as it stands in a field; empty for none.

    >>> percent_text(Decimal("0.050000")), percent_text(Decimal(0))
    ('5', '')
    """
    return fields_text(value.scaleb(2)) if value else ""


@dataclass(slots=True)
class Meaning:
    """What the form means, as far as it can be read. ``lines`` are those that are whole, each with the row it stands in;
    ``products`` by SKU; ``packs`` per row what the barcode typed there stands for."""

    reading: Reading
    customer: Customer | None = None
    lines: list[tuple[Row, LineWanted]] = field(default_factory=list)
    products: dict[str, Product] = field(default_factory=dict)
    of_row: dict[str, Product] = field(default_factory=dict)
    packs: dict[str, Decimal] = field(default_factory=dict)
    days: dict[str, date | None] = field(default_factory=dict)
    wanted: OrderWanted = field(default_factory=lambda: OrderWanted(0, ()))

    def path(self, told: str) -> str:
        """The field of the form that a verb's ``lines.2.qty`` means."""
        head, _dot, rest = told.partition(".")
        place, _dot, name = rest.partition(".")
        if head != "lines" or not place.isdigit() or int(place) >= len(self.lines):
            return told
        return f"{self.lines[int(place)][0].key}.{name}"


def meaning(form: Typed, person: object) -> Meaning:
    """What the form means; whatever cannot be read is left out and stands in ``reading.errors``."""
    told = Meaning(Reading())
    read = told.reading
    head = _head(form, read)
    if form.customer.strip():
        try:
            told.customer = find.customer_of(form.customer, person)
        except ValueError as no:
            read.errors["customer"] = str(no)
    else:
        read.errors["customer"] = _("Whom is the order for? Write a code, number or name.")
    if not form.filled:
        read.errors["lines"] = _("An order needs a line: a product and a quantity.")
    meant = find.products_of([row.sku for row in form.filled if row.sku.strip()])
    for row in form.filled:
        _line(told, row, meant)
    lines = tuple(line for _row, line in told.lines)
    told.wanted = OrderWanted(customer=told.customer.pk if told.customer else 0, lines=lines, **head)
    return told


def _head(form: Typed, read: Reading) -> dict[str, Any]:
    return {
        "number": read.read("number", form.number, fields.code, ""),
        "day": read.read("date", form.date, fields.day, None),
        "promised_date": read.read("promised_date", form.promised_date, fields.day, None),
        "ship_to": form.ship_to.strip() or None,
        "currency": read.read("currency", form.currency, fields.currency, ""),
        "discount": read.read("discount", form.discount, fields.percent, Decimal(0)),
        "invoice_policy": form.invoice_policy if form.invoice_policy in Policy.values else Policy.DELIVERED.value,
        "prices_include_tax": form.prices_include_tax,
        "reserve": "manual" if form.reserve == "manual" else "at_confirm",
        "remark": form.remark.strip(),
    }


def _line(told: Meaning, row: Row, meant: dict[str, find.Meant | str]) -> None:
    """Read one row; it is among the lines when all of it can be read."""
    read, before = told.reading, len(told.reading.errors)
    at = f"{row.key}."
    product = meant.get(row.sku)
    if isinstance(product, find.Meant):
        told.of_row[row.key] = product.product
        if product.pack is not None:
            told.packs[row.key] = product.pack
    else:
        read.errors[f"{at}sku"] = product or _("Which product? Write its SKU, barcode or name.")
    pack = told.packs.get(row.key, Decimal(1))
    qty = read.needed(f"{at}qty", row.qty, fields.quantity, Decimal(1), _("How much of it? Write a quantity above 0."))
    price = read.read(f"{at}price", row.price, fields.figure, None)
    discount = read.read(f"{at}discount", row.discount, fields.percent, Decimal(0))
    rate = read.read(f"{at}tax_rate", row.tax_rate, fields.percent, None)
    told.days[row.key] = read.read(f"{at}ship_date", row.ship_date, fields.day, None)
    if isinstance(product, find.Meant):
        if price is None and not row.price.strip() and product.product.price is None:
            read.errors[f"{at}price"] = _("%(sku)s has no price of its own. Give one.") % {"sku": product.product.sku}
        if len(read.errors) == before:
            told.products[product.product.sku] = product.product
            line = LineWanted(product.product.sku, qty * pack, price, discount, rate, told.days[row.key])
            told.lines.append((row, line))
