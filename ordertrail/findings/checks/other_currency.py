"""An invoice or a payment in another currency than what it is for."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ordertrail.findings import phrases
from ordertrail.findings.check import Candidate, Check, Remedy
from ordertrail.findings.phrases import Facts, stored
from ordertrail.findings.view import PaperView, PaymentView


class OtherCurrency(Check):
    """An invoice is in another currency than an order that it bills, or a payment in another than the invoice or order that it
    is for. Its amounts cannot be added there, so they count nowhere.

    Money: the whole document, in its own currency. It closes when both are in one currency.
    """

    label = gettext_lazy("Another currency")
    role = "finance"
    remedies = (Remedy("see_document", gettext_lazy("See the document"), opens="paper_id"),)
    example: ClassVar = {
        "source": "Bank", "paper": "2026091500371", "paper_id": 5, "kind": "payment", "amount": "1356.00", "currency": "EUR",
        "number": "INV-2609-0024", "wanted": "CNY",
    }  # fmt: skip

    def per_paper(self, paper: PaperView) -> Iterable[Candidate]:
        """One candidate for an invoice whose orders are in another currency."""
        return self._seen(paper, paper.kind, paper.total)

    def per_payment(self, payment: PaymentView) -> Iterable[Candidate]:
        """One candidate for a payment whose invoices or orders are in another currency."""
        return self._seen(payment, "payment", payment.amount)

    @staticmethod
    def _seen(paper: PaperView | PaymentView, kind: str, money: Any) -> Iterable[Candidate]:
        if paper.foreign:
            facts = {
                "kind": kind, "paper": paper.number, "paper_id": paper.id, "source": paper.source.name, "amount": stored(abs(money)),
                "currency": paper.currency, "number": " ".join(number for number, _ in paper.foreign),
                "wanted": paper.foreign[0][1],
            }  # fmt: skip
            yield Candidate(kind, paper.id, paper.began, facts, money=abs(money), currency=paper.currency)

    def title(self, facts: Facts) -> str:
        """Such as: Bank 2026091500371: 1,356.00 EUR for INV-2609-0024, which is in CNY."""
        return _("%(source)s %(paper)s: %(amount)s %(currency)s for %(number)s, which is in %(wanted)s") % {
            **facts,
            "amount": phrases.money(facts, "amount"),
        }

    def next_step(self, facts: Facts) -> str:
        """Where the currency, or the amount in the right one, is put in."""
        return _(
            "It counts nowhere until then: correct the currency of %(paper)s in %(source)s, or enter there what it comes to in"
            " %(wanted)s. It closes by itself."
        ) % dict(facts)
