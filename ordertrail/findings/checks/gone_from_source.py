"""A system has lost an order on which something has happened."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ordertrail.findings import phrases
from ordertrail.findings.check import Candidate, Check, Remedy
from ordertrail.findings.phrases import Facts, stored
from ordertrail.findings.view import OrderView


class GoneFromSource(Check):
    """An order was deleted in the only system that had it, though goods have left for it, it is invoiced or it is paid.
    (Deleted in one system and open in another: see "ended here, open there".)

    Money: the largest of what is shipped, invoiced and paid. It closes when the order is there again, or the rest is taken back.
    """

    label = gettext_lazy("Gone from its system")
    role = "sales"
    fact = "state"
    suspect = "s.status = 'cancelled' AND (s.shipped <> 0 OR s.invoiced <> 0 OR s.paid + s.deposit <> 0)"
    remedies = (Remedy("ask_sales", gettext_lazy("Ask sales"), role="sales"),)
    example: ClassVar = {
        "source": "OMS", "number": "SO-2609-0031", "shipped": "813.60", "invoiced": "1356.00", "paid": "0", "currency": "CNY",
    }  # fmt: skip

    def per_order(self, order: OrderView) -> Iterable[Candidate]:
        """One candidate while every system has lost an order on which something has happened."""
        told = order.amounts
        paid = told["paid"] + told["deposit"]
        money = max(told["shipped"], told["invoiced"], paid)
        if money > 0 and all(paper.gone for paper in order.members):
            facts = {
                "source": order.sources[order.home.source].name, "number": order.number, "shipped": stored(told["shipped"]),
                "invoiced": stored(told["invoiced"]), "paid": stored(paid), "currency": order.currency,
            }  # fmt: skip
            yield Candidate("order", order.id, order.since(), facts, order.id, money=money, currency=order.currency)

    def title(self, facts: Facts) -> str:
        """Such as: Gone from OMS, with 813.60 shipped, 1,356.00 invoiced, 0.00 paid."""
        told = {name: phrases.money(facts, name) for name in ("shipped", "invoiced", "paid")}
        return _("Gone from %(source)s: %(shipped)s shipped, %(invoiced)s invoiced, %(paid)s paid") % (
            told | {"source": facts["source"]}
        )

    def next_step(self, facts: Facts) -> str:
        """Bring it back, or take the rest back."""
        return _(
            "Ask who deleted %(number)s in %(source)s. If by mistake: enter it again under its number; if not: take back its"
            " shipments, invoices and payments in their systems. It closes by itself."
        ) % {"number": facts["number"], "source": facts["source"]}
