"""Bugs that others have had (domain.md §3, reliability.md §2.2) or that one could write here, planted in the product for one test."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from ordertrail.billing import amounts, settling
from ordertrail.billing import queries as bill_queries
from ordertrail.billing import rules as money_rules
from ordertrail.desk import credit, lower_invoices, lowering, post_invoice, propose_invoices, queue
from ordertrail.orders import exceptions
from ordertrail.shipping import rules as goods_rules
from ordertrail.stock import actions
from ordertrail.stock import rules as cost_rules

Bug = Callable[[pytest.MonkeyPatch], None]
BUGS: dict[str, Bug] = {}


def everywhere(patch: pytest.MonkeyPatch, was: Callable[..., Any], now: Callable[..., Any]) -> None:
    """Put ``now`` in the place of a function in every module that has taken it over."""
    for module in [
        module for name, module in sys.modules.items() if name.startswith("ordertrail.") and ".tests" not in name
    ]:
        for name, value in list(vars(module).items()):
            if value is was:
                patch.setattr(module, name, now)


def instead(was: Callable[..., Any], now: Callable[..., Any], name: str) -> None:
    """A bug that is another function in the place of the right one."""
    BUGS[name] = lambda patch: everywhere(patch, was, now)


def last_first(of: Any) -> Any:
    return list(reversed(list(of)))


instead(queue.serve, lambda *_a, **_k: None, "waiting lines get nothing")
instead(queue._waiting, lambda *a, _was=queue._waiting: last_first(_was(*a)), "the last confirmed is served first")
instead(actions.check_there, lambda *_a, **_k: None, "stock is sold twice")
instead(
    cost_rules.to_end,
    lambda left, held, _was=cost_rules.to_end: _was(left, list(held)[:1]),
    "a release ends one reservation only",
)
instead(
    cost_rules.take,
    lambda piles, *a, _was=cost_rules.take: _was(last_first(piles), *a),
    "the newest goods go out first",
)
instead(
    cost_rules.average_after,
    lambda average, _stock, cost, _qty: (average + cost) // 2,
    "the average is of prices, not of goods",
)
instead(
    cost_rules.piece_back,
    lambda cost, qty, _q, _v, part, digits: (
        money_rules.payment_shares(cost, [("1", part), ("2", qty - part)], digits)["1"] if part < qty else cost
    ),
    "the last piece back takes no residual",
)
instead(
    goods_rules.lowered,
    lambda qty, drafts, _was=goods_rules.lowered: _was(qty, last_first(drafts)),
    "the oldest draft is lowered",
)
instead(goods_rules.lowered, lambda *_a: {}, "draft shipments are not lowered")
instead(
    goods_rules.undone,
    lambda qty, outs, *a, _was=goods_rules.undone: _was(qty, last_first(outs), *a),
    "a return undoes the first shipment",
)
instead(goods_rules.why_not, lambda *_a, **_k: None, "any quantity may be shipped")
instead(lower_invoices.lower_invoices, lambda *_a, **_k: None, "draft invoices are not lowered")
instead(credit.credit_return, lambda *_a, **_k: None, "a return is never credited")
instead(exceptions.give_back, lambda *_a, **_k: None, "reopening gives nothing back")
instead(bill_queries.blocking, lambda *_a, **_k: {}, "an unpaid advance blocks nothing")
instead(post_invoice._take_tied, lambda *_a, **_k: None, "a deposit waits for ever")
instead(
    settling.newest_back,
    lambda n, of, _was=settling.newest_back: _was(n, last_first(of)),
    "the oldest allocation goes back first",
)
instead(settling.set_off, lambda *_a, **_k: {}, "a credit note reduces nothing")
instead(
    settling.spread,
    lambda money, invoices, notes=(), _was=settling.spread: _was(money, last_first(invoices), notes),
    "the newest invoice is paid first",
)
instead(
    settling.spread,
    lambda money, invoices, notes=(), _was=settling.spread: _was(money, invoices),
    "credit notes are never taken in",
)
instead(
    settling.shared,
    lambda amount, opens, digits, _was=settling.shared: _was(amount, [(name, 1) for name, _ in opens], digits),
    "money is divided in equal parts",
)
instead(
    settling.shared,
    lambda amount, opens, digits, _was=settling.shared: _was(amount, list(opens)[:1], digits),
    "everything is put on the first order",
)
instead(
    amounts.priced,
    lambda lines, how, _was=amounts.priced: _was(lines, replace(how, by_line=True)),
    "tax is rounded on every line",
)
instead(amounts.deductions, lambda *_a, **_k: [], "an advance is never deducted")
instead(exceptions.overtake, lambda *_a, **_k: None, "closing leaves exceptions open")
instead(lowering.free, lambda *_a, **_k: None, "what is no longer open stays reserved")
instead(
    propose_invoices._billable,
    lambda basis, order, _was=propose_invoices._billable: _was(basis, order)[:1],
    "a bill forgets lines",
)
