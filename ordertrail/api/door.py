"""The door of every call: what comes in is of a size and form that we read, from somebody we know, who may do this, not too often.

Each call has a door of its own, which holds the one right that it needs and the names that it takes in the query string; a call
without one is behind ``Closed``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from django.http import HttpRequest
from django.utils import translation
from django.utils.translation import gettext as _

from ordertrail.api import models
from ordertrail.api.bucket import BUCKETS
from ordertrail.api.params import Params, check_query, no_params
from ordertrail.api.problems import Problem, not_allowed
from ordertrail.api.reading import arrive
from ordertrail.api.tokens import holder
from ordertrail.lib import clock
from ordertrail.parties.models import Person
from ordertrail.web.rights import ANYONE, NOBODY, RIGHTS, may

BODY_BYTES = 1_000_000
"""The largest body that is read."""
USE_API = "use_api"
"""The right that a role needs for any call at all."""


@dataclass(frozen=True, slots=True)
class Caller:
    """Who calls: the person that the token speaks for, and the token's id."""

    person: Person
    token: int

    def sees_cost(self) -> bool:
        """Whether cost, profit and margin are in the answers."""
        return may(self.person, "see_cost")


def caller(request: HttpRequest) -> Caller:
    """Who makes this call; TypeError behind a door that asks nobody."""
    known = getattr(request, "auth", None)
    if not isinstance(known, Caller):
        raise TypeError("this call is open to anyone: it has no caller")
    return known


def check_form(request: HttpRequest) -> None:
    """Refuse a body that is too large, encoded, or of no stated length, before a byte of it is read."""
    if request.headers.get("Content-Encoding", "identity") != "identity":
        raise Problem(413, "encoded_body", _("Send the body as it is, without Content-Encoding (gzip, br …)."))
    if request.headers.get("Transfer-Encoding"):
        raise Problem(400, "no_length", _("Send the body in one piece with Content-Length, not in chunks."))
    size = request.headers.get("Content-Length") or "0"
    if not size.isdigit() or int(size[:12]) > BODY_BYTES:
        sentence = _("The body has %(size)s bytes; at most %(limit)s are read. Send less in one call.")
        raise Problem(413, "too_large", sentence % {"size": size[:20], "limit": BODY_BYTES})


class Token:
    """A door that opens to a token whose person has ``right``; ``params`` tell what the call takes in the query string."""

    openapi_security_schema: ClassVar = {"type": "http", "scheme": "bearer"}

    def __init__(self, right: str, params: Params = no_params) -> None:
        if right not in RIGHTS:
            raise ValueError(f"no right is called {right}")
        self.right, self.params = right, params

    def __call__(self, request: HttpRequest) -> Caller:
        """Who calls. Problem 401, 403, 413, 422 or 429 where the door stays shut."""
        check_form(request)
        token = _token(request)
        person = token.person
        if not request.headers.get("Accept-Language") and person.language:
            translation.activate(person.language)
        if wait := BUCKETS.take(token.pk):
            sentence = _(
                "This token has made too many calls. Go on in %(seconds)s s; up to 100 calls a second are always taken."
            )
            raise Problem(429, "too_many_calls", sentence % {"seconds": wait}, headers={"Retry-After": str(wait)})
        for right in (USE_API, self.right):
            if not may(person, right):
                raise not_allowed(right)
        known = Caller(person, token.pk)
        check_query(request.GET, self.params(), sees_cost=known.sees_cost())
        arrive(request)
        return known


class Anyone:
    """A door that is open: for a call that tells nothing of anybody's orders."""

    right = ANYONE

    def __call__(self, request: HttpRequest) -> bool:
        """True; Problem 400 or 413 for a body that no call takes."""
        check_form(request)
        return True


class Closed:
    """The door of a call that has declared no right: shut, so that forgetting is safe."""

    right = NOBODY

    def __call__(self, request: HttpRequest) -> bool:
        """Problem 403, always."""
        raise Problem(403, "not_declared", _("This call declares no right and is shut. Tell an administrator."))


def _token(request: HttpRequest) -> models.Token:
    scheme, _space, text = request.headers.get("Authorization", "").partition(" ")
    found = holder(text.strip(), clock.now()) if scheme.lower() == "bearer" and text.strip() else None
    if found is None:
        sentence = _("Send a valid token: Authorization: Bearer TOKEN. A new one: ordertrail token create --user NAME.")
        raise Problem(401, "no_valid_token", sentence, headers={"WWW-Authenticate": 'Bearer realm="ordertrail"'})
    return found
