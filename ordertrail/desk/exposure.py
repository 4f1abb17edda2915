"""The credit limit: what a customer owes and will owe, before an order is confirmed."""

from __future__ import annotations

from django.conf import settings
from django.db.models import Sum
from django.utils.translation import gettext as _

from ordertrail.billing.queries import owed
from ordertrail.desk.invoicing import amount_text
from ordertrail.desk.step import Step
from ordertrail.lib.money import MONEY_SCALE, to_units
from ordertrail.lib.refused import Refused
from ordertrail.orders.models import OrderStatus
from ordertrail.parties.models import Customer


def check_credit(s: Step, customer: int, order: int) -> None:
    """Refused("over_credit") where the exposure with this order would exceed the customer's limit (domain.md §1.10, money): what is
    open of posted invoices and what confirmed orders have not invoiced, in the limit's currency."""
    row = Customer.objects.filter(pk=customer).first()
    if row is None or row.credit_limit is None:
        return
    s.settle_now()
    currency = row.currency or settings.COMPANY.currency
    status = OrderStatus.objects.get(pk=order)
    if status.currency != currency:
        return
    waiting = OrderStatus.objects.filter(customer=customer, status="confirmed", currency=currency).exclude(pk=order)
    not_invoiced = waiting.aggregate(whole=Sum("not_invoiced"))["whole"] or 0
    receivable = owed(customer).get(currency, 0)
    after = receivable + to_units(not_invoiced + status.not_invoiced, MONEY_SCALE)
    limit = to_units(row.credit_limit, MONEY_SCALE)
    if after <= limit:
        return
    sentence = _(
        "%(customer)s owes %(receivable)s and would owe %(after)s with order %(order)s; the limit is %(limit)s. Collect"
        " %(over)s, raise the limit, or lower the order."
    )
    words = {
        "customer": row.code or row.name, "order": status.number or order, "after": amount_text(after, currency),
        "receivable": amount_text(receivable, currency), "limit": amount_text(limit, currency),
        "over": amount_text(after - limit, currency),
    }  # fmt: skip
    raise Refused("over_credit", sentence % words)
