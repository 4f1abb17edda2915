"""CAMT.053, the statement of ISO 20022: booked entries of each account, and whether they add up to the balances."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from xml.parsers import expat

from django.utils.translation import gettext as _

from ordertrail.billing.bank import Entry, Told
from ordertrail.lib.refused import Refused
from ordertrail.sync.bank.told import account_of, amount_of, currency_of, day_of, units_of, unreadable

DEEPEST = 60
"""Elements inside each other; a statement has about fifteen."""


@dataclass(slots=True)
class Node:
    """An XML element: its name without namespace, attributes, text, children and line in the file."""

    name: str
    line: int
    attributes: dict[str, str]
    text: str = ""
    children: list[Node] = field(default_factory=list)

    def all(self, path: str) -> Iterator[Node]:
        """The elements at a path of names, as in ``Acct/Id/IBAN``."""
        first, _slash, rest = path.partition("/")
        for child in self.children:
            if child.name == first:
                if rest:
                    yield from child.all(rest)
                else:
                    yield child

    def first(self, *paths: str) -> Node | None:
        """The first element at the first path that leads to any."""
        return next((node for path in paths for node in self.all(path)), None)

    def said(self, *paths: str) -> str:
        """The text at the first path where one stands; "" for none."""
        return next((text for path in paths for node in self.all(path) if (text := node.text.strip())), "")


class _Closed(Exception):
    """Ends a parse: the file declares a document type, or is deeper than any statement."""


def tree(text: str, name: str) -> Node:
    """The elements of an XML text. No document type, entity or outside file is followed: Refused("xml_entities"), ("xml_broken")."""
    parser = expat.ParserCreate("utf-8", namespace_separator=" ")
    parser.buffer_text = True
    top = Node("", 0, {})
    stack = [top]

    def begin(tag: str, attributes: dict[str, str]) -> None:
        if len(stack) > DEEPEST:
            raise _Closed
        node = Node(tag.rpartition(" ")[2], parser.CurrentLineNumber, attributes)
        stack[-1].children.append(node)
        stack.append(node)

    def end(_tag: str) -> None:
        stack.pop()

    def words(data: str) -> None:
        stack[-1].text += data

    def closed(*_told: Any) -> None:
        raise _Closed

    parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler = begin, end, words
    parser.StartDoctypeDeclHandler = parser.EntityDeclHandler = closed
    try:
        parser.Parse(text.encode(), True)
    except _Closed:
        sentence = _(
            "“%(name)s” declares types of its own or nests too deep, which no bank's statement does; export it again."
        )
        raise Refused("xml_entities", sentence % {"name": name}) from None
    except expat.ExpatError as fault:
        raise unreadable(name, fault.lineno, _("the XML is broken there.")) from None
    return top


def statements(text: str, name: str) -> list[Told]:
    """What each statement in a CAMT.053 file tells. Refused("bank_format") for another message, ("bank_row"), ("bank_sum")."""
    top = tree(text, name)
    found = list(top.all("Document/BkToCstmrStmt/Stmt"))
    if not found:
        sentence = _(
            "“%(name)s” is XML but no bank statement (camt.053). Export the statement as camt.053, OFX, CSV or Excel."
        )
        raise Refused("bank_format", sentence % {"name": name})
    return [_statement(one, name) for one in found]


def _statement(told: Node, name: str) -> Told:
    account = account_of(told.said("Acct/Id/IBAN", "Acct/Id/Othr/Id"))
    entries: list[Entry] = []
    for node in told.all("Ntry"):
        if node.said("Sts/Cd", "Sts") not in ("BOOK", ""):
            continue
        try:
            entries += _entries(node, len(entries))
        except ValueError as fault:
            raise unreadable(name, node.line, str(fault)) from None
    _check_sum(told, entries, name)
    return Told(account, "camt", tuple(entries))


def _signed(node: Node, sign: Node) -> tuple[int, str]:
    amount = node.first("Amt", "AmtDtls/TxAmt/Amt")
    if amount is None:
        raise ValueError(_("the entry has no amount."))
    currency = currency_of(amount.attributes.get("Ccy", ""))
    units = units_of(amount_of(amount.text), currency)
    side = sign.said("CdtDbtInd")
    if side not in ("CRDT", "DBIT"):
        raise ValueError(_("the entry does not say whether money came in or went out."))
    return (units if side == "CRDT" else -units), currency


def _entries(node: Node, before: int) -> list[Entry]:
    """An entry; one for each of its transactions where it is a batch whose amounts add up to it."""
    total, currency = _signed(node, node)
    day = day_of(node.said("BookgDt/Dt", "BookgDt/DtTm", "ValDt/Dt", "ValDt/DtTm"))
    parts = list(node.all("NtryDtls/TxDtls"))
    amounts: list[int] = []
    if len(parts) > 1 and all(part.first("Amt", "AmtDtls/TxAmt/Amt") for part in parts):
        signed = [_signed(part, part if part.said("CdtDbtInd") else node) for part in parts]
        amounts = [units for units, code in signed if code == currency]
    whole = sum(amounts) != total or len(amounts) != len(parts)
    if whole:
        amounts, parts = [total], [parts[0] if parts else node]
    reference = node.said("AcctSvcrRef", "NtryRef")
    found: list[Entry] = []
    for place, (part, amount) in enumerate(zip(parts, amounts, strict=True), 1):
        bank_id = reference if whole or not reference else f"{reference}/{place}"
        side = "Dbtr" if amount > 0 else "Cdtr"
        payer = part.said(f"RltdPties/{side}/Nm", f"RltdPties/{side}/Pty/Nm", f"RltdPties/Ultmt{side}/Nm")
        texts = [one.text.strip() for one in part.all("RmtInf/Ustrd")]
        texts += [one.text.strip() for one in part.all("RmtInf/Strd/CdtrRefInf/Ref")]
        texts += [one.text.strip() for one in part.all("RmtInf/Strd/RfrdDocInf/Nb")]
        text = " ".join(filter(None, texts)) or part.said("AddtlTxInf") or node.said("AddtlNtryInf")
        found.append(Entry(before + len(found) + 1, day, amount, currency, payer[:200], text[:600], bank_id[:100]))
    return found


def _check_sum(told: Node, entries: list[Entry], name: str) -> None:
    """Refused("bank_sum") where the balance before and the lines do not make the balance after: a part of the file is missing."""
    balances: dict[str, tuple[int, str]] = {}
    for node in told.all("Bal"):
        try:
            balances[node.said("Tp/CdOrPrtry/Cd")] = _signed(node, node)
        except ValueError as fault:
            raise unreadable(name, node.line, str(fault)) from None
    before, after = balances.get("OPBD") or balances.get("PRCD"), balances.get("CLBD")
    if before is None or after is None:
        return
    moved = sum(entry.amount for entry in entries)
    if before[0] + moved != after[0]:
        sentence = _(
            "“%(name)s” does not add up: before %(before)s, lines %(moved)s, after %(after)s. A part is missing; export it again."
        )
        told_sums = {"before": before[0], "moved": moved, "after": after[0]}
        words = {key: f"{value / 10_000:,.2f}" for key, value in told_sums.items()}
        raise Refused("bank_sum", sentence % {"name": name, **words})
