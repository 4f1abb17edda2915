"""OFX, both the older one without closing tags and the newer one in XML: the transactions of each account."""

from __future__ import annotations

import re
from html import unescape

from django.utils.translation import gettext as _

from ordertrail.billing.bank import Entry, Told
from ordertrail.lib.refused import Refused
from ordertrail.sync.bank.told import account_of, amount_of, currency_of, day_of, units_of, unreadable

_TAG = re.compile(r"<(/?)([A-Za-z0-9.]{1,40})>([^<]*)")
_STATEMENTS = ("STMTRS", "CCSTMTRS")


def statements(text: str, name: str) -> list[Told]:
    """What each statement in an OFX file tells. Refused("xml_entities"), ("bank_format") without a statement, ("bank_row")."""
    if re.search(r"<!(DOCTYPE|ENTITY)", text, re.IGNORECASE):
        sentence = _("“%(name)s” declares types of its own, which no bank's statement does; export it again.")
        raise Refused("xml_entities", sentence % {"name": name})
    found: list[Told] = []
    account = currency = ""
    entries: list[Entry] = []
    row: dict[str, str] | None = None
    line, at = 1, 0
    for tag in _TAG.finditer(text):
        line += text.count("\n", at, tag.start())
        at = tag.start()
        closing, key, value = tag[1] == "/", tag[2].upper(), unescape(tag[3]).strip()
        if key in _STATEMENTS:
            if closing:
                found.append(Told(account, "ofx", tuple(entries)))
            account, currency, entries = "", "", []
        elif key == "STMTTRN":
            if closing and row is not None:
                entries.append(_entry(row, len(entries) + 1, currency, name, int(row["#"])))
            row = None if closing else {"#": str(line)}
        elif row is not None and not closing and value:
            row.setdefault(key, value)
        elif key == "CURDEF" and not closing:
            currency = value
        elif key == "ACCTID" and not closing:
            account = account_of(value)
    if row is not None:
        raise unreadable(name, int(row["#"]), _("the file ends in the middle of a line."))
    if not found:
        sentence = _("“%(name)s” holds no statement of an account, or ends before it does. Export it again.")
        raise Refused("bank_format", sentence % {"name": name})
    return found


def _entry(row: dict[str, str], place: int, currency: str, name: str, line: int) -> Entry:
    try:
        code = currency_of(currency)
        amount = units_of(amount_of(row.get("TRNAMT", "")), code)
        day = day_of(row.get("DTPOSTED", ""))
    except ValueError as fault:
        raise unreadable(name, line, str(fault)) from None
    texts = dict.fromkeys(filter(None, [row.get("MEMO", ""), row.get("REFNUM", ""), row.get("CHECKNUM", "")]))
    return Entry(place, day, amount, code, row.get("NAME", "")[:200], " ".join(texts)[:600], row.get("FITID", "")[:100])
