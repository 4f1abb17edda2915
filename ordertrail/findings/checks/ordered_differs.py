"""Ordered: two systems have different quantities."""

from __future__ import annotations

from typing import ClassVar

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ordertrail.findings import phrases
from ordertrail.findings.check import Remedy
from ordertrail.findings.differs import Differs
from ordertrail.findings.phrases import Facts


class OrderedDiffers(Differs):
    """Two systems have different quantities for the same order: somebody would ship, make or bill the wrong number.

    Money: the goods in between, with tax. It closes when both say the same.
    """

    label = gettext_lazy("Ordered: systems differ")
    role = "sales"
    fact = "ordered"
    foreign = ("order", "qty")
    remedies = (Remedy("ask_sales", gettext_lazy("Ask sales"), role="sales"),)
    example: ClassVar = {
        "source": "CRM", "home": "OMS", "number": "SO-2609-0031", "paper": "SO-2609-0031", "paper_id": 7, "said_id": 3,
        "said_number": "CT-0331", "field": "quantity", "currency": "CNY", "said": "12", "agreed": "10", "gap": "2",
        "unit": "件", "sku": "HL-NL02",
    }  # fmt: skip

    def title(self, facts: Facts) -> str:
        """Such as: CRM ordered 12 ≠ OMS ordered 10."""
        told = {"source": facts["source"], "home": facts["home"], "said": phrases.qty(facts, "said")}
        told |= {"agreed": phrases.qty(facts, "agreed"), "gap": phrases.qty(facts, "gap"), "unit": phrases.unit(facts)}
        if facts["said"] == facts["agreed"]:
            return _("%(source)s ordered other lines than %(home)s: %(gap)s %(unit)s apart") % told
        return phrases.on_sku(_("%(source)s ordered %(said)s ≠ %(home)s ordered %(agreed)s") % told, facts)

    def next_step(self, facts: Facts) -> str:
        """Sales knows what was agreed; one of the two is changed."""
        return _(
            "Ask sales what was agreed. %(agreed)s: change %(field)s of %(said_number)s in %(source)s;"
            " %(said)s: change %(paper)s in %(home)s. It closes by itself."
        ) % {
            "source": facts["source"], "home": facts["home"], "said": phrases.qty(facts, "said"),
            "agreed": phrases.qty(facts, "agreed"), "field": phrases.field(facts, _("the quantity")),
            "said_number": facts["said_number"], "paper": facts["paper"],
        }  # fmt: skip
