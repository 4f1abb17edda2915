"""What every page knows: the person, what they may do, the ways, how fresh the figures are. One name: ``shell``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import cached_property
from django.utils.translation import get_language

from ordertrail.web import asof, nav, refusals
from ordertrail.web.format import html_language
from ordertrail.web.rights import RIGHTS, may, quotes

THEMES = ("light", "dark", "auto")
THEME_COOKIE = "theme"
SEARCH_PATH = "/search/"


@dataclass(frozen=True)
class Way:
    """An entry as this page shows it."""

    entry: nav.Entry
    href: str
    here: bool
    count: nav.Count | None


class Shell:
    """The frame around a page, each part counted only when a template asks for it."""

    search_path = SEARCH_PATH

    def __init__(self, request: HttpRequest) -> None:
        self.request = request
        self.person: Any = getattr(request, "user", None)

    @cached_property
    def company(self) -> str:
        """The company's name."""
        return str(settings.COMPANY.name)

    @cached_property
    def language(self) -> str:
        """Django's code of the page's language."""
        return get_language() or settings.LANGUAGE_CODE

    @cached_property
    def lang(self) -> str:
        """The same for HTML: ``zh-Hans``."""
        return html_language(self.language)

    @cached_property
    def languages(self) -> list[tuple[str, str, str]]:
        """Code, HTML code and own name of each language."""
        return [(code, html_language(code), str(name)) for code, name in settings.LANGUAGES]

    @cached_property
    def theme(self) -> str:
        """light, dark or auto: the person's, else the cookie's, else what the machine prefers."""
        chosen = getattr(self.person, "theme", "") or self.request.COOKIES.get(THEME_COOKIE, "")
        return chosen if chosen in THEMES else "auto"

    @cached_property
    def keys_on(self) -> bool:
        """Whether single keys work (WCAG 2.1.4: they can be switched off)."""
        return bool(getattr(self.person, "keys_on", True))

    @cached_property
    def may(self) -> dict[str, bool]:
        """``shell.may.see_cost`` and so on."""
        return {right: may(self.person, right) for right in RIGHTS}

    @cached_property
    def quotes(self) -> bool:
        """Whether a source's own words are shown; ``withheld`` stands in their place."""
        return quotes(self.person)

    @cached_property
    def withheld(self) -> str:
        """Why a source's own words are not shown, and whom to ask."""
        return refusals.withheld()

    @cached_property
    def as_of(self) -> asof.AsOf | None:
        """How fresh everything is; None for somebody who may not see sources or orders."""
        return asof.told() if may(self.person, "see_orders") else None

    @cached_property
    def ways(self) -> list[Way]:
        """Every entry that this person may see; the one whose address begins this page's is marked."""
        found = [(entry, entry.href) for entry in nav.entries(self.person)]
        path = self.request.path
        here = max((href for _, href in found if path.startswith(href)), key=len, default="")
        counted = ((entry, href, entry.count(self.request) if entry.count else None) for entry, href in found)
        return [Way(entry, href, href == here, count) for entry, href, count in counted]

    @cached_property
    def sections(self) -> list[tuple[str, list[Way]]]:
        """The ways in the groups of the side bar; empty groups are left out."""
        groups = (
            (words, [way for way in self.ways if way.entry.section == key and way.entry.aside])
            for key, words in nav.SECTIONS.items()
        )
        return [(str(words), ways) for words, ways in groups if ways]

    @cached_property
    def tabs(self) -> list[Way]:
        """The first four ways that belong into the phone bar."""
        return [way for way in self.ways if way.entry.tab][:4]


def shell(request: HttpRequest) -> Shell:
    """The one frame of a request: whatever asks it, each part is counted once, however many templates are rendered."""
    found = getattr(request, "_shell", None)
    if not isinstance(found, Shell) or found.person is not getattr(request, "user", None):
        found = Shell(request)
        request._shell = found  # type: ignore[attr-defined]
    return found


def page(request: HttpRequest) -> dict[str, Any]:
    """The context processor: one name, so that pages keep theirs."""
    return {"shell": shell(request)}
