"""Bank statements as tables (CSV, Excel): the columns that the banks of the mainland, Taiwan and abroad call by many names."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import NoReturn

from django.utils.translation import gettext as _

from ordertrail.billing.bank import Entry, Told
from ordertrail.lib import clock
from ordertrail.lib.refused import Refused
from ordertrail.sync.bank.told import account_of, currency_of, units_of, unreadable
from ordertrail.sync.connectors import grids
from ordertrail.sync.connectors.base import Notes, Value
from ordertrail.sync.connectors.delimited import Line
from ordertrail.sync.moments import day_reader
from ordertrail.sync.values import Bad, Reading, code_reader, number_reader, read_text, show

HEADER_WITHIN = 40
"""Rows from the top among which the one that names the columns is looked for."""

COLUMNS: Mapping[str, tuple[str, ...]] = {
    "day": (
        "记账日期", "入账日期", "记账日", "交易日期", "交易日", "交易时间", "记账时间", "日期", "入帳日期", "記帳日期", "交易日期時間",
        "帳務日期", "date", "bookingdate", "postingdate", "transactiondate",
    ),
    "in": (
        "贷方发生额", "贷方金额", "收入金额", "存入金额", "转入金额", "贷方", "收入", "存入", "貸方金額", "存入金額", "收入金額",
        "credit", "creditamount", "deposit", "paidin",
    ),
    "out": (
        "借方发生额", "借方金额", "支出金额", "转出金额", "支取金额", "借方", "支出", "支取", "借方金額", "支出金額", "提出金額",
        "debit", "debitamount", "withdrawal", "paidout",
    ),
    "amount": ("交易金额", "发生额", "金额", "交易金額", "金額", "amount"),
    "side": ("借贷标志", "借贷方向", "借贷", "收支", "收支方向", "收/支", "借/贷", "借貸別", "debit/credit", "direction"),
    "payer": (
        "对方户名", "对方名称", "对方账户名称", "对方单位名称", "对方单位", "对手方名称", "对手方户名", "收付方名称", "收方付方名称",
        "付款人名称", "付款方名称", "付款人", "交易对方", "對方戶名", "付款人名稱", "payer", "counterparty", "counterpartyname", "name",
    ),
    "id": (
        "交易流水号", "银行流水号", "核心流水号", "主机流水号", "流水号", "交易编号", "交易参考号", "业务参考号", "交易序號", "流水號",
        "transactionid", "bankreference", "id",
    ),
    "account": ("本方账号", "本方帐号", "查询账号", "账号", "帐号", "本方帳號", "帳號", "account", "accountnumber"),
    "currency": ("币种", "币别", "货币", "交易币种", "幣別", "currency"),
}  # fmt: skip
"""What each thing may be called, the best column first; compared without blanks, signs at the end and what stands in brackets."""
TEXTS = (
    "摘要", "附言", "用途", "备注", "交易摘要", "交易附言", "客户附言", "业务摘要", "其它摘要", "其他摘要", "备注信息", "備註", "附註",
    "description", "memo", "reference", "details", "text",
)  # fmt: skip
"""Columns whose words are put together."""
_TOTALS = re.compile(
    r"\s*(?:(?:本页|本頁|本期)?(?:合计|总计|小计|累计|合計|總計|小計|累計)"
    r"[\s\d:：,.笔筆元数數金额額收入支出借贷貸方]*|(?:grand )?totals?\W*)$",
    re.IGNORECASE,
)
_BALANCES = re.compile(r"\s*(期初|期末|承前|上期|结余|結餘|opening|closing)", re.IGNORECASE)
_ACCOUNT = re.compile(
    r"(?:账号|帐号|帳號|卡号|account(?:\s*(?:no\.?|number))?)\s*[:：]?\s*([0-9A-Z*][0-9A-Z* -]{3,40})", re.IGNORECASE
)
_CURRENCY = re.compile(r"(?:币种|幣別|currency)\s*[:：]\s*(\w{2,6})", re.IGNORECASE)
_IN = frozenset({"贷", "貸", "贷方", "貸方", "收", "收入", "来账", "转入", "c", "cr", "crdt", "credit", "in"})
_OUT = frozenset({"借", "借方", "支", "支出", "往账", "转出", "d", "dr", "dbit", "debit", "out"})


@dataclass(frozen=True, slots=True)
class Columns:
    """Where each thing stands in a row, from 0; ``texts``: the columns whose words are put together."""

    row: int
    places: Mapping[str, int]
    texts: tuple[int, ...]

    def cell(self, line: Line, what: str) -> Value:
        """The cell of a thing; None where the row or the file has none."""
        place = self.places.get(what, -1)
        return line.cells[place] if 0 <= place < len(line.cells) else None


def statements(body: bytes, name: str, encoding: str, currency: str) -> list[Told]:
    """What a table tells, by account in the order of the file. ``currency``: of lines that name none.

    Refused as ``grids.opened`` says; ("bank_format") without columns of a statement, ("bank_row").
    """
    with grids.opened(body, name, grids.How(encoding), _wanted(), Notes()) as grid:
        rows = [line for line in grid.rows() if line.wrong or any(cell not in (None, "") for cell in line.cells)]
    columns = _columns(rows, name)
    _check_sides(rows, columns, name)
    above = " ".join(_safe(cell) for line in rows if line.number < columns.row for cell in line.cells)
    named = _ACCOUNT.search(above)
    account = account_of(named[1]) if named else ""
    code = _CURRENCY.search(above)
    found: dict[str, list[Entry]] = {}
    for line in rows:
        if line.number <= columns.row:
            continue
        try:
            entry = _entry(line, columns, code[1] if code else currency)
            own = account_of(read_text(columns.cell(line, "account"))) or account
        except Bad as bad:
            raise unreadable(name, line.number, bad.detail) from None
        except ValueError as fault:
            raise unreadable(name, line.number, str(fault)) from None
        if entry is not None:
            found.setdefault(own, []).append(entry)
    return [Told(own, "table", tuple(entries)) for own, entries in found.items()] or [Told(account, "table", ())]


def _wanted() -> list[str]:
    return [*TEXTS, *(name for names in COLUMNS.values() for name in names)]


def _safe(cell: Value) -> str:
    try:
        return read_text(cell)
    except Bad:
        return ""


def _bare(cell: Value) -> str:
    """The name of a column as it is compared.

    >>> _bare(" 贷方发生额（收入）"), _bare("收(付)方名称"), _bare("收入金额/元"), _bare("Transaction ID")
    ('贷方发生额', '收方名称', '收入金额', 'transactionid')
    """
    text = re.sub(r"[(（\[【].*?[)）\]】]", "", _safe(cell).lower())
    return re.sub(r"/元$|[\s_:：*]", "", text)


def _columns(rows: Sequence[Line], name: str) -> Columns:
    for line in rows[:HEADER_WITHIN]:
        names = [_bare(cell) for cell in line.cells]
        spelt = [*names, *(_safe(cell).translate({ord(sign): None for sign in "()（） "}) for cell in line.cells)]
        places = {
            what: next(spelt.index(one) % len(names) for one in known if one in spelt)
            for what, known in COLUMNS.items()
            if any(one in spelt for one in known)
        }
        if "day" in places and places.keys() & {"in", "amount"}:
            used = set(places.values())
            texts = [place for place, one in enumerate(names) if one in TEXTS and place not in used]
            return Columns(line.number, places, tuple(texts))
    sentence = _(
        "“%(name)s” is no bank statement that can be read: no row names a date and an amount that came in. "
        "The first row reads: %(first)s. Export the statement with its heads (%(heads)s), or as OFX or camt.053."
    )
    first = ", ".join(show(_safe(cell), 30) for cell in rows[0].cells[:8]) if rows else ""
    raise Refused(
        "bank_format", sentence % {"name": name, "first": first, "heads": "交易日期, 贷方发生额, 对方户名, 摘要"}
    )


def _check_sides(rows: Sequence[Line], columns: Columns, name: str) -> None:
    """Refused("bank_side") where one column holds all amounts and nothing tells money in from money out: that is never guessed."""
    if columns.places.keys() & {"in", "side"}:
        return
    below = (_safe(columns.cell(line, "amount")) for line in rows if line.number > columns.row)
    if not any(text.strip()[:1] in ("-", "+", "−", "－") for text in below if text.strip()):
        sentence = _(
            "“%(name)s” has one column of amounts, none with a sign, and no column that says what came in and what went out. "
            "Export it with two columns (%(heads)s), or with a column that says it (%(side)s)."
        )
        told = {"name": name, "heads": "贷方发生额, 借方发生额", "side": "借贷标志"}
        raise Refused("bank_side", sentence % told)


def _exact(_code: str, detail: str) -> NoReturn:
    raise ValueError(detail)


def _noted(_code: str, _detail: str) -> None:
    """What a reader of days puts right on the way does not change the day."""


def _number(value: Value) -> Decimal | None:
    return number_reader(".", 4, _exact)(value.strip().lstrip("+") if isinstance(value, str) else value)


def _entry(line: Line, columns: Columns, currency: str) -> Entry | None:
    """A row; None for totals, words below the table, and rows that move nothing. Bad or ValueError with a sentence."""
    if line.wrong:
        raise ValueError(line.why)
    dated = _safe(columns.cell(line, "day"))[:1].isdigit()
    if not dated and any(_TOTALS.match(_safe(cell)) for cell in line.cells[:3]):
        return None
    given = [columns.cell(line, what) for what in ("in", "out", "amount")]
    if all(_safe(cell) in ("", "-", "--") for cell in given) and (
        not dated or any(_BALANCES.match(_safe(cell)) for cell in line.cells)
    ):
        return None
    if len([cell for cell in line.cells if _safe(cell)]) == 1:
        return None
    amount = _amount(line, columns)
    day = day_reader(Reading(), clock.zone(), _noted)(columns.cell(line, "day"))
    if not isinstance(day, date):
        raise ValueError(_("the row has an amount and no day."))
    if not amount:
        return None
    code = currency_of(read_text(columns.cell(line, "currency")) or currency)
    return Entry(
        line.number, day, units_of(amount, code), code, read_text(columns.cell(line, "payer"))[:200],
        " ".join(dict.fromkeys(_texts(line, columns)))[:600], _bank_id(line, columns),
    )  # fmt: skip


def _bank_id(line: Line, columns: Columns) -> str:
    """The bank's own number of a row; "" for none. Bad where a spreadsheet has lost its last digits: rows would look the same."""
    text = code_reader(_noted)(columns.cell(line, "id"))
    return text[:100] if text.strip("-0 ") else ""


def _texts(line: Line, columns: Columns) -> Iterator[str]:
    for place in columns.texts:
        if place < len(line.cells) and (text := read_text(line.cells[place])):
            yield text


def _amount(line: Line, columns: Columns) -> Decimal:
    """What the row moves: in minus out, or the one amount with its sign or side."""
    if "in" in columns.places:
        given = [_number(_filled(columns.cell(line, what))) for what in ("in", "out")]
        if given == [None, None]:
            raise ValueError(_("the row has no amount."))
        return (given[0] or Decimal(0)) - (given[1] or Decimal(0))
    value = _number(_filled(columns.cell(line, "amount")))
    if value is None:
        raise ValueError(_("the row has no amount."))
    if "side" not in columns.places:
        return value
    side = read_text(columns.cell(line, "side")).strip().lower()
    if side in _IN:
        return value
    if side in _OUT:
        return -value
    raise ValueError(_("“%(text)s” does not say whether money came in or went out.") % {"text": show(side)})


def _filled(value: Value) -> Value:
    return None if isinstance(value, str) and value.strip() in ("-", "--", "") else value
