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


def post(path: str, *, right: str, answer: Any, makes: bool = False) -> Callable[[View], View]:
    """A call that changes something: ``answer`` is the shape of the document, with 200, or 201 where it ``makes`` one."""
    return router.post(path, **_writing(path, right, answer, 201 if makes else 200))


def patch(path: str, *, right: str, answer: Any) -> Callable[[View], View]:
    """A call that changes fields of a document: ``answer`` is its shape with 200."""
    return router.patch(path, **_writing(path, right, answer, 200))


def delete(path: str, *, right: str, answer: Any) -> Callable[[View], View]:
    """A call that ends something: ``answer`` is the shape of what is left, with 200."""
    return router.delete(path, **_writing(path, right, answer, 200))


def _writing(path: str, right: str, answer: Any, status: int) -> dict[str, Any]:
    """What every call that writes has: a key against doing it twice, and the version that it was decided on."""
    told = _told(path, right, answer, no_params, status)
    key = {
        "in": "header", "name": "Idempotency-Key", "required": False, "schema": {"type": "string", "maxLength": 255},
        "description": "The same key and body within 24 h gives the same answer and has one effect.",
    }  # fmt: skip
    match = {
        "in": "header", "name": "If-Match", "required": False, "schema": {"type": "string"},
        "description": "The ETag of the version that is meant. Where it is another by now: 409 `stale` with the current one.",
    }  # fmt: skip
    return told | {"openapi_extra": {"parameters": [key, match]}}


def _told(path: str, right: str, answer: Any, params: Params, status: int = 200) -> dict[str, Any]:
    return {
        "auth": Token(right, params),
        "response": {status: answer} | dict.fromkeys(REFUSALS, ProblemOut),
        "exclude_unset": True,
        "tags": [path.split("/")[1]],
    }
