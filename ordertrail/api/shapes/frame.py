"""What all answers share: lists, problems, and references to documents."""

from __future__ import annotations

from typing import Annotated, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, Field

from ordertrail.api.written import Id

Item = TypeVar("Item", bound=BaseModel)


class Shape(BaseModel):
    """An answer. A field that is never set is not sent: so cost leaves out what somebody may not see."""

    model_config = ConfigDict(extra="forbid")


class Listed(Shape, Generic[Item]):
    """One page of a list; ``next`` continues it, ``total`` is exact on the first page and null with a cursor."""

    items: list[Item]
    next: Annotated[str | None, Field(description="Send it as ?cursor= for the next page.")]
    total: int | None


class Ref(Shape):
    """A document that another one belongs to."""

    id: Id
    number: str | None
    state: str


class KindRef(Ref):
    """A document with what it is among its like: an advance, a credit note, a return."""

    kind: str


class Thing(Shape):
    """What something is about: the kind of document, its id and number."""

    kind: str
    id: Id
    number: str | None


class Blame(Shape):
    """One field to blame."""

    path: str
    code: str
    detail: str


class ProblemOut(Shape):
    """An answer that is no success (RFC 9457)."""

    type: str
    title: str
    status: int
    detail: Annotated[str, Field(description="For people: the document, the numbers and the way out.")]
    code: Annotated[str, Field(description="For programs; it never changes.")]
    errors: list[Blame]
    ids: Annotated[list[Id], Field(description="With the code ambiguous: who carries the number.")] = []
    current: Annotated[int | None, Field(description="With the code stale: the version that there is now.")] = None


class Body(BaseModel):
    """A body: what it does not know is refused."""

    model_config = ConfigDict(extra="forbid", str_max_length=10_000)
