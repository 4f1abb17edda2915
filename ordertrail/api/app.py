"""The API as one object: its calls, how it reads, writes and refuses, and its OpenAPI document."""

from __future__ import annotations

import logging
from importlib import import_module
from pkgutil import iter_modules
from typing import Any

import orjson
from django.core.exceptions import SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import URLPattern, URLResolver, path
from django.utils import translation
from django.utils.translation import gettext as _
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError
from ninja.openapi.schema import OpenAPISchema
from ninja.operation import Operation
from ninja.renderers import BaseRenderer

from ordertrail import __version__
from ordertrail.api import calls
from ordertrail.api.door import Closed
from ordertrail.api.openapi import finished
from ordertrail.api.problems import Problem, refusal
from ordertrail.api.reading import StrictParser
from ordertrail.lib.refused import Refused
from ordertrail.web.rights import ANYONE, declare

log = logging.getLogger(__name__)

NAMESPACE = "api"

declare(f"{NAMESPACE}:*", ANYONE)  # each call asks for its own right, by token and not by session: ordertrail.api.door


class Renderer(BaseRenderer):
    """JSON as it is sent: instants with their offset, texts as they are."""

    media_type = "application/json"

    def render(self, request: HttpRequest, data: Any, *, response_status: int) -> bytes:
        """The bytes of an answer."""
        return orjson.dumps(data)


class Api(NinjaAPI):
    """The API, version 1. A document's ``version`` is its ETag; the OpenAPI document is made once (0.3 s)."""

    _document: OpenAPISchema | None = None

    def create_response(self, request: HttpRequest, data: Any, **how: Any) -> HttpResponse:
        """An answer; a document's carries its version as ETag."""
        response = super().create_response(request, data, **how)
        if isinstance(data, dict) and isinstance(data.get("version"), int):
            response["ETag"] = f'"{data["version"]}"'
        return response

    def get_openapi_schema(self, **how: Any) -> OpenAPISchema:
        """The OpenAPI document, finished with what ninja leaves out."""
        if self._document is None:
            with translation.override("en"):
                self._document = finished(self, super().get_openapi_schema(**how))
        return self._document

    def get_openapi_operation_id(self, operation: Operation) -> str:
        """A call's name for programs that are made from the document: that of its function."""
        return operation.view_func.__name__


def make() -> Api:
    """The API with every call in ``calls``."""
    for module in iter_modules(calls.__path__):
        import_module(f"{calls.__name__}.{module.name}")
    from ordertrail.api.calls.declare import router

    api = Api(
        title="Ordertrail",
        version=__version__,
        description=_DESCRIPTION,
        docs_url=None,
        urls_namespace=NAMESPACE,
        auth=Closed(),
        renderer=Renderer(),
        parser=StrictParser(),
    )
    api.add_router("", router)
    for fault, answer in _ANSWERS.items():
        api.add_exception_handler(fault, answer)
    return api


def urls(api: Api) -> tuple[list[URLPattern | URLResolver], str, str]:
    """The addresses of the API; what is not among them answers with a problem too."""
    patterns, app_name, namespace = api.urls
    patterns = [_plain(pattern) for pattern in patterns if getattr(pattern, "name", "") != "api-root"]
    anything = [path("", unknown, name="api-root"), path("<path:rest>", unknown, name="unknown")]
    return [*patterns, *anything], app_name, namespace


def unknown(request: HttpRequest, rest: str = "") -> HttpResponse:
    """404 for an address that is no call."""
    sentence = _("There is no call %(path)s. All calls: %(all)s.")
    words = {"path": request.path[:200], "all": "/api/v1/openapi.json"}
    return Problem(404, "unknown_call", sentence % words).response()


def _plain(pattern: URLPattern | URLResolver) -> URLPattern | URLResolver:
    """The pattern, answering a verb that it does not have with a problem; no answer may be kept by a cache in between."""
    if isinstance(pattern, URLPattern):
        view = pattern.callback

        def answer(request: HttpRequest, *args: Any, **names: Any) -> HttpResponseBase:
            response: HttpResponseBase = view(request, *args, **names)
            if response.status_code == 405:
                response = _no_such_verb(request, response)
            response["Cache-Control"] = "no-store"
            response["Content-Language"] = translation.get_language()
            return response

        answer.csrf_exempt = True  # type: ignore[attr-defined]  # a token comes in a header, never by itself from a browser
        pattern.callback = answer
    return pattern


def _no_such_verb(request: HttpRequest, response: HttpResponseBase) -> HttpResponse:
    verbs = response.headers.get("Allow", "")
    sentence = _("%(path)s has no %(verb)s; it has: %(verbs)s.")
    detail = sentence % {"path": request.path[:200], "verb": request.method, "verbs": verbs}
    return Problem(405, "no_such_verb", detail, headers={"Allow": verbs}).response()


def _problem(request: HttpRequest, problem: Any) -> HttpResponse:
    return problem.response()  # type: ignore[no-any-return]


def _refused(request: HttpRequest, refused: Any) -> HttpResponse:
    return refusal(refused).response()


def _not_found(request: HttpRequest, fault: Any) -> HttpResponse:
    return unknown(request)


def _suspicious(request: HttpRequest, fault: Any) -> HttpResponse:
    sentence = _("The call has too many parts to be read. Send less in one call.")
    return Problem(422, "too_many", sentence).response()


def _unreadable(request: HttpRequest, fault: Any) -> HttpResponse:
    """Ninja wraps what the parser raises; the problem within is the answer."""
    return fault.__cause__.response() if isinstance(fault.__cause__, Problem) else _fault(request, fault)


def _fault(request: HttpRequest, fault: Any) -> HttpResponse:
    log.error("%s %s", request.method, request.path, exc_info=fault)
    sentence = _(
        "This call failed by a fault of ours; nothing was changed. Try again; if it stays, tell an administrator."
    )
    return Problem(500, "fault", sentence).response()


def _invalid(request: HttpRequest, fault: Any) -> HttpResponse:
    errors = [_blame(error) for error in fault.errors]
    return Problem(422, errors[0]["code"], errors[0]["detail"], errors).response()


def _blame(error: dict[str, Any]) -> dict[str, str]:
    """One of pydantic's complaints about a body, in our words."""
    place = ".".join(str(part) for part in error["loc"][2:] or error["loc"][1:])
    words = {"name": place[:100]}
    if error["type"] == "extra_forbidden":
        return {
            "path": place,
            "code": "unknown_field",
            "detail": _("This call knows no field %(name)s. Leave it out.") % words,
        }
    if error["type"] == "missing":
        return {"path": place, "code": "missing_field", "detail": _("The field %(name)s is missing.") % words}
    sentence = _("The field %(name)s is not as this call takes it; see /api/v1/openapi.json.")
    return {"path": place, "code": "wrong_value", "detail": sentence % words}


_ANSWERS: dict[type[Exception], Any] = {
    Exception: _fault,
    Http404: _not_found,
    HttpError: _unreadable,
    Problem: _problem,
    Refused: _refused,
    SuspiciousOperation: _suspicious,
    ValidationError: _invalid,
}

_DESCRIPTION = (
    "Orders of all systems in one place. Money and quantities are decimals as texts, documents are named by id or number, lists are "
    "paged by cursor, problems are RFC 9457."
)
