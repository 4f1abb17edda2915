"""A line of a shipment or invoice that fits no line of its order."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal
from typing import Any, ClassVar

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ordertrail.findings import phrases
from ordertrail.findings.check import Candidate, Check, Remedy
from ordertrail.findings.phrases import Facts, stored
from ordertrail.findings.view import LooseLine, OrderView, PaperView

ROLES = {"shipment": "store", "invoice": "finance"}


class UnmatchedLine(Check):
    """A shipment or an invoice has a line whose product the order does not have, or names an order that nobody knows, or a number
    that several orders bear. Such a line counts nowhere, so the order looks emptier than it is.

    Money: what the invoice bills on it, with tax. It closes when the product or the order's number is put right.
    """

    label = gettext_lazy("Unmatched line")
    role = "store"
    suspect = (
        "EXISTS (SELECT 1 FROM shipping_shipmentline r WHERE r.order_id = s.order_id AND r.order_line_id IS NULL)"
        " OR EXISTS (SELECT 1 FROM billing_invoiceline r WHERE r.order_id = s.order_id AND r.order_line_id IS NULL)"
    )
    remedies = (Remedy("see_document", gettext_lazy("See the document"), opens="paper_id"),)
    example: ClassVar = {
        "source": "WMS", "paper": "SH-2609-0033", "paper_id": 8, "kind": "shipment", "qty": "4", "sku": "HL-NL09",
        "number": "SO-2609-0031", "currency": "CNY",
    }  # fmt: skip

    def per_order(self, order: OrderView) -> Iterable[Candidate]:
        """One candidate for each document with lines that fit none of the order's."""
        by_paper: dict[int, list[LooseLine]] = defaultdict(list)
        for line in order.loose:
            by_paper[line.document].append(line)
        for lines in by_paper.values():
            first = lines[0]
            gross = [line.gross for line in lines if line.gross is not None]
            facts = self._facts(first.kind, first.number, first.document, order.sources[first.source].name) | {
                "qty": stored(sum((line.qty for line in lines), Decimal(0))), "sku": " ".join(line.sku for line in lines),
                "number": order.number, "currency": order.currency,
            }  # fmt: skip
            money = sum(gross, Decimal(0)) if gross else None
            yield Candidate(
                "order", order.id, first.began, facts, order.id, f"#{first.document}", money, order.currency,
                ROLES[first.kind],
            )  # fmt: skip

    def per_paper(self, paper: PaperView) -> Iterable[Candidate]:
        """One candidate for a document that names orders which nobody knows, or which it does not tell apart."""
        if paper.unknown or paper.shared:
            facts = self._facts(paper.kind, paper.number, paper.id, paper.source.name) | {
                "qty": stored(paper.qty), "currency": paper.currency,
            }  # fmt: skip
            if paper.unknown:
                facts["unknown"] = " ".join(paper.unknown)
            if paper.shared:
                facts["shared"] = " ".join(shared.number for shared in paper.shared)
                bearers = (bearer for shared in paper.shared for bearer in shared.orders)
                facts["orders"] = "; ".join(" – ".join(filter(None, bearer)) for bearer in bearers)
            yield Candidate(
                paper.kind, paper.id, paper.began, facts, money=paper.money, currency=paper.currency,
                role=ROLES[paper.kind],
            )  # fmt: skip

    @staticmethod
    def _facts(kind: str, number: str, document: int, source: str) -> dict[str, Any]:
        return {"kind": kind, "paper": number, "paper_id": document, "source": source}

    def title(self, facts: Facts) -> str:
        """Such as: WMS SH-2609-0033: 4 of HL-NL09 are on no line of the order."""
        told = {"source": facts["source"], "paper": facts["paper"], "qty": phrases.qty(facts, "qty")}
        if "shared" in facts:
            return _("%(source)s %(paper)s: several orders bear the number %(shared)s (%(orders)s)") % (
                told | {"shared": facts["shared"], "orders": facts["orders"]}
            )
        if "unknown" in facts:
            return _("%(source)s %(paper)s: nobody knows the order %(unknown)s") % (
                told | {"unknown": facts["unknown"]}
            )
        return _("%(source)s %(paper)s: %(qty)s of %(sku)s are on no line of the order") % (
            told | {"sku": facts["sku"]}
        )

    def next_step(self, facts: Facts) -> str:
        """Where the wrong product or number is put right."""
        told = {"source": facts["source"], "paper": facts["paper"]}
        if "shared" in facts:
            return (
                _(
                    "If they are one order, link them on the page of one of them; if not, name the right one on %(paper)s in"
                    " %(source)s by a number that it alone bears, or change the number of the other in its own system."
                    " It closes by itself."
                )
                % told
            )
        if "unknown" in facts:
            return (
                _(
                    "If the order's number is wrong: correct it on %(paper)s in %(source)s; if the order is new, it comes with the"
                    " next sync of its system. It closes by itself."
                )
                % told
            )
        return _(
            "Compare the products: correct the one on %(paper)s in %(source)s, or the one on %(number)s in its own system."
            " It closes by itself."
        ) % (told | {"number": facts["number"]})
