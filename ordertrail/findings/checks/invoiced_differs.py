"""Invoiced: two systems have different amounts."""

from __future__ import annotations

from typing import Any, ClassVar

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ordertrail.findings import phrases
from ordertrail.findings.check import Remedy
from ordertrail.findings.claims import Claim
from ordertrail.findings.differs import Differs
from ordertrail.findings.phrases import Facts
from ordertrail.findings.view import OrderView


class InvoicedDiffers(Differs):
    """One system says that another amount of an order is invoiced than the system that writes the invoices.

    Money: the difference, with tax. It closes when both say the same amount.
    """

    label = gettext_lazy("Invoiced: systems differ")
    role = "finance"
    fact = "invoiced"
    foreign = ("order", "invoiced")
    remedies = (Remedy("ask_finance", gettext_lazy("Ask finance"), role="finance"),)
    example: ClassVar = {
        "source": "OMS", "home": "ERP", "number": "SO-2609-0012", "paper": "INV-2609-0019", "paper_id": 7, "said_id": 3,
        "said_number": "SO-2609-0012", "field": "billed", "currency": "CNY", "said": "452.00", "agreed": "678.00",
        "gap": "226.00",
    }  # fmt: skip

    def concerns(self, order: OrderView) -> bool:
        """Of a cancelled order too: an invoice stands until somebody takes it back."""
        return True

    def measure(self, claim: Claim) -> Any:
        """Gross amounts are compared, where both have one."""
        return claim.amount if claim.amount is not None else claim.value

    def title(self, facts: Facts) -> str:
        """Such as: OMS invoiced 452.00 ≠ ERP invoiced 678.00."""
        return _("%(source)s invoiced %(said)s ≠ %(home)s invoiced %(agreed)s") % {
            "source": facts["source"], "home": facts["home"], "said": phrases.money(facts, "said"),
            "agreed": phrases.money(facts, "agreed"),
        }  # fmt: skip

    def next_step(self, facts: Facts) -> str:
        """The system that writes the invoices is right unless finance says otherwise."""
        return _(
            "Finance compares the invoices. If %(home)s is right: change %(field)s of %(said_number)s in %(source)s to"
            " %(agreed)s; if not: put the invoice right in %(home)s (%(paper)s). It closes by itself."
        ) % {
            "source": facts["source"], "home": facts["home"], "agreed": phrases.money(facts, "agreed"),
            "field": phrases.field(facts, _("the invoiced amount")), "said_number": facts["said_number"],
            "paper": facts["paper"] or facts["number"],
        }  # fmt: skip
