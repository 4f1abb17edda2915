"""Ended in one system, going on in another."""

from __future__ import annotations

from typing import Any, ClassVar

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ordertrail.findings.check import Remedy
from ordertrail.findings.claims import ENDED, Claim, FactRow
from ordertrail.findings.differs import Differs
from ordertrail.findings.phrases import Facts
from ordertrail.findings.view import OrderView


class CancelledButOpen(Differs):
    """An order is cancelled or closed in one system and goes on in another: somebody may still make, ship or bill it.

    Money: the order, with tax. It closes when both have ended it, or both have it open.
    """

    label = gettext_lazy("Ended here, open there")
    role = "sales"
    fact = "state"
    foreign = ("order", "state")
    remedies = (Remedy("ask_sales", gettext_lazy("Ask sales"), role="sales"),)
    example: ClassVar = {
        "source": "ERP", "home": "OMS", "number": "SO-2609-0031", "paper": "SO-2609-0031", "paper_id": 7, "said_id": 3,
        "said_number": "XS26090031", "field": "bill_status", "currency": "CNY", "said": "confirmed", "agreed": "cancelled",
    }  # fmt: skip

    def concerns(self, order: OrderView) -> bool:
        """Cancelled ones just as well."""
        return True

    def facts(self, order: OrderView, row: FactRow, claim: Claim, own: Claim) -> dict[str, Any]:
        """The states by their words."""
        return {**super().facts(order, row, claim, own), "said": str(claim.value), "agreed": str(own.value)}

    def title(self, facts: Facts) -> str:
        """Such as: OMS cancelled it, in ERP it is still open."""
        ended, other = ("source", "home") if facts["said"] in ENDED else ("home", "source")
        word = facts["said"] if facts["said"] in ENDED else facts["agreed"]
        told = {"ended": facts[ended], "open": facts[other]}
        if word == "closed":
            return _("%(ended)s closed it, in %(open)s it is still open") % told
        if word == "gone":
            return _("Gone from %(ended)s, in %(open)s it is still open") % told
        return _("%(ended)s cancelled it, in %(open)s it is still open") % told

    def next_step(self, facts: Facts) -> str:
        """Ask which is right; change the other."""
        return _(
            "Ask the customer. If it has ended: end %(open_number)s in %(open)s too; if not: open %(ended_number)s again in"
            " %(ended)s. It closes by itself."
        ) % _sides(facts)


def _sides(facts: Facts) -> dict[str, Any]:
    said = {"name": facts["source"], "number": facts["said_number"]}
    agreed = {"name": facts["home"], "number": facts["paper"]}
    ended, other = (said, agreed) if facts["said"] in ENDED else (agreed, said)
    return {
        "ended": ended["name"], "ended_number": ended["number"], "open": other["name"], "open_number": other["number"],
    }  # fmt: skip
