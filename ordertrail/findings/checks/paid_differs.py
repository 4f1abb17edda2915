"""Paid: two systems have different amounts."""

from __future__ import annotations

from typing import ClassVar

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ordertrail.findings import phrases
from ordertrail.findings.check import Remedy
from ordertrail.findings.differs import Differs
from ordertrail.findings.phrases import Facts
from ordertrail.findings.view import OrderView


class PaidDiffers(Differs):
    """One system has booked another amount for an order than the bank has received (or money that the bank never had).

    Money: the difference. It closes when both say the same amount.
    """

    label = gettext_lazy("Paid: systems differ")
    role = "finance"
    fact = "paid"
    foreign = ("order", "paid")
    remedies = (Remedy("ask_finance", gettext_lazy("Ask finance"), role="finance"),)
    example: ClassVar = {
        "source": "ERP", "home": "Bank", "number": "SO-2609-0012", "paper": "2026091500371", "paper_id": 7, "said_id": 3,
        "said_number": "PAY-2609-0004", "field": "", "currency": "CNY", "said": "1356.00", "agreed": "1311.00",
        "gap": "45.00",
    }  # fmt: skip

    def concerns(self, order: OrderView) -> bool:
        """Of a cancelled order too: money that came has to go back."""
        return True

    def title(self, facts: Facts) -> str:
        """Such as: ERP paid 1,356.00 ≠ Bank paid 1,311.00."""
        return _("%(source)s paid %(said)s ≠ %(home)s paid %(agreed)s") % {
            "source": facts["source"], "home": facts["home"], "said": phrases.money(facts, "said"),
            "agreed": phrases.money(facts, "agreed"),
        }  # fmt: skip

    def next_step(self, facts: Facts) -> str:
        """The bank is right; the booking is changed, or the missing money found."""
        told = {
            "source": facts["source"], "home": facts["home"], "gap": phrases.money(facts, "gap"),
            "agreed": phrases.money(facts, "agreed"), "said_number": facts["said_number"],
            "paper": facts["paper"] or facts["number"],
        }  # fmt: skip
        return (
            _(
                "Compare %(said_number)s in %(source)s with %(home)s (%(paper)s): change the amount in %(source)s to %(agreed)s,"
                " or find the %(gap)s between them. It closes by itself."
            )
            % told
        )
