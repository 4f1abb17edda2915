"""Jobs in answers."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from ordertrail.api.shapes.frame import Listed, Shape
from ordertrail.api.shapes.orders import one_of
from ordertrail.api.written import Id, Instant


class Counts(Shape):
    """What a sync read; read = new + changed + unchanged + rejected."""

    read: int
    new: int
    changed: int
    unchanged: int
    rejected: int
    gone: int


class Rejected(Shape):
    """An item that could not be read, and why."""

    ref: str
    place: str
    column: str
    code: str
    detail: Annotated[
        str, Field(description="The sentence; it quotes the source, so only who sees cost and every order gets it.")
    ] = ""


class JobRow(Shape):
    """Work for the worker: how far it is."""

    id: Id
    kind: Annotated[str, Field(description="Such as `sync`, `replay` or `believe`.")]
    source: Annotated[str | None, Field(description="The code of the source that it is about; null without one.")]
    state: Annotated[str, one_of("waiting", "running", "done", "failed")]
    done: int
    total: Annotated[int | None, Field(description="Null while it is not known.")]
    asked_by: str | None
    asked_at: Instant
    ended_at: Instant | None
    error: Annotated[str, Field(description="Why it failed; empty when it did not.")]


class Job(JobRow):
    """A job with what came of it."""

    counts: Annotated[Counts | None, Field(description="Of the run that it made, once there is one.")]
    rejects: Annotated[list[Rejected], Field(description="The first 100 of that source that are not solved.")]


Jobs = Listed[JobRow]
