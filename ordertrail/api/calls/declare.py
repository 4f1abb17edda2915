"""How a call is declared: its address, the one right that it needs, what it takes and what it answers, all in one place."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from ninja import Router

from ordertrail.api.door import Closed, Token
from ordertrail.api.params import Params, no_params
from ordertrail.api.shapes.frame import ProblemOut

router = Router(auth=Closed())
"""Every call; one that declares no right stays behind its closed door."""

View = TypeVar("View", bound=Callable[..., Any])

REFUSALS = (400, 401, 403, 404, 409, 413, 422, 429)
"""How any call may refuse."""


def get(path: str, *, right: str, answer: Any, params: Params = no_params) -> Callable[[View], View]:
    """A call that reads: ``answer`` is the shape of its answer with 200."""
    return router.get(path, **_told(path, right, answer, params))


def post(path: str, *, right: str, answer: Any) -> Callable[[View], View]:
    """A call that changes something: ``answer`` is the shape of the document with 200."""
    told = _told(path, right, answer, no_params)
    key = {
        "in": "header", "name": "Idempotency-Key", "required": False, "schema": {"type": "string", "maxLength": 255},
        "description": "The same key and body within 24 h gives the same answer and has one effect.",
    }  # fmt: skip
    match = {
        "in": "header", "name": "If-Match", "required": False, "schema": {"type": "string"},
        "description": "The ETag of the version that is meant. Where it is another by now: 409 `stale` with the current one.",
    }  # fmt: skip
    return router.post(path, **told, openapi_extra={"parameters": [key, match]})


def _told(path: str, right: str, answer: Any, params: Params) -> dict[str, Any]:
    return {
        "auth": Token(right, params),
        "response": {200: answer} | dict.fromkeys(REFUSALS, ProblemOut),
        "exclude_unset": True,
        "tags": [path.split("/")[1]],
    }
