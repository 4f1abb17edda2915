"""The delivery board: how much was delivered and how much of it on time, by country, vendor, mode and month."""

from django.utils.translation import gettext_lazy as _

from ordertrail.boards.board import Board, Tile

BOARD = Board(
    title=_("Delivery"),
    lead=_("late: delivered after the promised day, by line"),
    icon="truck-delivery",
    rank=20,
    days=True,
    tiles=(
        Tile(("delivered_lines",), "delivered", span=12),
        Tile(("on_time",), "months", _("On-time delivery"), _("share of lines by month, in percent"), span=12),
        Tile(("on_time",), "delivery_by", _("By country"), span=6, by="country"),
        Tile(("on_time",), "delivery_by", _("By mode of transport"), span=6, by="mode"),
        Tile(("on_time",), "delivery_by", _("By vendor"), span=6, by="vendor"),
        Tile(("lines_overdue",), "ranking", _("Lines overdue now"), _("by product"), span=6, by="product"),
    ),
)
