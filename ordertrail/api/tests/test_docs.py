"""docs/use/api.md is true: its calls are made in the company of scenario E19, and answer what stands there."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path
from typing import Any

import pytest

from ordertrail.api.tests.calling import Answer, Program, program
from ordertrail.findings.follow import follow
from ordertrail.findings.tests.company import e19, say
from ordertrail.records.shapes import CustomerRecord

PAGE = Path(__file__).resolve().parents[3] / "docs" / "use" / "api.md"
EXAMPLE = re.compile(r"```sh\n(curl .*?)\n```\n+```json\n(.*?)\n```", re.DOTALL)
BASE = "http://127.0.0.1:8000/api/v1"
OF_THE_COMPANY = {"id", "version", "order", "customer_id", "next"}
"""What another company answers otherwise."""

pytestmark = pytest.mark.django_db


def make_call(who: Program, words: str, ids: dict[str, str]) -> Answer:
    """The call that a curl command makes; ids as the page has them become those that they are here."""
    parts = shlex.split(words.replace("\\\n", " "))
    headers = {}
    verb, body, address = "GET", b"", ""
    rest = iter(parts[1:])
    for part in rest:
        if part == "-H":
            name, _colon, value = next(rest).partition(": ")
            headers[name] = value
        elif part == "-d":
            verb, body = "POST", next(rest).encode()
        elif part.startswith(BASE):
            address = part.removeprefix(BASE)
    assert headers.pop("Authorization") == "Bearer $TOKEN"
    path, _mark, query = address.partition("?")
    path = re.sub(r"(?<=/)\d+(?=/)", lambda found: ids[found[0]], path)
    pairs = dict(pair.split("=") for pair in query.split("&")) if query else {}
    return who.call(verb, path, body, pairs, headers)


def bare(told: Any) -> Any:
    """An answer without what differs from company to company."""
    if isinstance(told, dict):
        return {name: bare(value) for name, value in told.items() if name not in OF_THE_COMPANY}
    return [bare(one) for one in told] if isinstance(told, list) else told


def test_the_examples_of_the_page_are_true(db: None) -> None:
    by = e19()
    say(by["oms"], CustomerRecord("c1", "C1", "启明船厂"))
    follow()
    bo = program("bo")
    examples = EXAMPLE.findall(PAGE.read_text("utf-8"))
    assert len(examples) == 4
    ids: dict[str, str] = {}
    for words, promised in examples:
        told, answer = json.loads(promised), make_call(bo, words, ids)
        assert bare(answer.body) == bare(told), words
        for one, other in zip(told.get("items", ()), answer.body.get("items", ()), strict=True):
            ids[one["id"]] = other["id"]
