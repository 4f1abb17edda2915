"""Calls made up from the OpenAPI document, sense and nonsense, each going on with what earlier answers named: never a 5xx, and every
answer as the document says (T-38)."""

from __future__ import annotations

import random
import string
from collections import Counter, deque
from typing import Any
from urllib.parse import quote

import pytest

from ordertrail.api import bucket
from ordertrail.api.tests.calling import Program, program
from ordertrail.api.tests.company import e1
from ordertrail.api.tests.schema import document
from ordertrail.desk.tests.shop import Shop
from ordertrail.findings.follow import follow
from ordertrail.sync.worker import ask

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
NONSENSE = (
    "", " ", "0", "-1", "1e400", "NaN", "null", "true", "[]", "{}", "%", "%00", "\0", "\ud7ff", "𠮷", "远帆", "'", '"', ";--", "<b>",
    "../..", "a" * 300, "9" * 40, "~", "~0", "~999999999999999999999", "2026-02-30", "2026-13-01", "today", "today+9999999", "1,5",
    "１２", "*", "_",
)  # fmt: skip
SENSE = (
    "SO-A",
    "SO-B",
    "SO-OWN",
    "LAMP",
    "C7",
    "anna",
    "CNY",
    "oms",
    "2026-09-01",
    "2026-09-30",
    "today",
    "1",
    "25",
    "100",
    "any",
    "true",
    "open",
)
KEYS = {"number", "id", "sku", "username", "order", "next", "after", "cursor", "customer", "currency"}


class Caller:
    """Makes calls up from the document and a seed, and remembers what answers name."""

    def __init__(self, seed: int, people: list[Program]) -> None:
        self.rng = random.Random(seed)
        self.people = people
        self.named: deque[str] = deque(SENSE, 500)
        paths = document()["paths"]
        self.calls = [(verb, path, told) for path, verbs in paths.items() for verb, told in verbs.items()]

    def once(self) -> tuple[str, str, int]:
        """One call: verb, path as the document has it, status of the answer."""
        verb, path, told = self.rng.choice(self.calls)
        filled, query = path.removeprefix("/api/v1"), {}
        for one in told["parameters"]:
            if one["in"] == "path":
                filled = filled.replace(f"{{{one['name']}}}", quote(self.segment(one["schema"]), safe=""))
            elif one["in"] == "query" and (one.get("required") or self.rng.random() < 0.15):
                query[one["name"]] = self.value(one["schema"])
        if self.rng.random() < 0.03:
            query[self.text()[:20] or "x"] = self.text()
        headers = (
            {"Idempotency-Key": f"key-{self.rng.randrange(50)}"} if verb == "post" and self.rng.random() < 0.3 else {}
        )
        body = self.body(told) if verb == "post" else b""
        answer = self.rng.choice(self.people).call(verb.upper(), filled, body, query, headers)
        self.learn(answer.body)
        return verb, path, answer.status

    def value(self, schema: dict[str, Any]) -> str:
        """A value for a parameter: mostly one that fits, and now and then anything."""
        kinds = [schema, *schema.get("anyOf", ())]
        enum = next((one["enum"] for one in kinds if "enum" in one), None)
        if enum and self.rng.random() < 0.8:
            return str(self.rng.choice(enum))
        if any(one.get("type") == "integer" for one in kinds) and self.rng.random() < 0.6:
            return str(self.rng.choice((0, 1, 2, 25, 200, 201, -1, 2**31, 2**63)))
        return self.rng.choice(self.named) if self.rng.random() < 0.6 else self.text()

    def segment(self, schema: dict[str, Any]) -> str:
        """A value as one part of an address: with a slash, or with nothing, it would be another address."""
        return self.value(schema).replace("/", "").strip(".") or "0"

    def text(self) -> str:
        """Anything."""
        if self.rng.random() < 0.7:
            return self.rng.choice(NONSENSE)
        return "".join(self.rng.choices(string.printable + "远帆灯\u3000\u202e", k=self.rng.randrange(30)))

    def body(self, told: dict[str, Any]) -> bytes:
        """A body by its schema, with fields left out, of other kinds, or unknown; now and then no JSON at all."""
        import orjson

        if self.rng.random() < 0.05:
            return self.text().encode()
        content = told.get("requestBody", {}).get("content", {}).get("application/json", {})
        schema = content.get("schema", {})
        if "$ref" in schema:
            schema = document()["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
        made: dict[str, Any] = {}
        for name, one in schema.get("properties", {}).items():
            if self.rng.random() < 0.8:
                fits = self.value(one)
                made[name] = fits if self.rng.random() < 0.8 else self.rng.choice((None, 1, 1.5, True, [], {}, [fits]))
        if self.rng.random() < 0.1:
            made[self.text()] = self.text()
        return orjson.dumps(made)

    def learn(self, got: Any) -> None:
        """Remember what an answer names, so that later calls ask for it."""
        if isinstance(got, dict):
            self.named += [str(value) for name, value in got.items() if name in KEYS and isinstance(value, str | int)]
        for inner in got.values() if isinstance(got, dict) else got if isinstance(got, list) else ():
            self.learn(inner)


def own_papers() -> None:
    """Papers of our own beside those of the systems: goods came in, went out and came back, on a receipt, a shipment and a return."""
    shop = Shop()
    shop.product("MAST")
    shop.receive(20, 60, "MAST")
    order = shop.order("SO-OWN", ("MAST", 10, 100), customer="C7")
    shop.send((order, 1, 6))
    shop.back((order, 1, 2))


@pytest.mark.parametrize(("seed", "calls"), [(1, 400), pytest.param(2, 20_000, marks=pytest.mark.full("api"))])
def test_made_up_calls_get_no_5xx_and_answers_as_promised(
    db: None, seed: int, calls: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bucket.BUCKETS, "rate", 10**9)
    monkeypatch.setattr(bucket.BUCKETS, "burst", 10**9)
    e1()
    own_papers()
    follow()
    ask("sync", source="oms")
    caller = Caller(
        seed, [program("dana"), program("bo"), program("anna", own_customers_only=True), program("gus", "guest")]
    )
    met = Counter(caller.once() for _ in range(calls))
    statuses = {status for _, _, status in met}
    assert max(statuses) < 500
    assert {200, 404, 422} <= statuses
    if calls > 5_000:  # made up, but not beside the point: every call that reads was answered well
        reads = [path for verb, path, _told in caller.calls if verb == "get" and not path.endswith("/stats/delivery")]
        assert [path for path in reads if not met["get", path, 200]] == []
