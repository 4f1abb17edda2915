"""Invoices, payments, and which part of a payment counts for which order."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from ordertrail.lib.fields import MoneyField, QtyField, RateField


class InvoiceState(models.TextChoices):
    """What has become of an invoice; only a posted one counts."""

    DRAFT = "draft", _("draft")
    POSTED = "posted", _("posted")
    CANCELLED = "cancelled", _("cancelled")


class Invoice(models.Model):
    """What the customer is billed (``type`` "credit_note" takes back: its amounts are negative). Gross ``total`` in ``currency``.

    ``credits_key`` is the invoice that a credit note names as the one that it credits, ``credits`` that invoice while it is known.
    """

    id = models.BigIntegerField(primary_key=True)
    company = models.PositiveSmallIntegerField(default=1)
    home = models.ForeignKey("records.Source", models.PROTECT, related_name="+", db_index=False)
    number = models.CharField(max_length=100)
    state = models.CharField(max_length=10, choices=InvoiceState.choices)
    type = models.CharField(max_length=12, default="invoice")
    reported = models.BooleanField(default=False)
    customer_name = models.CharField(max_length=200, blank=True)
    invoice_date = models.DateField(null=True, db_index=True)
    due_date = models.DateField(null=True)
    currency = models.CharField(max_length=3)
    net = MoneyField()
    tax = MoneyField()
    total = MoneyField()
    total_told = MoneyField(null=True)
    digits = models.PositiveSmallIntegerField(default=2)  # decimals of the currency
    tax_invoice_number = models.CharField(max_length=40, blank=True)
    customer = models.BigIntegerField(null=True)  # of our own invoices; others tell only a name
    blocks_shipping = models.BooleanField(db_default=False)  # an advance: nothing is shipped until it is paid
    rate = RateField(null=True)  # company currency for one unit of the invoice's
    posted_at = models.DateTimeField(null=True)
    counters = models.ForeignKey("self", models.PROTECT, null=True, related_name="countered_by", db_constraint=False)
    prices_include_tax = models.BooleanField(db_default=False)
    cancelled_at = models.DateTimeField(null=True)  # of a posted one: when its counter-document took all of it back
    credits_key = models.CharField(max_length=100, blank=True, db_index=True, db_default="")
    credits = models.ForeignKey("self", models.DO_NOTHING, null=True, db_constraint=False, related_name="+")

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["customer"], condition=models.Q(customer__isnull=False), name="invoice_of_customer")
        ]

    def __str__(self) -> str:
        return self.number


class InvoiceLine(models.Model):
    """Link row order line ↔ invoice: a billed quantity (empty where only money was billed) and its amounts.

    ``counts`` as on a shipment line: posted, and the source is the one believed for that order's invoices.
    """

    id = models.BigIntegerField(primary_key=True)
    invoice = models.ForeignKey(Invoice, models.CASCADE, related_name="lines")
    line = models.PositiveIntegerField()
    order_key = models.CharField(max_length=100, blank=True, db_index=True)
    order = models.ForeignKey(
        "orders.Order", models.DO_NOTHING, null=True, db_constraint=False, related_name="invoice_lines"
    )
    order_line = models.ForeignKey(
        "orders.OrderLine", models.DO_NOTHING, null=True, db_constraint=False, related_name="invoice_lines"
    )
    sku = models.CharField(max_length=100, blank=True)
    qty = QtyField(null=True)
    net = MoneyField()
    tax_rate = RateField()
    tax = MoneyField()
    gross = MoneyField()
    kind = models.CharField(max_length=10, db_default="")  # "" goods, amount, advance, deduction (of an advance)
    credits = models.BigIntegerField(null=True)  # of a credit note in parts: the invoice's line that it takes back
    standing = models.PositiveIntegerField()
    counts = models.BooleanField(default=False)

    def __str__(self) -> str:
        return f"{self.invoice_id}/{self.line}"


class InvoiceShare(models.Model):
    """An order's share of an invoice, gross, to the cent: Σ of its lines' gross with its own tax (domain.md §1.5, §1.10).

    The shares of an invoice sum to its total. Lines that name no order (freight) are spread over the orders by gross; what belongs to
    an order that is not known yet has ``order`` empty.
    """

    id = models.BigIntegerField(primary_key=True)
    invoice = models.ForeignKey(Invoice, models.CASCADE, related_name="shares")
    order = models.ForeignKey(
        "orders.Order", models.DO_NOTHING, null=True, db_constraint=False, related_name="invoice_shares"
    )
    gross = MoneyField()
    due_date = models.DateField(null=True)
    standing = models.PositiveIntegerField()
    counts = models.BooleanField(default=False)

    def __str__(self) -> str:
        return f"{self.invoice_id}:{self.order_id}"


class Payment(models.Model):
    """Money that came in from a customer, or (negative ``amount``) went back, in ``currency``."""

    id = models.BigIntegerField(primary_key=True)
    company = models.PositiveSmallIntegerField(default=1)
    home = models.ForeignKey("records.Source", models.PROTECT, related_name="+", db_index=False)
    number = models.CharField(max_length=100)
    state = models.CharField(max_length=10)  # draft, done, cancelled
    reported = models.BooleanField(default=False)
    paid_at = models.DateTimeField(null=True)
    paid_date = models.DateField(null=True, db_index=True)
    payer = models.CharField(max_length=200, blank=True)
    currency = models.CharField(max_length=3)
    amount = MoneyField()
    reference = models.CharField(max_length=300, blank=True)
    customer = models.BigIntegerField(null=True)  # of our own payments
    rate = RateField(null=True)  # company currency for one unit of the payment's
    deposit_for = models.BigIntegerField(null=True)  # the order that the money is tied to
    refunds = models.ForeignKey("self", models.PROTECT, null=True, related_name="refunded_by", db_constraint=False)
    credit_note = models.BigIntegerField(null=True)  # what a refund pays out
    made_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["deposit_for"], condition=models.Q(deposit_for__isnull=False), name="payment_tied"),
            models.Index(fields=["customer"], condition=models.Q(customer__isnull=False), name="payment_of_customer"),
        ]

    def __str__(self) -> str:
        return self.number


class Allocation(models.Model):
    """Which part of a payment settles which invoice, or which order where it names no invoice.

    ``invoice_key`` and ``order_key`` are as the source named them; the links are empty while they can't be matched.
    """

    id = models.BigIntegerField(primary_key=True)
    payment = models.ForeignKey(Payment, models.CASCADE, related_name="allocations")
    line = models.PositiveIntegerField()
    invoice_key = models.CharField(max_length=100, blank=True, db_index=True)
    order_key = models.CharField(max_length=100, blank=True, db_index=True)
    invoice = models.ForeignKey(Invoice, models.DO_NOTHING, null=True, db_constraint=False, related_name="allocations")
    order = models.ForeignKey("orders.Order", models.DO_NOTHING, null=True, db_constraint=False, related_name="+")
    amount = MoneyField()
    by_reference = models.BooleanField(
        default=False
    )  # read out of the payer's text: the amount is found when it is settled
    at = models.DateTimeField(null=True)  # of our own: when it was allocated
    ended_at = models.DateTimeField(null=True)  # ... and taken back; an ended one counts no more
    guessed = models.BooleanField(db_default=False)  # a plain figure in it: it counts only where one document bears it

    def __str__(self) -> str:
        return f"{self.payment_id}/{self.line}"


class PaymentShare(models.Model):
    """Which part of a payment, through which invoice, counts for which order, fixed when it is allocated (domain.md §1.10, money).

    ``order`` is empty for what settles the part of an invoice whose order is not known yet.
    """

    id = models.BigIntegerField(primary_key=True)
    payment = models.ForeignKey(Payment, models.CASCADE, related_name="shares")
    invoice = models.ForeignKey(Invoice, models.DO_NOTHING, null=True, db_constraint=False, related_name="+")
    order = models.ForeignKey(
        "orders.Order", models.DO_NOTHING, null=True, db_constraint=False, related_name="payment_shares"
    )
    amount = MoneyField()
    allocation = models.ForeignKey(Allocation, models.CASCADE, null=True, related_name="shares", db_constraint=False)
    standing = models.PositiveIntegerField()
    counts = models.BooleanField(default=False)

    def __str__(self) -> str:
        return f"{self.payment_id}:{self.order_id}"


class Setoff(models.Model):
    """Which part of a posted credit note (or counter-document) reduces which order's part of which invoice; positive."""

    credit_note = models.ForeignKey(Invoice, models.CASCADE, related_name="setoffs", db_constraint=False)
    invoice = models.ForeignKey(Invoice, models.CASCADE, related_name="reduced_by", db_constraint=False)
    order = models.BigIntegerField(null=True, db_column="order_id")
    amount = MoneyField()
    at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["order"], condition=models.Q(order__isnull=False), name="setoff_by_order")
        ]

    def __str__(self) -> str:
        return f"{self.credit_note_id} {self.invoice_id}"


class WriteOff(models.Model):
    """What nobody will pay: the rest of an order's part of an invoice, or (no invoice) the rest of a payment that is kept as gain."""

    payment = models.ForeignKey(Payment, models.CASCADE, related_name="write_offs", db_constraint=False)
    invoice = models.ForeignKey(Invoice, models.CASCADE, null=True, related_name="write_offs", db_constraint=False)
    order = models.BigIntegerField(null=True, db_column="order_id")
    amount = MoneyField()
    at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["order"], condition=models.Q(order__isnull=False), name="write_off_by_order")
        ]

    def __str__(self) -> str:
        return f"{self.payment_id} {self.amount}"


class BankStatement(models.Model):
    """A file of a bank that somebody brought: whose account it tells of, and what it held."""

    account = models.CharField(max_length=60)
    name = models.CharField(max_length=120)  # of the file
    format = models.CharField(max_length=10)  # table, ofx, camt
    sha256 = models.CharField(max_length=64)
    came_at = models.DateTimeField()
    by = models.ForeignKey("parties.Person", models.PROTECT, related_name="+", db_index=False)

    def __str__(self) -> str:
        return self.name


class BankLineState(models.TextChoices):
    """What has become of a line of a bank statement; only an open one waits for somebody."""

    OPEN = "open", _("to match")
    TAKEN = "taken", _("taken")
    ASIDE = "aside", _("put aside")
    OUT = "out", _("money out")


class BankLine(models.Model):
    """Money that a bank says came in, or (negative ``amount``) went out, in ``currency``; one row however many files tell of it.

    ``key`` tells it from the others of its account (``billing.bank.keyed``); ``statement`` is the file that it came with first,
    ``again`` the files that held it later. ``payment`` is what it was taken as: one of our own, or a mirrored one that tells of the
    same money.
    """

    statement = models.ForeignKey(BankStatement, models.PROTECT, related_name="lines")
    again = models.ManyToManyField(BankStatement, related_name="known")
    account = models.CharField(max_length=60)
    key = models.CharField(max_length=64)
    row = models.PositiveIntegerField()  # in the file that it came with first
    day = models.DateField()
    payer = models.CharField(max_length=200, blank=True)
    text = models.CharField(max_length=600, blank=True)
    bank_id = models.CharField(max_length=100, blank=True)
    currency = models.CharField(max_length=3)
    amount = MoneyField()
    state = models.CharField(max_length=10, choices=BankLineState.choices)
    payment = models.OneToOneField(Payment, models.DO_NOTHING, null=True, db_constraint=False, related_name="bank_line")
    reason = models.CharField(max_length=300, blank=True)  # why it was put aside
    decided_by = models.ForeignKey("parties.Person", models.PROTECT, null=True, related_name="+", db_index=False)
    decided_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["account", "key"], name="bank_line_once")]
        indexes: ClassVar = [models.Index(fields=["state", "day"], name="bank_line_by_state")]

    def __str__(self) -> str:
        return f"{self.day} {self.amount}"
