"""Orders, their lines, and the one narrow row per order that lists read."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from ordertrail.lib.fields import MoneyField, PriceField, QtyField, RateField


class OrderState(models.TextChoices):
    """What a verb or a source has made of an order (its *status* is counted, see ``OrderStatus``)."""

    DRAFT = "draft", _("draft")
    QUOTED = "quoted", _("quoted")
    CONFIRMED = "confirmed", _("confirmed")
    CLOSED = "closed", _("closed")
    CANCELLED = "cancelled", _("cancelled")


class Order(models.Model):
    """What a customer has asked for: one row for one real order, whatever number of systems know it.

    ``id`` is that of the home's source document. ``currency`` holds for all amounts; ``total_told`` is the gross total as the
    home prints it, kept to compare. ``customer`` is empty while no rule matches ``customer_key``.
    """

    id = models.BigIntegerField(primary_key=True)
    company = models.PositiveSmallIntegerField(default=1)
    home = models.ForeignKey("records.Source", models.PROTECT, related_name="+", db_index=False)
    number = models.CharField(max_length=100)
    state = models.CharField(max_length=10, choices=OrderState.choices)
    customer = models.ForeignKey("parties.Customer", models.DO_NOTHING, null=True, db_constraint=False, db_index=False)
    customer_key = models.CharField(max_length=200, blank=True)
    customer_ref = models.CharField(max_length=100, blank=True)
    customer_name = models.CharField(max_length=200, blank=True)
    customer_number = models.CharField(max_length=100, blank=True)
    order_date = models.DateField(null=True)
    promised_date = models.DateField(null=True)
    currency = models.CharField(max_length=3)
    digits = models.PositiveSmallIntegerField(default=2)  # decimals of the currency: SQL rounds pieces by it
    prices_include_tax = models.BooleanField(default=False)
    ship_to = models.CharField(max_length=300, blank=True)
    country = models.CharField(max_length=80, blank=True)
    salesperson = models.CharField(max_length=80, blank=True)
    remark = models.TextField(blank=True)
    total_told = MoneyField(null=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["customer_key"], condition=Q(customer=None), name="order_without_customer"),
            models.Index(fields=["customer_ref"], condition=Q(customer_ref__gt=""), name="order_customer_unsure"),
            models.Index(fields=["state"], condition=Q(state="quoted"), name="order_quoted"),
        ]

    def __str__(self) -> str:
        return self.number


class OrderLine(models.Model):
    """One product, quantity and price within an order. ``net``, ``tax`` and ``gross`` are of the whole line, made once in
    ``orders.rules`` (domain.md §1.10); ``ref`` is the home's name of the line."""

    id = models.BigIntegerField(primary_key=True)
    order = models.ForeignKey(Order, models.CASCADE, related_name="lines")
    line = models.PositiveIntegerField()
    ref = models.CharField(max_length=60, blank=True)
    sku = models.CharField(max_length=100)
    product = models.ForeignKey("catalog.Product", models.DO_NOTHING, null=True, db_constraint=False, db_index=False)
    name = models.CharField(max_length=200, blank=True)
    unit = models.CharField(max_length=20, blank=True)
    qty = QtyField()
    cancelled_qty = QtyField(default=0)
    price = PriceField(null=True)
    net = MoneyField()
    tax_rate = RateField()
    tax = MoneyField()
    gross = MoneyField()
    promised_date = models.DateField(null=True)
    vendor = models.CharField(max_length=120, blank=True)
    discount = RateField(db_default=0)  # a fraction off the price
    ship_date = models.DateField(null=True)
    unit_cost = PriceField(
        null=True
    )  # what one cost when the order was taken: planned cost, behind the right to see cost

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["product"], name="line_product"),
            models.Index(fields=["sku"], condition=Q(product=None), name="line_without_product"),
        ]

    def __str__(self) -> str:
        return f"{self.order_id}/{self.line}"


class Policy(models.TextChoices):
    """What may be billed: what was delivered, or what was ordered (domain.md §1.3)."""

    DELIVERED = "delivered", _("by what was delivered")
    ORDERED = "ordered", _("by what was ordered")


class Terms(models.Model):
    """What an order of our own desk was agreed on, beside what every order has; an order mirrored from elsewhere has none.

    ``place`` is its place in the queue for stock: given at its first confirmation and kept; ``revision`` counts its amendments.
    ``discount`` is the header's, a fraction; ``ship_to`` and ``invoice_address`` are codes of the customer's addresses.
    """

    order = models.OneToOneField(Order, models.CASCADE, primary_key=True, related_name="terms", db_constraint=False)
    invoice_policy = models.CharField(max_length=9, choices=Policy.choices, default=Policy.DELIVERED)
    discount = RateField(default=0)
    reserve = models.CharField(max_length=10, default="at_confirm")  # or "manual"
    ship_to = models.CharField(max_length=60, blank=True)
    invoice_address = models.CharField(max_length=60, blank=True)
    place = models.BigIntegerField(null=True)
    typed_number = models.BooleanField(default=False)
    quoted_date = models.DateField(null=True)
    confirmed_date = models.DateField(null=True)
    revision = models.PositiveIntegerField(default=0)
    made_by = models.BigIntegerField(null=True)
    made_at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["place"], condition=Q(place__isnull=False), name="terms_place")]

    def __str__(self) -> str:
        return f"{self.order_id}"


class Cut(models.Model):
    """A quantity taken off an order line: closed with the order (reopening ends it), ignored after a cancelled shipment, or not billed
    again after a cancelled invoice ("unbilled": it lowers what may be billed and nothing else). ``OrderLine.cancelled_qty`` is the sum
    of the first two, written with them."""

    line = models.ForeignKey(OrderLine, models.CASCADE, related_name="cuts", db_constraint=False)
    why = models.CharField(max_length=8)  # closed, ignored, unbilled
    qty = QtyField()
    exception = models.ForeignKey("orders.OrderException", models.PROTECT, null=True, related_name="cuts")
    at = models.DateTimeField()
    by = models.BigIntegerField(null=True)
    ended_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.line_id} {self.why}"


class OrderException(models.Model):
    """A cancelled shipment or invoice that waits for somebody's choice: *recreate* or *ignore* (domain.md §1.3)."""

    order = models.ForeignKey(Order, models.CASCADE, related_name="exceptions", db_constraint=False)
    kind = models.CharField(max_length=20)  # shipment_cancelled, invoice_cancelled
    document = models.BigIntegerField()
    at = models.DateTimeField()
    choice = models.CharField(
        max_length=10, blank=True
    )  # recreate, ignore; "overtaken" where the order was closed meanwhile
    chosen_at = models.DateTimeField(null=True)
    chosen_by = models.BigIntegerField(null=True)

    def __str__(self) -> str:
        return f"{self.kind} {self.document}"


class ExceptionLine(models.Model):
    """How much of an order line was on the cancelled document."""

    exception = models.ForeignKey(OrderException, models.CASCADE, related_name="lines")
    line = models.ForeignKey(OrderLine, models.CASCADE, related_name="+", db_constraint=False)
    qty = QtyField()

    def __str__(self) -> str:
        return f"{self.exception_id} {self.line_id}"


class LineWas(models.Model):
    """An order line as it was before an amendment: rows end and are replaced, so that a revision can be read. One that
    the amendment added was not there: no SKU, a quantity of 0, no price."""

    line = models.ForeignKey(OrderLine, models.CASCADE, related_name="was", db_constraint=False)
    revision = models.PositiveIntegerField()
    sku = models.CharField(max_length=100)
    qty = QtyField()
    price = PriceField(null=True)
    at = models.DateTimeField()
    by = models.BigIntegerField(null=True)
    reason = models.CharField(max_length=300, blank=True)

    def __str__(self) -> str:
        return f"{self.line_id} r{self.revision}"


class OrderStatus(models.Model):
    """Where an order stands, recounted from link rows by ``desk.recount`` in the transaction that changed them.

    Lists, queues, totals and search read it; no quantity rule does. Amounts are gross in ``currency`` and mean what
    domain.md §1.10 says. Nothing here depends on the clock: late is ``promised_date < today`` at reading.
    """

    order = models.OneToOneField(Order, models.CASCADE, primary_key=True, related_name="status")
    company = models.PositiveSmallIntegerField(default=1)
    home = models.PositiveIntegerField()
    number = models.CharField(max_length=100)
    customer = models.BigIntegerField(null=True)
    customer_name = models.CharField(max_length=200)
    salesperson = models.CharField(max_length=80, blank=True)
    order_date = models.DateField(null=True)
    promised_date = models.DateField(null=True)
    currency = models.CharField(max_length=3)
    status = models.CharField(max_length=10)  # draft, quoted, confirmed, done, closed, cancelled
    delivery = models.CharField(max_length=12)
    invoicing = models.CharField(max_length=12)
    payment = models.CharField(max_length=12)
    production = models.CharField(max_length=12)
    is_open = models.BooleanField()  # confirmed and not done
    first_name = models.CharField(max_length=200, blank=True)
    line_count = models.PositiveIntegerField()
    ordered_qty = QtyField()
    shipped_qty = QtyField()
    to_ship_qty = QtyField()
    invoiced_qty = QtyField()
    finished_qty = QtyField()
    planned_qty = QtyField()
    ordered = MoneyField()
    effective = MoneyField()
    shipped = MoneyField()
    to_ship = MoneyField()
    invoiced = MoneyField()
    paid = MoneyField()
    deposit = MoneyField()
    written_off = MoneyField(db_default=0)
    open_receivable = MoneyField()
    not_invoiced = MoneyField()
    rounding_difference = MoneyField()
    first_shipped_date = models.DateField(null=True)
    last_shipped_date = models.DateField(null=True)
    due_date = models.DateField(null=True)  # of the oldest invoice still open
    goods_source = models.PositiveIntegerField(null=True)
    invoice_source = models.PositiveIntegerField(null=True)
    money_source = models.PositiveIntegerField(null=True)
    production_source = models.PositiveIntegerField(null=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["promised_date", "order"], name="status_promised"),
            models.Index(fields=["order_date", "order"], name="status_ordered_on"),
            models.Index(fields=["number", "order"], name="status_number"),
            models.Index(fields=["customer_name", "order"], name="status_customer_name"),
            models.Index(fields=["ordered", "order"], name="status_amount"),
            models.Index(fields=["open_receivable", "order"], name="status_receivable"),
            models.Index(fields=["customer", "promised_date", "order"], name="status_customer"),
            models.Index(fields=["promised_date", "order"], condition=Q(is_open=True), name="status_open"),
            models.Index(
                fields=["promised_date", "order"],
                condition=Q(is_open=True, delivery__in=["waiting", "partially"]),
                name="status_to_ship",
            ),
            models.Index(
                fields=["promised_date", "order"],
                condition=Q(is_open=True, invoicing__in=["to_invoice", "partially"]),
                name="status_to_invoice",
            ),
            models.Index(
                fields=["promised_date", "order"],
                condition=Q(is_open=True, open_receivable__gt=0),
                name="status_to_collect",
            ),
        ]

    def __str__(self) -> str:
        return self.number
