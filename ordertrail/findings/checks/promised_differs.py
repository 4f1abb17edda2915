"""Promised: two systems have different days."""

from __future__ import annotations

from decimal import Decimal
from typing import ClassVar

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ordertrail.findings import phrases
from ordertrail.findings.check import Remedy
from ordertrail.findings.claims import Claim, FactRow
from ordertrail.findings.differs import Differs
from ordertrail.findings.phrases import Facts
from ordertrail.findings.view import OrderView


class PromisedDiffers(Differs):
    """Two systems have different promised days for the same order: people work towards different days.

    Money: what is still to be shipped, with tax. It closes when both say the same day.
    """

    label = gettext_lazy("Promised day: systems differ")
    role = "sales"
    fact = "promised"
    foreign = ("order", "promised_date")
    remedies = (Remedy("ask_sales", gettext_lazy("Ask sales"), role="sales"),)
    example: ClassVar = {
        "source": "CRM", "home": "OMS", "number": "SO-2609-0031", "paper": "SO-2609-0031", "paper_id": 7, "said_id": 3,
        "said_number": "CT-0331", "field": "delivery_date", "currency": "CNY", "said": "2026-09-18", "agreed": "2026-09-21",
    }  # fmt: skip

    def money(self, order: OrderView, row: FactRow, claim: Claim) -> Decimal | None:
        """What is still to be shipped by either day."""
        return order.amounts["to_ship"]

    def title(self, facts: Facts) -> str:
        """Such as: CRM promised 09-18 ≠ OMS promised 09-21."""
        return _("%(source)s promised %(said)s ≠ %(home)s promised %(agreed)s") % {
            "source": facts["source"], "home": facts["home"], "said": phrases.day(facts, "said"),
            "agreed": phrases.day(facts, "agreed"),
        }  # fmt: skip

    def next_step(self, facts: Facts) -> str:
        """Sales knows what was promised; one of the two is changed."""
        return _(
            "Ask sales which day the customer was told. %(agreed)s: change %(field)s of %(said_number)s in %(source)s;"
            " %(said)s: change %(paper)s in %(home)s. It closes by itself."
        ) % {
            "source": facts["source"], "home": facts["home"], "said": phrases.day(facts, "said"),
            "agreed": phrases.day(facts, "agreed"), "field": phrases.field(facts, _("the promised day")),
            "said_number": facts["said_number"], "paper": facts["paper"],
        }  # fmt: skip
