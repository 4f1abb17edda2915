"""The pages of a list that a REST source gives, however it counts them, and an end for those that never end."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from ordertrail.lib.refused import Refused
from ordertrail.sync.connectors.rest_http import Answer
from ordertrail.sync.connectors.rest_json import at_path, records

KINDS = ("none", "page", "offset", "cursor", "next", "link")
MOST_PAGES = 10_000
MOST_REPEATS = 3
_NEXT = re.compile(r'<([^>]*)>\s*;[^,]*\brel="?next"?', re.IGNORECASE)

Ask = Callable[[str, Mapping[str, Any]], tuple[Answer, Any]]
"""Gets one page: address and parameters in, the answer and its JSON out."""


@dataclass(frozen=True, slots=True)
class Page:
    """One page: its number from 1, the answer, the documents in it, and how many there are in all where the source says."""

    number: int
    answer: Answer
    items: list[Any] = field(repr=False)
    total: int | None = None


class Paging:
    """The declared ``paging`` of a stream.

    ``{"kind": "page" or "offset", "param", "size_param", "size", "start", "total": path}`` ·
    ``{"kind": "cursor", "param", "path": where the next cursor stands}`` · ``{"kind": "next", "path": where the next address
    stands}`` · ``{"kind": "link"}`` for the Link header. ``max_pages`` bounds them all.
    """

    def __init__(self, declared: Mapping[str, Any], place: str) -> None:
        self.kind = str(declared.get("kind", "none"))
        if self.kind not in KINDS:
            detail = _("There is no paging of kind “%(kind)s”; there are: %(kinds)s.")
            raise Refused("settings_invalid", detail % {"kind": self.kind, "kinds": ", ".join(KINDS)})
        self.place = place
        self.param = str(declared.get("param", {"page": "page", "offset": "offset"}.get(self.kind, "cursor")))
        self.size_param = str(declared.get("size_param", ""))
        self.size = int(declared.get("size", 100))
        self.start = int(declared.get("start", 1 if self.kind == "page" else 0))
        self.path = str(declared.get("path", "next"))
        self.total = str(declared.get("total", ""))
        self.most = int(declared.get("max_pages", MOST_PAGES))

    def pages(self, ask: Ask, url: str, params: Mapping[str, Any]) -> Iterator[Page]:
        """The pages in order. Refused: "pages_endless" when one comes a third time, "pages_too_many"."""
        asked: dict[str, Any] = dict(params)
        if self.size_param:
            asked[self.size_param] = self.size
        if self.kind in ("page", "offset"):
            asked[self.param] = self.start
        seen: Counter[bytes] = Counter()
        number = 0
        while True:
            number += 1
            if number > self.most:
                detail = _("The source has more than %(most)s pages; raise “max_pages” or ask for larger ones.")
                raise Refused("pages_too_many", detail % {"most": f"{self.most:,}"})
            answer, data = ask(url, asked)
            items = records(data, self.place)
            self._refuse_repeats(seen, items, answer, number)
            total = at_path(data, self.total) if self.total else None
            yield Page(
                number, answer, items, int(total) if isinstance(total, (int, str)) and str(total).isdigit() else None
            )
            following = self._following(url, asked, answer, data, items)
            if following is None:
                return
            url, asked = following

    def _refuse_repeats(self, seen: Counter[bytes], items: list[Any], answer: Answer, number: int) -> None:
        if not items:
            return
        mark = hashlib.sha256(answer.body).digest()
        seen[mark] += 1
        if seen[mark] >= MOST_REPEATS:
            raise Refused(
                "pages_endless",
                _("Page %(number)s brings what came %(count)s times already; the source does not end its pages.")
                % {"number": number, "count": seen[mark] - 1},
            )

    def _following(
        self, url: str, asked: dict[str, Any], answer: Answer, data: Any, items: list[Any]
    ) -> tuple[str, dict[str, Any]] | None:
        """Where the next page is, None after the last one."""
        if self.kind == "next":
            told = at_path(data, self.path)
            return (_joined(url, told), {}) if isinstance(told, str) and told else None
        if self.kind == "link":
            match = _NEXT.search(answer.headers.get("link", ""))
            return (_joined(url, match[1]), {}) if match else None
        if self.kind == "cursor":
            told = at_path(data, self.path)
            return (url, {**asked, self.param: told}) if told not in (None, "", False) else None
        if self.kind == "none" or not items:
            return None
        if self.size_param and len(items) < self.size:
            return None
        step = 1 if self.kind == "page" else len(items)
        return url, {**asked, self.param: asked[self.param] + step}


def _joined(url: str, told: str) -> str:
    from requests.compat import urljoin

    return str(urljoin(url, told))
