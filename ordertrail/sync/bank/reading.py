"""A bank's file, whatever its format: CSV in any encoding, Excel, OFX, CAMT.053; told by its bytes, never by its name."""

from __future__ import annotations

import io
from contextlib import closing
from dataclasses import replace

from django.utils.translation import gettext as _

from ordertrail.billing.bank import Told
from ordertrail.lib.refused import Refused
from ordertrail.sync.bank import camt, ofx, sheet
from ordertrail.sync.bank.told import LARGEST, MOST_LINES, account_of
from ordertrail.sync.connectors import encodings, sheets

_SAID = {"936": "gb18030", "54936": "gb18030", "950": "big5hkscs", "932": "shift_jis", "1252": "cp1252"}
"""Encodings as the head of an OFX file numbers them."""


def read(body: bytes, name: str, *, account: str = "", encoding: str = "", currency: str = "CNY") -> list[Told]:
    """What a bank's file tells, by account. ``account``, ``encoding``: what somebody typed, for files that do not say it themselves;
    ``currency``: of lines that name none.

    Refused("file_empty"), ("file_too_large"), ("file_foreign"), ("encoding_unknown"), ("bank_format"), ("bank_row"), ("bank_sum"),
    ("xml_entities"), ("account_missing"), ("account_differs"), ("too_many_lines"): the whole file, nothing of it is taken.
    """
    if len(body) > LARGEST:
        told = {"name": name, "most": LARGEST >> 20}
        raise Refused("file_too_large", _("“%(name)s” is larger than %(most)s MB. Export a shorter period.") % told)
    found = _told(body, name, encoding, currency)
    found = [replace(one, entries=tuple(entry for entry in one.entries if entry.amount)) for one in found]
    lines = sum(len(one.entries) for one in found)
    if not lines:
        raise Refused(
            "file_empty", _("“%(name)s” holds no line of an account; export a period with payments.") % {"name": name}
        )
    if lines > MOST_LINES:
        told = {"name": name, "lines": f"{lines:,}", "most": f"{MOST_LINES:,}"}
        sentence = _(
            "“%(name)s” has %(lines)s lines; more than %(most)s are not read at once. Export a shorter period."
        )
        raise Refused("too_many_lines", sentence % told)
    return _of_accounts(found, name, account_of(account))


def _told(body: bytes, name: str, encoding: str, currency: str) -> list[Told]:
    start = body[:4096].replace(b"\0", b"")
    if b"<OFX>" in start.upper() or start.lstrip(b"\xef\xbb\xbf").startswith(b"OFXHEADER"):
        return ofx.statements(_text(body, encoding, start), name)
    if sheets.kind_of(body[:4096]) == "xml":
        return camt.statements(_text(body, encoding, b""), name)
    return sheet.statements(body, name, encoding, currency)


def _text(body: bytes, encoding: str, head: bytes) -> str:
    """The text of a file by the ladder of encodings; where that must ask, as its own head says."""
    pieces = encodings.pieces_of(body)
    try:
        decoding = encodings.decide(pieces, encoding)
    except Refused:
        said = next((name for number, name in _SAID.items() if b"CHARSET:" + number.encode() in head), "")
        if encoding or not said or not encodings.strictly(pieces, said):
            raise
        decoding = encodings.Decoding(said)
    with io.BytesIO(body) as file, closing(encodings.lines(file, decoding)) as lines:
        return "".join(lines).encode(errors="replace").decode()


def _of_accounts(found: list[Told], name: str, typed: str) -> list[Told]:
    """The statements with their accounts. Refused where none is known, or another one was typed than the file says."""
    for one in found:
        if not one.account and not typed:
            sentence = _(
                "“%(name)s” does not say whose account it is. Type the account beside the file and send it again."
            )
            raise Refused("account_missing", sentence % {"name": name})
        if one.account and typed and one.account != typed:
            sentence = _(
                "“%(name)s” is of account %(account)s, not %(typed)s. Leave the account empty, or choose the other file."
            )
            raise Refused("account_differs", sentence % {"name": name, "account": one.account, "typed": typed})
    return [replace(one, account=one.account or typed) for one in found]
