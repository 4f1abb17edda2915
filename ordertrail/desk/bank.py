"""Bank statements at the desk: bring a file's lines in, take one as a payment, tie it to one that is there, put it aside."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from ordertrail.billing.bank import Entry, Told, keyed
from ordertrail.billing.bank_matching import twins
from ordertrail.billing.models import BankLine, BankLineState, BankStatement, Payment
from ordertrail.desk.acts import note
from ordertrail.desk.invoicing import amount_text
from ordertrail.desk.pay import Paid, pay
from ordertrail.lib import clock
from ordertrail.lib.gate import rewriting, whole
from ordertrail.lib.money import MONEY_SCALE, from_units, to_units
from ordertrail.lib.refused import Refused
from ordertrail.parties.models import Person

LONGEST_REASON = 300
PIECE = 500
"""Lines that one statement of SQL asks for or writes."""


@dataclass(frozen=True, slots=True)
class Brought:
    """What a file brought: the statement's id, lines of money in and out that are new, and lines that were known."""

    statement: int
    new: int
    out: int
    known: int


def bring(by: Person, told: Told, name: str, sha256: str) -> Brought:
    """Keep the lines of one account that are not known yet; the same file again is the same statement. One transaction."""
    lines = keyed(told.entries)
    with rewriting():
        statement, made = BankStatement.objects.get_or_create(
            account=told.account,
            sha256=sha256,
            defaults={"name": name[:120], "format": told.format, "came_at": clock.now(), "by": by},
        )
        known = _known(told.account, list(lines))
        fresh = [_line(statement, key, entry) for key, entry in lines.items() if key not in known]
        BankLine.objects.bulk_create(fresh, batch_size=PIECE)
        if made:
            again = BankLine.again.through
            seen = [again(bankline_id=pk, bankstatement_id=statement.pk) for pk in known.values()]
            again.objects.bulk_create(seen, batch_size=PIECE)
            note(by, "bank_statement", "statement", statement.pk, name=statement.name, lines=len(fresh))
    out = sum(row.state == BankLineState.OUT for row in fresh)
    return Brought(statement.pk, len(fresh) - out, out, len(known))


def _known(account: str, keys: Sequence[str]) -> dict[str, int]:
    """The lines of an account that are kept already, by key."""
    found: dict[str, int] = {}
    for start in range(0, len(keys), PIECE):
        rows = BankLine.objects.filter(account=account, key__in=keys[start : start + PIECE])
        found |= dict(rows.values_list("key", "pk"))
    return found


def _line(statement: BankStatement, key: str, entry: Entry) -> BankLine:
    return BankLine(
        statement=statement, account=statement.account, key=key, row=entry.row, day=entry.day, payer=entry.payer, text=entry.text,
        bank_id=entry.bank_id, currency=entry.currency, amount=from_units(entry.amount, MONEY_SCALE),
        state=BankLineState.OPEN if entry.amount > 0 else BankLineState.OUT,
    )  # fmt: skip


def _open(pk: int) -> BankLine:
    """A line that waits, locked until the verb ends. Refused("bank_done") where somebody was quicker."""
    line = BankLine.objects.select_for_update().get(pk=pk)
    if line.state == BankLineState.OPEN:
        return line
    told = {
        "line": named(line),
        "who": str(line.decided_by or "–"),
        "payment": Payment.objects.filter(bank_line=line).values_list("number", flat=True).first() or "–",
    }
    if line.state == BankLineState.TAKEN:
        detail = _("%(line)s was already taken as payment %(payment)s by %(who)s; nothing was changed.") % told
    elif line.state == BankLineState.ASIDE:
        detail = _("%(line)s was put aside by %(who)s; bring it back first.") % told
    else:
        detail = _("%(line)s is money that went out; it settles no invoice.") % told
    raise Refused("bank_done", detail)


def named(line: BankLine) -> str:
    """What a sentence calls a line: its day, amount and payer."""
    money = amount_text(to_units(line.amount, MONEY_SCALE), line.currency)
    words = {"day": line.day.isoformat(), "money": money, "payer": line.payer or _("no payer")}
    return _("The bank line of %(day)s, %(money)s, %(payer)s,") % words


def _decide(line: BankLine, by: Person, state: str, *, payment: int | None = None, reason: str = "") -> None:
    BankLine.objects.filter(pk=line.pk).update(
        state=state, payment=payment, reason=reason, decided_by=by, decided_at=clock.now()
    )


def take(by: Person, pk: int, paid: Paid) -> int:
    """Write a line down as the payment ``paid``, to which it stays tied; the payment's id. One transaction.

    Refused("bank_done"), ("bank_differs") where the payment is not what the bank says, ("bank_twin") where a payment bears the bank's
    number already, and as ``pay``.
    """
    with whole():
        line = _open(pk)
        units = to_units(line.amount, MONEY_SCALE)
        if (paid.amount, paid.currency, paid.day) != (units, line.currency, line.day):
            sentence = _("%(line)s is taken as it stands: %(amount)s on %(day)s. Allocate less if not all is meant.")
            words = {"line": named(line), "amount": amount_text(units, line.currency), "day": line.day.isoformat()}
            raise Refused("bank_differs", sentence % words)
        for twin in twins(line):
            if twin.sure:
                sentence = _("%(line)s is payment %(payment)s, which bears its number; tie the line to it.")
                raise Refused("bank_twin", sentence % {"line": named(line), "payment": twin.payment.number})
        payment = pay(by, paid)
        _decide(line, by, BankLineState.TAKEN, payment=payment)
        note(by, "bank_line", "payment", payment, line=pk)
    return payment


def tie(by: Person, pk: int, payment: int) -> None:
    """Say that a payment which is there already tells of a line's money; none is made.

    Refused("bank_done"), ("bank_differs") for a payment of another sum, ("bank_tied") for one that has its line.
    """
    with whole():
        line = _open(pk)
        row = Payment.objects.select_for_update().get(pk=payment)
        told = {"line": named(line), "payment": row.number or row.pk}
        if (row.amount, row.currency, row.state) != (line.amount, line.currency, "done"):
            told["amount"] = amount_text(to_units(row.amount, MONEY_SCALE), row.currency)
            raise Refused(
                "bank_differs", _("%(line)s is not payment %(payment)s of %(amount)s; choose another.") % told
            )
        if BankLine.objects.filter(payment=payment).exists():
            raise Refused("bank_tied", _("Payment %(payment)s has its bank line already; choose another.") % told)
        _decide(line, by, BankLineState.TAKEN, payment=payment)
        note(by, "bank_line", "payment", payment, line=pk)


def put_aside(by: Person, pk: int, reason: str) -> None:
    """Take a line off the list without a payment, for a reason. Refused("bank_done"), ("wrong_value") without a reason."""
    reason = reason.strip()[:LONGEST_REASON]
    with whole():
        line = _open(pk)
        if not reason:
            raise Refused("wrong_value", _("Say why the line is put aside, so that others understand it."))
        _decide(line, by, BankLineState.ASIDE, reason=reason)
        note(by, "bank_aside", "bank_line", pk, reason=reason)


def bring_back(by: Person, pk: int) -> None:
    """Put a line that was put aside back on the list. Refused("bank_done") for any other."""
    with whole():
        line = BankLine.objects.select_for_update().get(pk=pk)
        if line.state != BankLineState.ASIDE:
            _open(pk)
            return
        _decide(line, by, BankLineState.OPEN)
        note(by, "bank_back", "bank_line", pk)
