"""Answers of REST sources: JSON with exact numbers, places in it by dotted paths, and errors dressed up as success."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from ordertrail.lib.refused import Refused
from ordertrail.sync.connectors.base import Value
from ordertrail.sync.values import show

_DEEPEST = 30
_ERROR_WORDS = ("error", "errors", "errorMessage", "error_description", "error_message", "fault")
_CODE_WORDS = ("errcode", "errorCode", "error_code", "code", "status", "ret")
_TEXT_WORDS = ("errmsg", "msg", "message", "detail", "error_description", "title")
_FINE = frozenset({"", "0", "200", "ok", "success", "true", "none", "0000", "00000"})


class Broken(Exception):
    """The bytes are no JSON: half an answer, perhaps."""


def parsed(body: bytes, content_type: str = "") -> Any:
    """The JSON of an answer, fractions as ``Decimal``; bytes that are not UTF-8 become lone surrogates, which mapping rejects.

    Refused("answer_not_json") for a web page; ``Broken`` for anything else that is no JSON.
    """
    start = body[:200].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith(b"<") or ("html" in content_type.lower() and not start.startswith((b"{", b"["))):
        detail = _(
            "The source answers with a web page instead of data, probably its log-in page. Check the address and the log-in."
        )
        raise Refused("answer_not_json", detail)
    try:
        return json.loads(body.decode("utf-8-sig", "surrogateescape"), parse_float=Decimal, parse_constant=_no_number)
    except (ValueError, RecursionError) as wrong:
        raise Broken(str(wrong)) from None


def _no_number(text: str) -> Decimal:
    return Decimal(text)  # NaN and Infinity: kept, so that the mapping rejects the one document


MISSING = object()


def at_path(data: Any, path: str) -> Any:
    """What stands at a dotted path ("data.items.0"), "" being all; None when nothing does."""
    found = find(data, path)
    return None if found is MISSING else found


def find(data: Any, path: str) -> Any:
    """As ``at_path``, but ``MISSING`` when nothing stands there."""
    for part in path.split(".") if path else ():
        if isinstance(data, Mapping) and part in data:
            data = data[part]
        elif isinstance(data, list) and part.isdigit() and int(part) < len(data):
            data = data[int(part)]
        else:
            return MISSING
    return data


def records(data: Any, path: str) -> list[Any]:
    """The list of documents in an answer. Refused("source_refused") when the answer is an error with status 200,
    Refused("records_missing") when there is no list where the settings say."""
    found = find(data, path)
    if error := _error(data, found is MISSING or found is None):
        raise Refused("source_refused", _("The source answers: %(error)s") % {"error": show(error, 300)})
    if found is None:
        return []
    if isinstance(found, list):
        return found
    keys = ", ".join(show(key, 40) for key in list(data)[:10]) if isinstance(data, Mapping) else type(data).__name__
    raise Refused(
        "records_missing",
        _("The answer has no list of documents at “%(path)s”; it holds: %(keys)s.")
        % {"path": path or "/", "keys": keys},
    )


def _error(data: Any, nothing: bool) -> str:
    """The error that an answer tells of, "" if none; a bare code counts only where there are no documents either."""
    if not isinstance(data, Mapping):
        return ""
    told = next((data[word] for word in _TEXT_WORDS if data.get(word)), "")
    for word in _ERROR_WORDS:
        if data.get(word):
            return _said(data[word]) or str(told)
    if data.get("success") is False or data.get("ok") is False:
        return str(told or _("no success"))
    for word in _CODE_WORDS:
        code = data.get(word)
        failing = isinstance(code, (int, str)) and str(code).lower() not in _FINE
        if failing and (nothing or word.startswith("err")):
            return f"{code} {told}".strip()
    return ""


def _said(error: Any) -> str:
    if isinstance(error, Mapping):
        return str(next((error[word] for word in (*_TEXT_WORDS, "code") if error.get(word)), dict(error)))
    if isinstance(error, list) and error:
        return _said(error[0])
    return str(error)


def flat(item: Any, without: str = "") -> dict[str, Value]:
    """A JSON object as one row: nested values under dotted names, ``without`` the list of its lines."""
    return dict(_leaves(item, "", without, 0))


def _leaves(value: Any, name: str, without: str, depth: int) -> Iterator[tuple[str, Value]]:
    if isinstance(value, Mapping) and depth < _DEEPEST:
        for key, inner in value.items():
            path = f"{name}.{key}" if name else str(key)
            if path != without:
                yield from _leaves(inner, path, without, depth + 1)
    elif isinstance(value, list) and depth < _DEEPEST:
        for place, inner in enumerate(value):
            yield from _leaves(inner, f"{name}.{place}", without, depth + 1)
    elif isinstance(value, (Mapping, list)):
        yield name, json.dumps(value, default=str)
    else:
        yield name, value
