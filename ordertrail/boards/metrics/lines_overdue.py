"""Lines overdue: ordered lines whose promised day has passed and of which something has not left."""

from django.utils.translation import gettext_lazy as _

from ordertrail.boards.metric import Better, Column, Kind, Metric, Unit

METRIC = Metric(
    title=_("Lines overdue"),
    meaning=_(
        "Lines of open orders whose promised day (the line's, else the order's) has passed and of which something is "
        "still to be shipped."
    ),
    unit=Unit.COUNT,
    named=_("order lines"),
    table="{fact_order_line}",
    where="is_open AND to_ship_qty > 0 AND promised_date < $today",
    each="1",
    better=Better.DOWN,
    columns=(
        Column("order_number", _("Order"), Kind.ORDER),
        Column("line", _("Line"), Kind.COUNT),
        Column("customer_name", _("Customer")),
        Column("sku", _("Product (SKU)")),
        Column("promised_date", _("Promised"), Kind.DAY),
        Column("wanted_qty", _("Ordered quantity"), Kind.QTY),
        Column("to_ship_qty", _("Quantity to ship"), Kind.QTY),
        Column("currency", _("Currency")),
        Column("to_ship_net", _("To ship without tax"), Kind.MONEY),
    ),
    needs=("order", "goods"),
    by=("product", "customer", "salesperson", "source", "vendor"),
    order_by="promised_date, order_id, line",
)
