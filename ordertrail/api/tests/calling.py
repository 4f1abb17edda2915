"""How a story calls the API: a person with a token, and answers as plain values, each held against the OpenAPI document."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from django.test import Client

from ordertrail.api.tests.schema import broken
from ordertrail.api.tokens import make
from ordertrail.parties.models import Person
from ordertrail.parties.people import Role
from ordertrail.web.tests.people import ROLES

BASE = "/api/v1"


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    body: Any
    headers: dict[str, str]
    raw: bytes

    def problem(self) -> tuple[int, str]:
        """Status and code."""
        return self.status, self.body["code"]


@dataclass(frozen=True)
class Program:
    """A program that calls with a person's token; "" calls without one."""

    token: str
    person: Person | None = None

    def person_or_fail(self) -> Person:
        """Whose token it is."""
        assert self.person is not None
        return self.person

    def get(self, path: str, query: dict[str, Any] | None = None, headers: dict[str, str] | None = None) -> Answer:
        """GET."""
        return self.call("GET", path, query=query, headers=headers)

    def post(self, path: str, body: Any = None, headers: dict[str, str] | None = None) -> Answer:
        """POST of JSON."""
        return self.call("POST", path, json.dumps(body if body is not None else {}).encode(), headers=headers)

    def call(
        self,
        verb: str,
        path: str,
        body: bytes = b"",
        query: dict[str, Any] | None = None,
        headers: dict[str, str] | None = None,
    ) -> Answer:
        """Any call. AssertionError when the answer is not as the OpenAPI document says."""
        bearer = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        sent = {"Accept-Language": "en", **bearer, **(headers or {})}
        response = Client(raise_request_exception=True).generic(
            verb, BASE + path, body, content_type="application/json", headers=sent, query_params=query or {}
        )
        got = json.loads(response.content)
        media = response.headers["Content-Type"].partition(";")[0]
        assert broken(verb, path, response.status_code, media, got) == []
        return Answer(response.status_code, got, dict(response.headers), response.content)


def program(name: str = "dana", role: str = "", **fields: Any) -> Program:
    """A program of somebody of the company (web.tests.people), by default the manager's."""
    who = Person.objects.filter(username=name).first() or Person.objects.create_person(
        name, "", role or ROLES.get(name, Role.GUEST), display_name=name.title(), **fields
    )
    return Program(make(who).text, who)
