"""The room's entries in the side bar, the phone bar, Ctrl+K and behind the key ``g``."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from ordertrail.boards.board import boards
from ordertrail.web import nav


def add() -> None:
    """Hand the entries to the frame: each board, and the list of metrics."""
    for name, board in boards().items():
        nav.add(
            nav.Entry(
                "boards:board",
                board.title,
                board.icon,
                "see_boards",
                section="boards",
                args=(name,),
                key=board.key,
                tab=board.tab,
                rank=board.rank,
                home_for=board.home_for,
                short=_("Boards") if board.tab else "",
            )
        )
    nav.add(nav.Entry("boards:metrics", _("Metrics"), "math-function", "see_boards", section="data", rank=80))
