"""Shipped: two systems say different quantities."""

from __future__ import annotations

from decimal import Decimal
from typing import ClassVar

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ordertrail.findings import phrases
from ordertrail.findings.check import Remedy
from ordertrail.findings.differs import Differs
from ordertrail.findings.phrases import Facts


class ShippedDiffers(Differs):
    """One system says that more (or less) of an order has left than the warehouse has sent.

    Money: the goods in between, with tax. It closes when both say the same.
    """

    label = gettext_lazy("Shipped: systems differ")
    role = "store"
    fact = "shipped"
    foreign = ("order", "shipped")
    remedies = (Remedy("ask_store", gettext_lazy("Ask the store"), role="store"),)
    example: ClassVar = {
        "source": "OMS", "home": "WMS", "number": "SO-2609-0027", "paper": "SH-2609-0029", "paper_id": 7, "said_id": 3,
        "said_number": "SO-2609-0027", "field": "status", "currency": "CNY", "said": "10", "agreed": "6", "gap": "4",
        "unit": "件",
    }  # fmt: skip

    def title(self, facts: Facts) -> str:
        """Such as: OMS shipped 10 ≠ WMS sent 6."""
        told = {"source": facts["source"], "home": facts["home"], "said": phrases.qty(facts, "said")}
        told |= {"agreed": phrases.qty(facts, "agreed"), "gap": phrases.qty(facts, "gap"), "unit": phrases.unit(facts)}
        if facts["said"] == facts["agreed"]:
            return _("%(source)s shipped other lines than %(home)s sent: %(gap)s %(unit)s apart") % told
        return phrases.on_sku(_("%(source)s shipped %(said)s ≠ %(home)s sent %(agreed)s") % told, facts)

    def next_step(self, facts: Facts) -> str:
        """Whether the difference has left decides which system is put right."""
        told = {
            "source": facts["source"], "home": facts["home"], "gap": phrases.qty(facts, "gap"), "unit": phrases.unit(facts),
            "paper": facts["said_number"], "field": phrases.field(facts, _("the shipped quantity")),
        }  # fmt: skip
        if Decimal(facts["said"]) < Decimal(facts["agreed"]):
            return (
                _(
                    "Compare the shipments of both. If %(gap)s %(unit)s have left: enter them in %(source)s (%(paper)s, %(field)s);"
                    " if not: cancel their shipment in %(home)s. It closes by itself."
                )
                % told
            )
        return (
            _(
                "Ask the store whether %(gap)s %(unit)s are still there. If they have left: enter the shipment in %(home)s;"
                " if not: put %(field)s of %(paper)s right in %(source)s. It closes by itself."
            )
            % told
        )
