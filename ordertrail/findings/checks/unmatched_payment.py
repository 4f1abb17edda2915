"""Money that is on no invoice and for no order."""

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
    """Money has come in, and no invoice or order is known that it is for, or it is more than they ask for. Or money went back, and
    nothing is known that it gives back. Where the payer is a customer, the oldest open invoices are named.

    Money: the part that is not placed. It closes when it is booked on an invoice or an order.
    """

    label = gettext_lazy("Unmatched payment")
    role = "finance"
    fact = "paid"
    beside = ("invoice", "payment")
    remedies = (
        Remedy("see_payment", gettext_lazy("See the payment"), opens="payment_id"),
        Remedy("ask_sales", gettext_lazy("Ask sales"), role="sales"),
    )
    example: ClassVar = {
        "source": "Bank", "payer": "东澳渔业设备有限公司", "rest": "2000.00", "amount": "2000.00", "paid": "2026-09-15",
        "number": "2026091500371", "reference": "预付款", "payment_id": 5, "currency": "CNY",
    }  # fmt: skip

    def per_payment(self, payment: PaymentView) -> Iterable[Candidate]:
        """One candidate while a part is placed nowhere. What is for a document in another currency is told by its own check, and what
        several systems tell of the same money once, by the one that is believed."""
        rest = abs(payment.amount - payment.placed)
        if not rest or payment.foreign or payment.echo:
            return
        facts = {
            "source": payment.source.name, "payer": payment.payer, "rest": stored(rest), "amount": stored(abs(payment.amount)),
            "paid": "" if payment.paid_date is None else stored(payment.paid_date), "number": payment.number,
            "reference": payment.reference, "payment_id": payment.id, "currency": payment.currency,
        }  # fmt: skip
        if payment.amount < 0:
            facts["back"] = True
        elif payment.payer_known:
            facts["known"] = True
            facts["opens"] = [[number, stored(left)] for number, left in payment.opens]
        yield Candidate("payment", payment.id, payment.began, facts, money=rest, currency=payment.currency)

    def title(self, facts: Facts) -> str:
        """Such as: 2,000.00 from “东澳渔业设备有限公司”: no such customer, no invoice."""
        told = {"rest": phrases.money(facts, "rest"), "payer": facts["payer"], "number": facts["number"]}
        if facts.get("back"):
            return _("%(rest)s went back (%(number)s), for no payment and no credit note that is known") % told
        if facts.get("known"):
            return _("%(rest)s from “%(payer)s” (%(number)s) are on no invoice") % told
        if not facts["payer"]:
            return _("%(rest)s received (%(number)s), payer and invoice unknown") % told
        return _("%(rest)s from “%(payer)s”: no such customer, no invoice") % told

    @staticmethod
    def _open(one: tuple[str, str], facts: Facts) -> str:
        number, left = one
        return f"{number} ({phrases.money({'left': left, 'currency': facts['currency']}, 'left')})"

    def next_step(self, facts: Facts) -> str:
        """Find out whose it is, and book it."""
        if facts.get("back"):
            return _(
                "Ask sales what was paid back (receiver: %(payer)s, remark: %(reference)s). Then book %(number)s on its credit note or"
                " invoice in the system that keeps the payments. It closes by itself."
            ) % {"payer": facts["payer"] or "–", "reference": facts["reference"] or "–", "number": facts["number"]}
        if facts.get("opens"):
            return _(
                "Book %(number)s on the invoice that it pays in the system that keeps the payments; the oldest open ones: %(opens)s."
                " It closes by itself."
            ) % {"number": facts["number"], "opens": ", ".join(self._open(one, facts) for one in facts["opens"])}
        if facts.get("known"):
            return _(
                "Nothing of this customer is open. Ask sales what it is for (remark: %(reference)s): book it as a deposit on its order"
                " in the system that keeps the payments, or pay it back. It closes by itself."
            ) % {"reference": facts["reference"] or "–"}
        return _(
            "Ask sales who this is (remark: %(reference)s). Then book %(number)s on the invoice that it pays in the system that"
            " keeps the payments. It closes by itself."
        ) % {"reference": facts["reference"] or "–", "number": facts["number"]}
