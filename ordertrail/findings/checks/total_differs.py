"""A document whose printed total is not the sum of its lines."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any, ClassVar

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ordertrail.findings import phrases
from ordertrail.findings.check import Candidate, Check, Remedy
from ordertrail.findings.phrases import Facts, stored
from ordertrail.findings.view import OrderView, PaperView
from ordertrail.lib.money import minor_digits


class TotalDiffers(Check):
    """The total that a system prints on an order or invoice is not what its lines add up to, by more than rounding explains.
    Ordertrail counts the lines.

    Money: the difference. It closes when lines and total agree.
    """

    label = gettext_lazy("Total is not its lines")
    role = "finance"
    suspect = "o.total_told <> s.ordered"
    remedies = (Remedy("see_document", gettext_lazy("See the document"), opens="paper_id"),)
    example: ClassVar = {
        "source": "OMS", "paper": "SO-2609-0031", "paper_id": 7, "told": "1360.00", "counted": "1356.00", "gap": "4.00",
        "currency": "CNY",
    }  # fmt: skip

    def per_order(self, order: OrderView) -> Iterable[Candidate]:
        """One candidate while an order's lines do not make its total."""
        told, counted = order.total_told, order.amounts["ordered"]
        if told is not None and _differ(told, counted, len(order.lines), order.currency):
            source = order.sources[order.frame.home].name
            facts = _facts(source, order.number, order.id, told, counted, order.currency)
            money = abs(told - counted)
            yield Candidate("order", order.id, order.home.began, facts, order.id, money=money, currency=order.currency)

    def per_paper(self, paper: PaperView) -> Iterable[Candidate]:
        """One candidate while an invoice's lines do not make its total."""
        told, counted = paper.total_told, paper.total
        if told is not None and counted is not None and _differ(told, abs(counted), paper.lines, paper.currency):
            facts = _facts(paper.source.name, paper.number, paper.id, told, abs(counted), paper.currency)
            money = abs(told - abs(counted))
            yield Candidate(paper.kind, paper.id, paper.began, facts, money=money, currency=paper.currency)

    def title(self, facts: Facts) -> str:
        """Such as: OMS SO-2609-0031: total 1,360.00 ≠ its lines 1,356.00."""
        return _("%(source)s %(paper)s: total %(told)s ≠ its lines %(counted)s") % {
            "source": facts["source"], "paper": facts["paper"], "told": phrases.money(facts, "told"),
            "counted": phrases.money(facts, "counted"),
        }  # fmt: skip

    def next_step(self, facts: Facts) -> str:
        """Where the document is put right."""
        return _(
            "Find the %(gap)s on %(paper)s in %(source)s: a missing line, a discount or freight beside the lines, another tax"
            " rate. Correct it there; it closes by itself."
        ) % {"gap": phrases.money(facts, "gap"), "paper": facts["paper"], "source": facts["source"]}


def _differ(told: Decimal, counted: Decimal, lines: int, currency: str) -> bool:
    """Whether the two are further apart than a minor unit a line."""
    return abs(told - counted) > Decimal(max(lines, 1)).scaleb(-minor_digits(currency))


def _facts(source: str, number: str, document: int, told: Decimal, counted: Decimal, currency: str) -> dict[str, Any]:
    return {
        "source": source, "paper": number, "paper_id": document, "told": stored(told), "counted": stored(counted),
        "gap": stored(abs(told - counted)), "currency": currency,
    }  # fmt: skip
