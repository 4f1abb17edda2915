"""The flow of an order: where its quantity and its money came from and went, balanced at each node."""

from __future__ import annotations

from collections.abc import Sequence

from django.http import HttpRequest
from django.utils.translation import gettext as _

from ordertrail.api import written
from ordertrail.api.calls.declare import get
from ordertrail.api.door import caller
from ordertrail.api.naming import meant
from ordertrail.api.params import Param
from ordertrail.api.problems import not_allowed, wrong_field
from ordertrail.api.shapes import flow as shapes
from ordertrail.desk.flow import flow_of, sharing
from ordertrail.lib.money import MONEY_SCALE, QTY_SCALE, from_units
from ordertrail.orders.models import Order
from ordertrail.orders.queries import only_for


def flow_params() -> Sequence[Param]:
    """Whether the other orders' parts of the documents are shown too."""
    words = "1: all of each document, with every order that shares one with it; else the order's own part."
    return (Param("whole", words, {"type": "string", "enum": ["0", "1"]}),)


@get("/orders/{n}/flow", right="see_orders", answer=shapes.Flow, params=flow_params)
def get_order_flow(request: HttpRequest, n: str) -> shapes.Flow:
    """The graph of an order's lines, receipts, work orders, shipments, invoices and payments; amounts are gross."""
    by = caller(request)
    whole = request.GET.get("whole", "0")
    if whole not in ("0", "1"):
        raise wrong_field("whole", "wrong_value", _("whole is 0 or 1."))
    if whole == "1" and only_for(by.person) is not None:
        raise not_allowed("see_orders")  # the other orders on a document may not be theirs
    pk = meant("order", n, by.person)
    currency = Order.objects.values_list("currency", flat=True).get(pk=pk)
    nodes, edges = flow_of(sharing({pk}) if whole == "1" else {pk})

    def figures(qty: int, amount: int) -> dict[str, str]:
        return {
            "qty": written.qty(from_units(qty, QTY_SCALE)),
            "amount": written.money(from_units(amount, MONEY_SCALE), currency),
        }

    return shapes.Flow(
        nodes=[
            shapes.FlowNode(
                id=node.id,
                kind=node.kind,
                number=node.number or None,
                document=str(node.document) if node.document else None,
                **figures(node.qty, node.amount),
            )
            for node in nodes
        ],
        edges=[
            shapes.FlowEdge(**{"from": edge.source}, to=edge.target, **figures(edge.qty, edge.amount)) for edge in edges
        ],
    )
