"""The ways through the product: side bar, phone bar, Ctrl+K and the ``g`` keys are all read from these entries.

Upper rooms hand in theirs when the application starts:

    from ordertrail.web import nav
    nav.add(nav.Entry("track:orders", _("Orders"), "list-details", "see_orders", section="track", key="o", tab=True))
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from ordertrail.web.rights import may

SECTIONS: dict[str, Promise] = {
    "boards": _("Boards"),
    "track": _("Track"),
    "work": _("Work"),
    "data": _("Data"),
}
"""The groups of the side bar, from top to bottom."""


@dataclass(frozen=True)
class Count:
    """The small figure behind an entry, such as ``142`` or ``6/7``; ``bad`` paints it red."""

    text: str
    bad: bool = False


@dataclass(frozen=True)
class Entry:
    """One way: the name of its address, its words and icon, the right it needs, and where it is shown.

    ``key`` is the letter after ``g``; ``tab`` puts it into the phone bar (four fit); ``rank`` orders a section;
    ``count`` is asked once a page and must be one cheap query. ``home_for``: the roles whose first page it may be; None:
    anybody's. ``home_query``: how it then begins for a role, such as ``("store", "queue=ship")``. ``short``: its words in the
    phone bar, where they differ. ``aside``: False keeps it out of the side bar; it is a command of Ctrl+K then.
    """

    view_name: str
    words: Promise | str
    icon: str
    right: str
    section: str = "track"
    args: tuple[str, ...] = ()
    key: str = ""
    tab: bool = False
    rank: int = 50
    count: Callable[[HttpRequest], Count | None] | None = field(default=None, compare=False)
    home_for: tuple[str, ...] | None = None
    home_query: tuple[tuple[str, str], ...] = ()
    short: Promise | str = ""
    aside: bool = True

    @property
    def href(self) -> str:
        """Its address."""
        return reverse(self.view_name, args=self.args)


_entries: list[Entry] = []


def add(entry: Entry) -> None:
    """Hand in an entry; handing in the same address again replaces it. ValueError for a section that does not exist."""
    if entry.section not in SECTIONS:
        raise ValueError(f"no section is called {entry.section}")
    _entries[:] = [old for old in _entries if (old.view_name, old.args) != (entry.view_name, entry.args)] + [entry]


def entries(person: object) -> list[Entry]:
    """What ``person`` may see, by section and rank."""
    order = list(SECTIONS)
    mine = [entry for entry in _entries if may(person, entry.right)]
    return sorted(mine, key=lambda entry: (order.index(entry.section), entry.rank))
