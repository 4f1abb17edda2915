"""The flow of an order in answers: nodes and edges (api.md §3)."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field, create_model

from ordertrail.api.shapes.frame import Shape
from ordertrail.api.shapes.orders import one_of
from ordertrail.api.written import Id, Money, Qty

KINDS = ("order_line", "receipt", "work_order", "shipment_line", "invoice_line", "payment", "open")


class FlowNode(Shape):
    """A line of a document; `open` is what of a kind is still to come. Its figures are those that flow through it."""

    id: Annotated[str, Field(description="Never changes: the kind and the line's id.")]
    kind: Annotated[str, one_of(*KINDS)]
    number: str | None
    document: Annotated[Id | None, Field(description="The document that the line belongs to.")]
    qty: Qty
    amount: Annotated[Money, Field(description="Gross.")]


class _Edge(Shape):
    """What goes from one node to another."""

    to: str
    qty: Qty
    amount: Money


_FIRST: Any = {"from": (str, ...)}  # a word of Python's, so no name of a field in a class
FlowEdge: Any = create_model("FlowEdge", __base__=_Edge, **_FIRST)
"""An edge with its first end, ``from``."""


class Flow(Shape):
    """The graph; at every inner node what comes in is what goes out."""

    nodes: list[FlowNode]
    edges: list[FlowEdge]
