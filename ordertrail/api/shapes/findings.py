"""Findings in answers, and what is sent with a remedy."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from ordertrail.api.shapes.frame import Body, Listed, Shape, Thing
from ordertrail.api.shapes.orders import one_of
from ordertrail.api.written import Id, Instant, Money


class Finding(Shape):
    """Something that is wrong (exception) or will be (risk)."""

    id: Id
    kind: Annotated[str, one_of("exception", "risk")]
    check: Annotated[str, Field(description="The rule that found it.")]
    title: Annotated[str, Field(description="What is wrong, in the caller's language.")]
    next_step: Annotated[str, Field(description="Who changes what in which system, so that it closes by itself.")]
    object: Thing
    order: Id | None
    status: Annotated[str, one_of("open", "closed")]
    since: Instant
    closed_at: Instant | None
    money: Annotated[Money | None, Field(description="What is at stake, gross.")]
    currency: str | None
    owner: Annotated[str | None, Field(description="The user name of whoever has taken it.")]
    role: Annotated[str, Field(description="Whose work it is while nobody has taken it.")]
    remedies: Annotated[list[str], Field(description="What POST /findings/{id}/{remedy} takes now, from this caller.")]
    version: int


Findings = Listed[Finding]


class RemedyIn(Body):
    """For `give` and for a check's own remedies: to whom. `take` and `drop` take nothing."""

    to: Annotated[str | None, Field(description="A user name.")] = None
    text: Annotated[str | None, Field(max_length=4000, description="A word to go with it.")] = None
