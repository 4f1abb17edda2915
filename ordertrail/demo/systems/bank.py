"""The bank: one statement file a month of money received, in GB18030, amounts "1,234.56", payers as banks write them.

The separator changed from ``;`` to TAB with the bank's new portal. What the money is for stands in the remark, in free
text: an invoice's number, an order's, several, or nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path

from ordertrail.demo.truth import Payment

FOLDER = "bank"
COLUMNS = ("交易日期", "交易时间", "借贷标志", "交易金额", "币种", "对方户名", "对方账号", "附言", "交易流水号")
NEW_PORTAL = "2026-01"
"""The first month whose statement is separated by TAB."""


def _account(payer: str) -> str:
    """The payer's account number as statements show it, half hidden; the same for the same payer."""
    return f"6222{sum(map(ord, payer)) * 7919 % 10_000:04d}****{sum(map(ord, payer)) * 104_729 % 10_000:04d}"


def _cells(payment: Payment) -> tuple[str, ...]:
    return (
        payment.paid_at.strftime("%Y%m%d"),
        payment.paid_at.strftime("%H:%M:%S"),
        "贷",
        f"{payment.amount:,.2f}",
        "人民币",
        payment.payer,
        _account(payment.payer),
        payment.remark,
        payment.serial,
    )


def write(
    folder: Path,
    payments: Iterable[Payment],
    only_months: frozenset[str] | None = None,
    extra: Mapping[str, Iterable[str]] | None = None,
) -> None:
    """Write the monthly statements of the ``payments`` that the bank knows; ``only_months`` ("2026-09"): just those.

    ``extra`` are rows as raw text (cells separated by TAB) that stand at the end of a month's statement.
    """
    months: defaultdict[str, list[tuple[str, ...]]] = defaultdict(list)
    for payment in sorted((one for one in payments if one.serial), key=lambda one: (one.paid_at, one.serial)):
        months[payment.paid_at.strftime("%Y-%m")].append(_cells(payment))
    for month, raw in (extra or {}).items():
        months[month] += [tuple(row.split("\t")) for row in raw]
    (folder / FOLDER).mkdir(parents=True, exist_ok=True)
    for month, rows in months.items():
        if only_months is None or month in only_months:
            separator = "\t" if month >= NEW_PORTAL else ";"
            lines = [separator.join(cells) + "\r\n" for cells in (COLUMNS, *rows)]
            path = folder / FOLDER / f"收款流水_{month.replace('-', '')}.csv"
            path.write_bytes("".join(lines).encode("gb18030"))
