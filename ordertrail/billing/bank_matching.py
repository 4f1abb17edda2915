"""Whose money a bank line is, and what it may settle: suggestions with their reasons in words. They decide nothing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from django.db.models import Q
from django.utils.translation import gettext as _

from ordertrail.billing.bank import adding_up
from ordertrail.billing.models import BankLine, Invoice, InvoiceShare, Payment
from ordertrail.billing.queries import Head, candidates, heads, opens
from ordertrail.billing.rules import guesses_in, numbers_in
from ordertrail.lib.money import MONEY_SCALE, from_units, to_units
from ordertrail.lib.numbers import name_key, number_key
from ordertrail.orders.models import Order
from ordertrail.parties.models import Customer
from ordertrail.records.models import Number
from ordertrail.records.own import documents_of, groups_of

AROUND = timedelta(days=5)
"""Days before and after a bank line within which a payment may tell of the same money."""
MOST = 5
"""Suggestions for one line."""
MOST_LOOKED_AT = 50
"""Invoices of the same total that are looked at where nothing else tells whose money it is."""


@dataclass(frozen=True, slots=True)
class Piece:
    """What of a line an invoice would get, in its currency."""

    invoice: int
    number: str
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A customer whose money a line may be, and the invoices that it would settle; no ``pieces``: by the default rule. ``why``: the
    reasons as sentences; ``sure`` is False where others are as likely."""

    customer: int
    name: str
    code: str
    pieces: tuple[Piece, ...]
    why: tuple[str, ...]
    sure: bool = True


@dataclass(frozen=True, slots=True)
class Owed:
    """An invoice with what is open of it (money units, above 0), and whose it is."""

    head: Head
    customer: int
    open: int


def suggestions(line: BankLine) -> list[Suggestion]:
    """What an open line may be, the likeliest first; empty where nothing fits."""
    if line.amount <= 0:
        return []
    amount = to_units(line.amount, MONEY_SCALE)
    named = _named(line)
    if named:
        return _told(_by_name_of_document(named, amount))
    found = [one for customer, why in _customers(line) for one in _of_customer(line, customer, why, amount)]
    return _told(found or _by_amount_alone(line, amount))


def _told(found: Sequence[tuple[int, tuple[Piece, ...], tuple[str, ...], bool]]) -> list[Suggestion]:
    rows = Customer.objects.in_bulk({customer for customer, *_rest in found})
    alone = len(found) == 1
    return [
        Suggestion(customer, rows[customer].name, rows[customer].code, pieces, why, sure and alone)
        for customer, pieces, why, sure in found[:MOST]
        if customer in rows
    ]


def _owed(invoices: Iterable[int], currency: str) -> list[Owed]:
    """Those of these invoices that are posted, stand, and have something open, oldest due first."""
    told = [
        head
        for head in heads(invoices).values()
        if head.state == "posted" and not head.cancelled and head.type != "credit_note" and head.currency == currency
    ]
    left = opens(head.id for head in told)
    groups = groups_of([head.customer for head in told if head.customer is not None])
    found = []
    for head in sorted(told, key=lambda head: (str(head.due_date or ""), head.number)):
        units = sum(part.open for part in left[head.id].values())
        if units > 0 and head.customer is not None:
            found.append(Owed(head, groups.get(head.customer, head.customer), units))
    return found


def _named(line: BankLine) -> list[tuple[Owed, str]]:
    """The open invoices that the text names by their number or their order's, in the order of reading, each with the reason."""
    keys = list(dict.fromkeys([*numbers_in(line.text), *guesses_in(line.text, line.amount)[0]]))
    if not keys:
        return []
    rows = Number.objects.filter(key__in=keys, kind__in=("invoice", "order"), search_only=False)
    found: list[tuple[int, int, str]] = []
    for key, kind, group in rows.values_list("key", "kind", "document__group"):
        if kind == "invoice":
            found.append((keys.index(key), group, _("The text names this invoice.")))
            continue
        number = Order.objects.filter(pk=group).values_list("number", flat=True).first() or key
        reason = _("The text names order %(order)s.") % {"order": number}
        billed = InvoiceShare.objects.filter(order=group).values_list("invoice", flat=True).distinct()
        found += [(keys.index(key), invoice, reason) for invoice in billed]
    why = {invoice: reason for _place, invoice, reason in sorted(found, reverse=True)}
    place = {invoice: at for at, invoice, _reason in sorted(found, reverse=True)}
    owed = _owed(why, line.currency)
    return [(one, why[one.head.id]) for one in sorted(owed, key=lambda one: place[one.head.id])]


def _by_name_of_document(
    named: Sequence[tuple[Owed, str]], amount: int
) -> list[tuple[int, tuple[Piece, ...], tuple[str, ...], bool]]:
    """What the named invoices would get, in the order in which they are named; by customer where they are of several."""
    found = []
    for customer in dict.fromkeys(one.customer for one, _why in named):
        rest, pieces, why = amount, [], []
        for owed, reason in named:
            if owed.customer != customer or rest <= 0:
                continue
            taken = min(rest, owed.open)
            rest -= taken
            pieces.append(_piece(owed, taken))
            why.append(f"{owed.head.named}: {reason}")
        if rest:
            why.append(_("More came than these have open; the rest is kept as the customer's credit."))
        found.append((customer, tuple(pieces), tuple(why), True))
    return found


def _piece(owed: Owed, amount: int) -> Piece:
    return Piece(owed.head.id, owed.head.named, from_units(amount, MONEY_SCALE))


def _customers(line: BankLine) -> list[tuple[int, str]]:
    """The customers whose name fits the payer, or whose money this payer sent before, each with the reason."""
    found: dict[int, str] = {}
    key = name_key(line.payer)
    if key:
        for pk in Customer.objects.filter(name_key=key).order_by("pk").values_list("pk", flat=True)[:MOST]:
            found[pk] = _("The payer's name is the customer's.")
    before = BankLine.objects.filter(payer=line.payer, state="taken", payment__customer__isnull=False).exclude(payer="")
    told = before.order_by("-day", "-pk").values_list("payment__customer", flat=True)[:MOST]
    groups = groups_of([customer for customer in told if customer is not None])
    for customer in told:
        if customer is not None:
            reason = _("Money of this payer was taken for this customer before.")
            found.setdefault(groups.get(customer, customer), reason)
    return list(found.items())


def _of_customer(
    line: BankLine, customer: int, why: str, amount: int
) -> list[tuple[int, tuple[Piece, ...], tuple[str, ...], bool]]:
    """What the line may settle of one customer: open amounts that make it exactly, else by the rule."""
    owed = _owed((head.id for head in candidates(documents_of(customer), line.currency)), line.currency)
    sums = adding_up([one.open for one in owed], amount)
    if not sums.ways:
        reason = _("No open amounts make the sum exactly; the oldest due is settled first.")
        return [(customer, (), (why, reason), True)]
    found = []
    for way in sums.ways:
        pieces = tuple(_piece(owed[place], owed[place].open) for place in way)
        reason = (
            _("%(number)s has exactly this open.") % {"number": pieces[0].number}
            if len(pieces) == 1
            else _("%(count)s open invoices add up to the sum.") % {"count": len(pieces)}
        )
        reasons = [why, reason]
        if len(sums.ways) > 1:
            reasons.append(_("Other invoices make the same sum; choose."))
        elif not sums.searched:
            reasons.append(_("Not every way was tried; there may be others."))
        found.append((customer, pieces, tuple(reasons), len(sums.ways) == 1 and sums.searched))
    return found


def _by_amount_alone(line: BankLine, amount: int) -> list[tuple[int, tuple[Piece, ...], tuple[str, ...], bool]]:
    """Invoices of any customer with exactly this total open: never sure, since nothing tells whose money it is."""
    same = Invoice.objects.filter(currency=line.currency, state="posted", total=line.amount, cancelled_at=None)
    owed = _owed(same.order_by("due_date", "pk").values_list("pk", flat=True)[:MOST_LOOKED_AT], line.currency)
    why = _("Only the amount fits; nothing tells whose money it is.")
    return [(one.customer, (_piece(one, amount),), (why,), False) for one in owed if one.open == amount]


@dataclass(frozen=True, slots=True)
class Twin:
    """A payment that may tell of the same money as a line; ``sure`` where it bears the bank's own number."""

    payment: Payment
    why: str
    sure: bool


def twins(line: BankLine) -> list[Twin]:
    """Payments of the same amount, not tied to a bank line, that may be this line's: taken by hand, or read from another system."""
    if line.amount <= 0:
        return []
    same = Payment.objects.filter(currency=line.currency, amount=line.amount, state="done", bank_line=None)
    key = number_key(line.bank_id)
    near = Q(paid_date__range=(line.day - AROUND, line.day + AROUND))
    found = []
    for row in same.filter(near).select_related("home").order_by("paid_date", "pk")[:MOST_LOOKED_AT]:
        if key and key in (number_key(row.number), number_key(row.reference)):
            found.append(Twin(row, _("It bears the bank's number of this line."), sure=True))
        elif line.payer and name_key(row.payer) == name_key(line.payer):
            found.append(Twin(row, _("Same amount and payer within five days."), sure=False))
        elif line.text and row.reference == line.text[:300]:
            found.append(Twin(row, _("Same amount and text within five days."), sure=False))
    return sorted(found, key=lambda one: not one.sure)[:MOST]


def told_elsewhere(line: BankLine) -> BankLine | None:
    """The line of the same account, day and sum that another kind of file told of, one with numbers of the bank and one without: these
    two cannot know each other by a key, so a person must look. None where there is none."""
    if line.amount <= 0:
        return None
    same = BankLine.objects.filter(account=line.account, day=line.day, amount=line.amount, currency=line.currency)
    other = same.filter(bank_id="") if line.bank_id else same.exclude(bank_id="")
    return other.exclude(state="aside").select_related("statement").order_by("pk").first()
