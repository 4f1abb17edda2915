"""Whether an answer is what the OpenAPI document promises: a small validator for what our document uses of JSON Schema."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

from ordertrail.config.api import api

TYPES: dict[str, type | tuple[type, ...]] = {
    "object": dict, "array": list, "string": str, "integer": int, "number": (int, float), "boolean": bool, "null": type(None),
}  # fmt: skip
KNOWN = {
    "type", "properties", "required", "additionalProperties", "items", "anyOf", "$ref", "enum", "pattern", "title",
    "description", "examples", "format", "default", "maxLength", "minimum", "maximum", "const",
}  # fmt: skip
FORMATS = {"date": r"\d{4}-\d\d-\d\d$", "date-time": r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?[+-]\d\d:\d\d$"}


@cache
def document() -> dict[str, Any]:
    """The OpenAPI document."""
    return dict(api.get_openapi_schema())


def broken(verb: str, path: str, status: int, media: str, got: Any) -> list[str]:
    """What is wrong with an answer; an address that is no call may only answer with a problem."""
    told = _call(verb, path)
    if told is None:
        promised: dict[str, Any] = {"$ref": "#/components/schemas/ProblemOut"}
        return list(wrong(got, promised, "answer"))
    answers = told["responses"]
    if status not in answers:
        return [f"{verb} {path} answered {status}; promised are {sorted(answers)}"]
    content = answers[status]["content"]
    if media not in content:
        return [f"{verb} {path} answered {media}; promised is {sorted(content)}"]
    return list(wrong(got, content[media]["schema"], "answer"))


def _call(verb: str, path: str) -> dict[str, Any] | None:
    for template, verbs in document()["paths"].items():
        shape = re.sub(r"\\{.*?\\}", "[^/]+", re.escape(template))
        if re.fullmatch(shape, "/api/v1" + path) and verb.lower() in verbs:
            return dict(verbs[verb.lower()])
    return None


def wrong(got: Any, schema: dict[str, Any], place: str) -> Iterator[str]:
    """Each way in which ``got`` is not as ``schema`` says."""
    assert set(schema) <= KNOWN, f"the validator does not know {set(schema) - KNOWN}"
    if "$ref" in schema:
        yield from wrong(got, document()["components"]["schemas"][schema["$ref"].rpartition("/")[2]], place)
        return
    if "anyOf" in schema:
        tries = [list(wrong(got, one, place)) for one in schema["anyOf"]]
        yield from () if [] in tries else tries[0]
        return
    kind = schema.get("type")
    if kind is not None and (not isinstance(got, TYPES[kind]) or (isinstance(got, bool) and kind != "boolean")):
        yield f"{place} is {got!r}, not {kind}"
        return
    yield from _value(got, schema, place)
    if isinstance(got, dict):
        yield from _object(got, schema, place)
    if isinstance(got, list):
        for number, one in enumerate(got):
            yield from wrong(one, schema.get("items", {}), f"{place}[{number}]")


def _value(got: Any, schema: dict[str, Any], place: str) -> Iterator[str]:
    if "enum" in schema and got not in schema["enum"]:
        yield f"{place} is {got!r}, none of {schema['enum']}"
    if isinstance(got, str):
        for pattern in (schema.get("pattern"), FORMATS.get(schema.get("format", ""))):
            if pattern and not re.search(pattern, got):
                yield f"{place} is {got!r}, not like {pattern}"


def _object(got: dict[str, Any], schema: dict[str, Any], place: str) -> Iterator[str]:
    known = schema.get("properties", {})
    for name in schema.get("required", ()):
        if name not in got:
            yield f"{place} lacks {name}"
    for name, value in got.items():
        if name in known:
            yield from wrong(value, known[name], f"{place}.{name}")
        elif schema.get("additionalProperties") is False:
            yield f"{place} has {name}, which is not promised"
        elif isinstance(schema.get("additionalProperties"), dict):
            yield from wrong(value, schema["additionalProperties"], f"{place}.{name}")
