"""A test order among the real ones."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import ClassVar

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ordertrail.findings import phrases
from ordertrail.findings.check import Candidate, Check, Remedy
from ordertrail.findings.phrases import Facts, stored
from ordertrail.findings.view import OrderView

_WORD = re.compile(r"(?<![a-z])(test|testing|dummy)(?![a-z])|测试|測試|试单|試單", re.IGNORECASE)
"""Words by which people call an order that is none: whole words, so that Testo GmbH and Attestor stay customers."""


class TrialOrder(Check):
    """Somebody tried a system out: the order's number or customer says test, dummy or 测试. It counts in every figure until it is
    cancelled or deleted there.

    Money: the order. It closes when the order is cancelled or gone, or no longer says so.
    """

    label = gettext_lazy("Test order")
    role = "sales"
    suspect = " OR ".join(
        f"LOWER({column}) LIKE '%%{word}%%'"
        for column in ("s.number", "s.customer_name")
        for word in ("test", "dummy", "测试", "測試", "试单", "試單")
    )
    remedies = (Remedy("ask_sales", gettext_lazy("Ask sales"), role="sales"),)
    example: ClassVar = {
        "source": "OMS", "number": "TEST-0001", "word": "TEST", "customer": "测试客户", "ordered": "1356.00", "currency": "CNY",
    }  # fmt: skip

    def per_order(self, order: OrderView) -> Iterable[Candidate]:
        """One candidate while a live order calls itself a test."""
        said = _WORD.search(order.number) or _WORD.search(order.customer_name)
        if said and order.live:
            ordered = order.amounts["ordered"]
            facts = {
                "source": order.sources[order.home.source].name, "number": order.number, "word": said.group(),
                "customer": order.customer_name, "ordered": stored(ordered), "currency": order.currency,
            }  # fmt: skip
            yield Candidate(
                "order", order.id, order.home.began, facts, order.id, money=ordered, currency=order.currency
            )

    def title(self, facts: Facts) -> str:
        """Such as: OMS TEST-0001 looks like a test (“TEST”), and counts."""
        told = {"source": facts["source"], "number": facts["number"], "word": facts["word"]}
        return _("%(source)s %(number)s looks like a test (“%(word)s”), and counts") % told

    def next_step(self, facts: Facts) -> str:
        """Where it is taken out."""
        return _(
            "If %(number)s (%(customer)s, %(ordered)s) is a test: cancel or delete it in %(source)s, and it counts no more. If it is"
            " real: write that in a note here, and give it a name there that says so. It closes by itself."
        ) % {
            "number": facts["number"], "customer": facts["customer"], "ordered": phrases.money(facts, "ordered"),
            "source": facts["source"],
        }  # fmt: skip
