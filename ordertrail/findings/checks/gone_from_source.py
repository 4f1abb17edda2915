"""A system has deleted an order that other documents still name."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import ClassVar

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ordertrail.findings import phrases
from ordertrail.findings.check import Candidate, Check, Remedy
from ordertrail.findings.phrases import Facts, stored
from ordertrail.findings.view import OrderView


class GoneFromSource(Check):
    """An order was deleted in every system that had it, and shipments or invoices still name it: they count for no order any more.
    (Deleted in one system and open in another: see "ended here, open there".)

    Money: what the invoices bill for it, with tax; else the order. It closes when the order is there again, or nothing names it.
    """

    label = gettext_lazy("Gone from its system")
    role = "sales"
    fact = "state"
    suspect = "o.state = 'cancelled'"
    remedies = (Remedy("ask_sales", gettext_lazy("Ask sales"), role="sales"),)
    example: ClassVar = {
        "source": "OMS", "number": "SO-2609-0031", "papers": "SH-2609-0029 INV-2609-0024", "count": 2, "more": 0,
        "ordered": "1356.00", "currency": "CNY",
    }  # fmt: skip

    def per_order(self, order: OrderView) -> Iterable[Candidate]:
        """One candidate while something names a deleted order."""
        if not order.named_by:
            return
        gross = sum((named.gross for named in order.named_by), Decimal(0))
        numbers = [named.number for named in order.named_by]
        facts = {
            "source": order.sources[order.home.source].name, "number": order.number, "papers": " ".join(numbers[:3]),
            "count": len(numbers), "more": max(len(numbers) - 3, 0), "ordered": stored(order.amounts["ordered"]),
            "currency": order.currency,
        }  # fmt: skip
        since = max(order.home.learned_at, *(named.learned_at for named in order.named_by))
        money = gross or order.amounts["ordered"]
        yield Candidate("order", order.id, since, facts, order.id, money=money, currency=order.currency)

    def title(self, facts: Facts) -> str:
        """Such as: Gone from OMS, and SH-2609-0029 INV-2609-0024 still name it."""
        told = {"source": facts["source"], "papers": facts["papers"], "more": facts["more"]}
        if facts["more"]:
            return _("Gone from %(source)s; still named by %(papers)s and %(more)s more") % told
        return _("Gone from %(source)s; still named by %(papers)s") % told

    def next_step(self, facts: Facts) -> str:
        """Bring it back, or take the rest back."""
        return _(
            "Ask who deleted %(number)s (%(ordered)s) in %(source)s. If by mistake: enter it again under its number; if not:"
            " take back %(papers)s in their systems. It closes by itself."
        ) % {
            "number": facts["number"], "ordered": phrases.money(facts, "ordered"), "source": facts["source"],
            "papers": facts["papers"],
        }  # fmt: skip
