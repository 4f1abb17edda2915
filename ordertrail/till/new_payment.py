"""Write down a payment: whose, how much, and what it settles, shown before it is kept."""

from __future__ import annotations

from decimal import Decimal

from django.conf import settings
from django.contrib import messages
from django.db.models import F, QuerySet, Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from ordertrail.billing.models import BankLine, Payment
from ordertrail.desk.bank import take
from ordertrail.desk.pay import Paid, pay
from ordertrail.desk.settling import Chosen
from ordertrail.lib import clock
from ordertrail.lib.money import CURRENCIES
from ordertrail.lib.refused import Refused
from ordertrail.orders.models import OrderStatus
from ordertrail.orders.queries import only_for, visible_orders, visible_statuses
from ordertrail.parties.models import Customer
from ordertrail.till.once import key_of, once, tried
from ordertrail.till.scope import at, orders_named
from ordertrail.till.settlement import Settled, open_rows, seen, settled
from ordertrail.till.typed import day, figures, money, units
from ordertrail.till.typed import shown as figure
from ordertrail.track.order import person_of
from ordertrail.web.rights import needs

MOST = 100
"""Customers or orders that are listed to choose from."""


@needs("take_money")
@require_http_methods(["GET", "POST"])
def new_payment(request: HttpRequest) -> HttpResponse:
    """The payment of the customer that is named; without one, those to choose from."""
    named = request.POST if request.method == "POST" else request.GET
    customer = customer_named(named.get("customer", ""), request.user)
    if customer is None:
        return choose(request, named.get("customer", ""))
    if request.method == "POST" and "preview" not in request.POST:
        try:
            return once(request, lambda: kept(request, customer))
        except Refused as refused:
            return shown(request, customer, refused)
    return shown(request, customer)


def visible_customers(person: object) -> QuerySet[Customer]:
    """The customers of whom ``person`` may see orders; everybody for who sees all."""
    rows: QuerySet[Customer] = Customer.objects.all()
    return rows if only_for(person) is None else rows.filter(pk__in=visible_orders(person).values("customer"))


def customer_named(text: str, person: object) -> Customer | None:
    """The one customer that a code, or a name, means; None without or with several."""
    text = text.strip()
    if not text:
        return None
    for field in ("code", "name"):
        found = list(visible_customers(person).filter(**{field: text})[:2])
        if len(found) == 1:
            return found[0]
    return None


def choose(request: HttpRequest, text: str) -> HttpResponse:
    """The customers who owe something, and a field for any other."""
    owed = visible_statuses(request.user).filter(open_receivable__gt=0).exclude(customer=None)
    rows = list(
        owed.values("customer", "currency")
        .annotate(sum=Sum("open_receivable"))
        .order_by("customer_name", "currency")[:MOST]
    )
    names = visible_customers(request.user).in_bulk([row["customer"] for row in rows])
    listed = [(names[row["customer"]], row["currency"], row["sum"]) for row in rows if row["customer"] in names]
    context = {"rows": listed, "text": text, "unknown": bool(text.strip()), "here": reverse("till:new_payment")}
    context["line"] = bank_line(request)
    return render(request, "till/choose_customer.html", context, status=422 if text.strip() else 200)


def told(request: HttpRequest, customer: Customer) -> Paid:
    """The payment that a form says. Refused("wrong_value") with what is none."""
    form = request.POST
    currency = form.get("currency", "").strip().upper() or customer.currency or settings.COMPANY.currency
    if currency not in CURRENCIES:
        raise Refused(
            "wrong_value", _("%(text)s is no currency; write its three letters, as in CNY.") % {"text": currency}
        )
    rate = form.get("rate", "").strip()
    deposit = orders_named([form["deposit_for"]], request.user) if form.get("deposit_for") else []
    amount = money(form.get("amount", ""), _("Amount"))
    if not amount:
        raise Refused("wrong_value", _("An amount is above 0."))
    return Paid(
        customer=customer.pk,
        day=day(form.get("date", ""), _("Received on")) or clock.today(),
        amount=amount,
        currency=currency,
        rate=units(rate, _("Rate")) if rate else None,
        reference=form.get("reference", "").strip(),
        deposit_for=deposit[0] if deposit else None,
        allocations=chosen(request),
        write_off=form.get("difference") == "write_off",
    )


def asked(request: HttpRequest) -> str:
    """Who says what is settled: ``rule``, ``chosen`` (somebody types it) or ``none``; before there is anywhere to type, the rule."""
    how = request.POST.get("how", "rule")
    return "rule" if how == "chosen" and not any(name.startswith("on-") for name in request.POST) else how


def chosen(request: HttpRequest) -> list[Chosen] | None:
    """What somebody typed for each invoice; None where the rule says it, nothing where nothing is to be settled."""
    how = asked(request)
    if how != "chosen":
        return None if how == "rule" else []
    typed = seen(figures(request.POST, "on-"), request.user)
    amounts = {invoice: money(text, _("Amount")) for invoice, text in typed.items()}
    return [Chosen(invoice, amount) for invoice, amount in amounts.items() if amount]


def bank_line(request: HttpRequest) -> BankLine | None:
    """The line of a bank statement that is taken as this payment; None for money that is typed. Nobody who sees only some customers
    takes one."""
    text = (request.POST if request.method == "POST" else request.GET).get("line", "")
    if not text.isdecimal() or len(text) > 18 or only_for(request.user) is not None:
        return None
    return BankLine.objects.filter(pk=int(text)).first()


def kept(request: HttpRequest, customer: Customer) -> str:
    """Write the payment down; its page, or the lines that still wait where it was a bank line. Refused("wrong_value") where somebody
    chose to type and had nowhere to yet."""
    if request.POST.get("how") == "chosen" and asked(request) == "rule":
        raise Refused("wrong_value", _("Look first at what it settles; there you type what each invoice gets."))
    line = bank_line(request)
    paid = told(request, customer)
    payment = take(person_of(request), line.pk, paid) if line else pay(person_of(request), paid)
    number = Payment.objects.get(pk=payment).number
    messages.success(request, _("Payment %(number)s is written down.") % {"number": number})
    return reverse("till:bank") if line else at("track:payment", payment)


def preview(request: HttpRequest, customer: Customer) -> tuple[Settled | None, str]:
    """What the payment would settle, or why it would be refused; nothing while no amount stands there."""
    if not request.POST.get("amount", "").strip():
        return None, ""
    try:
        paid = told(request, customer)
        return tried(lambda: settled(pay(person_of(request), paid), request.user)), ""
    except Refused as refused:
        return None, refused.detail


def shown(request: HttpRequest, customer: Customer, refused: Refused | None = None) -> HttpResponse:
    """The page, or (``preview``) what comes of what is typed; 422 with the refusal."""
    line = bank_line(request)
    form = request.POST if request.method == "POST" or line is None else of_line(line)
    result, why_not = preview(request, customer)
    currency = form.get("currency", "").strip().upper() or customer.currency or settings.COMPANY.currency
    how = form.get("how", "rule")
    typed = figures(form, "on-", empty=True) if asked(request) == "chosen" else {}
    rows = open_rows(customer.pk, currency, typed, request.user, result) if currency in CURRENCIES else []
    context = {
        "customer": customer,
        "form": form,
        "how": how,
        "rows": rows,
        "open_sum": sum((row.open for row in rows), Decimal(0)),
        "result": result,
        "why_not": "" if refused else why_not,
        "currency": currency,
        "company_currency": settings.COMPANY.currency,
        "date": form.get("date", clock.today().isoformat()),
        "orders": deposit_orders(request, customer),
        "line": line,
        "once": key_of(request),
        "refused": refused,
        "here": reverse("till:new_payment"),
    }
    name = "till/result_payment.html" if request.headers.get("HX-Request") else "till/new_payment.html"
    return render(request, name, context, status=422 if refused else 200)


def of_line(line: BankLine) -> dict[str, str]:
    """What the form says of a bank line before anybody has typed."""
    return {
        "amount": figure(line.amount), "currency": line.currency, "date": line.day.isoformat(), "reference": line.text[:300],
    }  # fmt: skip


def deposit_orders(request: HttpRequest, customer: Customer) -> list[OrderStatus]:
    """The customer's open orders that a deposit can be tied to."""
    mine = visible_statuses(request.user).filter(customer=customer.pk, is_open=True)
    return list(mine.order_by(F("promised_date").asc(nulls_last=True), "number")[:MOST])
