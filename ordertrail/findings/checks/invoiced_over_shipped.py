"""More is invoiced than has left."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any, ClassVar

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ordertrail.findings import phrases
from ordertrail.findings.check import Candidate, Check, Remedy
from ordertrail.findings.phrases import Facts, stored
from ordertrail.findings.view import LineView, OrderView


class InvoicedOverShipped(Check):
    """The customer is billed for more than has been sent (for services: than was ordered).

    Money: what is billed too much, with tax. It closes when the rest is shipped or a credit note takes it back.
    """

    label = gettext_lazy("Invoiced more than shipped")
    role = "finance"
    fact = "invoiced"
    suspect = "s.invoicing = 'over'"
    remedies = (
        Remedy("ship_rest", gettext_lazy("Hand to the store: ship the rest"), role="store"),
        Remedy("credit_note", gettext_lazy("See the invoice"), opens="paper_id"),
    )
    example: ClassVar = {
        "invoiced": "10", "base": "6", "over": "4", "against": "shipped", "unit": "件", "price": "120", "net": "480",
        "gross": "542.4", "lines": 1, "paper": "INV-2609-0024", "paper_id": 7, "home": "ERP", "currency": "CNY",
    }  # fmt: skip

    def per_order(self, order: OrderView) -> Iterable[Candidate]:
        """One candidate for all lines that are billed too much."""
        over = {line: gap for line in order.lines if (gap := line.invoiced - _base(order, line)) > 0}
        invoiced = order.claim("invoiced")
        if not over or invoiced is None:
            return
        by_line = {line.id: gap for line, gap in over.items()}
        facts: dict[str, Any] = {
            "invoiced": stored(sum((line.invoiced for line in over), Decimal(0))),
            "base": stored(sum((_base(order, line) for line in over), Decimal(0))),
            "over": stored(sum(over.values(), Decimal(0))),
            "against": "shipped" if order.goods_told and not all(line.service for line in over) else "ordered",
            "net": stored(order.net(by_line)), "gross": stored(order.gross(by_line)), "lines": len(over),
            "paper": invoiced.number, "paper_id": invoiced.document, "home": order.sources[invoiced.source].name,
            "currency": order.currency,
        }  # fmt: skip
        units = {line.unit for line in over}
        facts["unit"] = units.pop() if len(units) == 1 else ""
        line = next(iter(over))
        if len(over) == 1 and line.price is not None:
            facts["price"] = stored(line.price)
        if len(over) == 1 and len(order.lines) > 1:
            facts["sku"] = line.sku
        since = order.since(invoiced, order.claim("shipped"))
        yield Candidate("order", order.id, since, facts, order.id, money=order.gross(by_line), currency=order.currency)

    def title(self, facts: Facts) -> str:
        """Such as: Invoiced 10 > shipped 6: 4 pcs × 120.00."""
        told = {name: phrases.qty(facts, name) for name in ("invoiced", "base", "over")}
        told |= {"unit": phrases.unit(facts), "net": phrases.money(facts, "net"), "lines": facts["lines"]}
        if facts.get("price"):
            told["price"] = phrases.money(facts, "price")
            if facts["against"] == "ordered":
                said = _("Invoiced %(invoiced)s > ordered %(base)s: %(over)s %(unit)s × %(price)s") % told
            else:
                said = _("Invoiced %(invoiced)s > shipped %(base)s: %(over)s %(unit)s × %(price)s") % told
            return phrases.on_sku(said, facts)
        if facts["against"] == "ordered":
            return _("Invoiced %(invoiced)s > ordered %(base)s: %(over)s %(unit)s, %(net)s in all") % told
        return _("Invoiced %(invoiced)s > shipped %(base)s: %(over)s %(unit)s, %(net)s in all") % told

    def next_step(self, facts: Facts) -> str:
        """Ship the rest, or take it back."""
        told = {
            "over": phrases.qty(facts, "over"), "unit": phrases.unit(facts), "gross": phrases.money(facts, "gross"),
            "home": facts["home"], "paper": facts["paper"],
        }  # fmt: skip
        if facts["against"] == "ordered":
            return _("Issue a credit note over %(gross)s for %(paper)s in %(home)s. It closes by itself.") % told
        return (
            _(
                "Ship %(over)s %(unit)s more, or issue a credit note over %(gross)s for %(paper)s in %(home)s. It closes by itself."
            )
            % told
        )


def _base(order: OrderView, line: LineView) -> Decimal:
    """What may be billed of a line: what has left and stayed away; of a service, or where nobody speaks of goods, what was ordered."""
    return line.wanted if line.service or not order.goods_told else line.shipped - line.returned
