"""Money from somebody whom nobody knows."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ordertrail.findings import phrases
from ordertrail.findings.check import Candidate, Check, Remedy
from ordertrail.findings.phrases import Facts, stored
from ordertrail.findings.view import PaymentView


class UnmatchedPayment(Check):
    """Money has come in, its payer is no customer's name, and no invoice or order is known that it is for.

    Money: the part that is not placed. It closes when it is booked on an invoice, or its payer becomes a known name.
    """

    label = gettext_lazy("Unmatched payment")
    role = "finance"
    fact = "paid"
    remedies = (
        Remedy("see_payment", gettext_lazy("See the payment"), opens="payment_id"),
        Remedy("ask_sales", gettext_lazy("Ask sales"), role="sales"),
    )
    example: ClassVar = {
        "source": "Bank", "payer": "东澳渔业设备有限公司", "rest": "2000.00", "amount": "2000.00", "paid": "2026-09-15",
        "number": "2026091500371", "reference": "预付款", "payment_id": 5, "currency": "CNY",
    }  # fmt: skip

    def per_payment(self, payment: PaymentView) -> Iterable[Candidate]:
        """One candidate while a part is placed nowhere and the payer is unknown."""
        rest = payment.amount - payment.placed
        if rest <= 0 or payment.payer_known:
            return
        facts = {
            "source": payment.source.name, "payer": payment.payer, "rest": stored(rest), "amount": stored(payment.amount),
            "paid": "" if payment.paid_date is None else stored(payment.paid_date), "number": payment.number,
            "reference": payment.reference, "payment_id": payment.id, "currency": payment.currency,
        }  # fmt: skip
        yield Candidate("payment", payment.id, payment.began, facts, money=rest, currency=payment.currency)

    def title(self, facts: Facts) -> str:
        """Such as: 2,000.00 from “东澳渔业设备有限公司”: no such customer, no invoice."""
        told = {"rest": phrases.money(facts, "rest"), "payer": facts["payer"], "number": facts["number"]}
        if not facts["payer"]:
            return _("%(rest)s received (%(number)s), payer and invoice unknown") % told
        return _("%(rest)s from “%(payer)s”: no such customer, no invoice") % told

    def next_step(self, facts: Facts) -> str:
        """Find out whose it is, and book it."""
        return _(
            "Ask sales who this is (remark: %(reference)s). Then book %(number)s on the invoice that it pays in the system that"
            " keeps the payments. It closes by itself."
        ) % {"reference": facts["reference"] or "–", "number": facts["number"]}
