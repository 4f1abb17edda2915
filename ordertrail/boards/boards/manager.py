"""The general manager's board: what came in and went out, where orders stand, what is at risk."""

from django.utils.translation import gettext_lazy as _

from ordertrail.boards.board import Board, Tile

BOARD = Board(
    title=_("General manager"),
    lead=_("every number opens the rows that it is made of"),
    icon="layout-dashboard",
    key="b",
    tab=True,
    rank=10,
    home_for=("manager", "admin"),
    tiles=(
        Tile(("orders_taken",), title=_("Orders taken, month")),
        Tile(("shipped",), title=_("Shipped, month")),
        Tile(("on_time",), title=_("On time, 4 weeks")),
        Tile(("receivable",)),
        Tile(("open_orders",)),
        Tile(("orders_with_findings", "money_at_stake")),
        Tile(
            ("open_orders",),
            "stages",
            _("Where open orders stand"),
            _("each order once, at its first unfinished step; totals incl. tax"),
            span=8,
        ),
        Tile(("shipped_not_invoiced", "receivable", "paid_not_shipped"), "exposure", _("Exposure"), _("today"), span=4),
        Tile(("on_time",), "weeks", _("On-time delivery"), _("share of lines by week, in percent"), span=8),
        Tile(("money_at_stake",), "worst", _("Deal with these first"), span=4),
    ),
)
