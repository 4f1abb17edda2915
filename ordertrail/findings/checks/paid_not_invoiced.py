"""Money came, the goods have left, and no invoice was written."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ordertrail.findings import phrases
from ordertrail.findings.check import Candidate, Check, Remedy
from ordertrail.findings.phrases import Facts, stored
from ordertrail.findings.view import OrderView


class PaidNotInvoiced(Check):
    """The customer has paid for goods that have left, and there is no invoice for them. (A deposit before anything is shipped is
    as it should be.)

    Money: what is paid and shipped without an invoice, with tax. It closes when the invoice is written.
    """

    label = gettext_lazy("Paid without invoice")
    role = "finance"
    fact = "invoiced"
    suspect = "s.deposit > 0 AND s.shipped > s.invoiced"
    remedies = (Remedy("ask_finance", gettext_lazy("Ask finance"), role="finance"),)
    example: ClassVar = {
        "paid": "1130.00", "invoiced": "0", "shipped": "1130.00", "missing": "1130.00", "number": "SO-2609-0040",
        "currency": "CNY",
    }  # fmt: skip

    def per_order(self, order: OrderView) -> Iterable[Candidate]:
        """One candidate while paid goods have left without an invoice."""
        told = order.amounts
        missing = min(told["deposit"], told["shipped"] - told["invoiced"])
        if missing <= 0:
            return
        facts = {
            "paid": stored(told["paid"] + told["deposit"]), "invoiced": stored(told["invoiced"]),
            "shipped": stored(told["shipped"]), "missing": stored(missing), "number": order.number,
            "currency": order.currency,
        }  # fmt: skip
        since = order.since(order.claim("paid"), order.claim("shipped"))
        yield Candidate("order", order.id, since, facts, order.id, money=missing, currency=order.currency)

    def title(self, facts: Facts) -> str:
        """Such as: Paid 1,130.00, shipped 1,130.00, invoiced 0.00."""
        told = {name: phrases.money(facts, name) for name in ("paid", "shipped", "invoiced")}
        return _("Paid %(paid)s, shipped %(shipped)s, invoiced %(invoiced)s") % told

    def next_step(self, facts: Facts) -> str:
        """Write the invoice."""
        return _(
            "Write an invoice over %(missing)s for %(number)s in the system that keeps the invoices. It closes by itself."
        ) % {"missing": phrases.money(facts, "missing"), "number": facts["number"]}
