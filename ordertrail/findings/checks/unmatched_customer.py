"""A customer that no rule could match."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ordertrail.findings.check import Candidate, Check, Remedy, foreign_field
from ordertrail.findings.phrases import Facts
from ordertrail.findings.view import OrderView


class UnmatchedCustomer(Check):
    """An order bears a customer whom nobody knows; or two systems have the same order under two customers that no rule could
    match; or somebody whom only the bank knows pays for it. What belongs to one customer does not come together.

    Money: the order, with tax. It closes when the two are linked, or the right customer stands on the order.
    """

    label = gettext_lazy("Unmatched customer")
    role = "sales"
    suspect = "s.customer IS NULL AND o.customer_key <> ''"
    remedies = (Remedy("link_customers", gettext_lazy("Link the customers"), opens="customer_id"),)
    example: ClassVar = {
        "source": "CRM", "home": "OMS", "said": "Mr Zhou, pier 4", "agreed": "洲际船务", "number": "SO-2609-0031",
        "said_number": "CT-0331", "customer_id": 33, "field": "",
    }  # fmt: skip

    def per_order(self, order: OrderView) -> Iterable[Candidate]:
        """The order's own customer, then that of each system's copy."""
        money, currency = order.amounts["ordered"], order.currency
        home = order.sources[order.frame.home]
        if order.customer is None:
            if order.customer_name and order.live:
                facts: dict[str, Any] = {
                    "source": home.name, "said": order.customer_name, "number": order.number,
                    "field": foreign_field(home, "order", "customer_name") or foreign_field(home, "order", "customer"),
                }  # fmt: skip
                yield Candidate("order", order.id, order.since(), facts, order.id, money=money, currency=currency)
            return
        for paper, customer, name in order.customers:
            if customer is not None and customer != order.customer:
                facts = {
                    "customer_id": customer, "source": order.sources[paper.source].name, "home": home.name, "said": name,
                    "agreed": order.agreed_customer, "number": order.number, "said_number": paper.number,
                    "field": foreign_field(order.sources[paper.source], "order", "customer"), "kind": paper.kind,
                }  # fmt: skip
                since = max(paper.began, order.home.began)
                key = f"#{order.customer}"
                role = "finance" if paper.kind == "payment" else ""
                yield Candidate("customer", customer, since, facts, order.id, key, money, currency, role)

    def title(self, facts: Facts) -> str:
        """Such as: Customer: CRM “Mr Zhou” ≠ OMS “Intercontinental Shipping”."""
        if "agreed" not in facts:
            return _("Nobody knows the customer “%(said)s”") % {"said": facts["said"]}
        told = {name: facts[name] for name in ("source", "said", "home", "agreed")}
        if facts.get("kind") == "payment":
            return _("%(source)s: “%(said)s” pays for “%(agreed)s”") % told
        return _("Customer: %(source)s “%(said)s” ≠ %(home)s “%(agreed)s”") % told

    def next_step(self, facts: Facts) -> str:
        """Link them, or put the order's customer right."""
        told = {name: facts.get(name, "") for name in ("source", "number", "said_number")}
        if "agreed" not in facts:
            return (
                _(
                    "Put the customer of %(number)s right in %(source)s, or enter the customer in the system that keeps them."
                    " It closes by itself."
                )
                % told
            )
        if facts.get("kind") == "payment":
            return _(
                "If both are one customer: link them on the customer's page; if not: ask %(agreed)s why somebody else pays,"
                " and keep the answer in a comment. It closes when they are linked."
            ) % {"agreed": facts["agreed"]}
        return (
            _(
                "If both are one customer: link them on the customer's page; if not: put the customer of %(said_number)s right in"
                " %(source)s. It closes by itself."
            )
            % told
        )
