"""No statement of a batch reads through a whole table: what costs nothing at a hundred orders would cost minutes at a million."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection

from ordertrail.billing.models import Invoice, Payment
from ordertrail.desk.link import link, unlink
from ordertrail.desk.sweep import sweep
from ordertrail.desk.tests.test_mirror import status_of
from ordertrail.findings.tests.company import ERP_BILLS_10, MES_MADE_8, OMS_X, WMS_SHIPS_6, WMS_X, company, say
from ordertrail.parties.models import Person
from ordertrail.records.models import Link, SourceDocument
from ordertrail.records.shapes import (
    AllocationRecord,
    CustomerRecord,
    OpportunityRecord,
    PaymentRecord,
    ProductRecord,
    ProjectRecord,
)

SMALL = {"records_source"}
"""What may be read whole: a company has some ten sources."""
FIRST_ONLY = "ORDER BY desk_act.id DESC LIMIT 1"
"""What SQLite calls a scan and ends with its first row: the act before this one."""


class Plans:
    """Asks SQLite how it will do each statement, before it does."""

    def __init__(self) -> None:
        self.scans: set[tuple[str, str]] = set()

    def __call__(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
        if sql.lstrip().upper().startswith(("SELECT", "WITH", "--", "UPDATE", "DELETE")) and not many:
            self._ask(sql, params)
        return execute(sql, params, many, context)

    def _ask(self, sql: str, params: Sequence[Any]) -> None:
        tables = {name for (name,) in self._rows("SELECT name FROM sqlite_master WHERE type = 'table'", ())}
        partial = {name for (name,) in self._rows("SELECT name FROM sqlite_master WHERE sql LIKE '%) WHERE %'", ())}
        for *_, detail in self._rows("EXPLAIN QUERY PLAN " + sql, params):
            told = re.match(r"SCAN (\S+)(?: USING .*INDEX (\S+))?", detail)
            of = told and told[2] not in partial and self._table(told[1], sql, tables)
            if of and of not in SMALL and not sql.replace('"', "").endswith(FIRST_ONLY):
                self.scans.add((of, " ".join(sql.split())[:300]))

    @staticmethod
    def _table(name: str, sql: str, tables: set[str]) -> str:
        """The table behind an alias; "" for what the statement itself has made."""
        if name in tables:
            return name
        behind = re.search(rf'"?(\w+)"? (?:AS )?"?{name}"?\b', sql)
        return behind[1] if behind and behind[1] in tables else ""

    @staticmethod
    def _rows(sql: str, params: Any) -> list[tuple[Any, ...]]:
        with connection.cursor() as cursor:
            wrappers, connection.execute_wrappers[:] = list(connection.execute_wrappers), []
            try:
                cursor.execute(sql, params)
                return list(cursor.fetchall())
            finally:
                connection.execute_wrappers[:] = wrappers


@pytest.mark.sqlite
@pytest.mark.django_db
def test_no_statement_of_a_batch_a_link_or_a_sweep_reads_a_whole_table() -> None:
    by = company()
    plans = Plans()
    with connection.execute_wrapper(plans):
        for price in (Decimal(120), Decimal(121)):  # once new, once changed
            line = replace(OMS_X.lines[0], price=price)
            say(by["oms"], CustomerRecord("c1", "C-1", "启明船厂", phone=str(price)))
            say(by["erp"], CustomerRecord("k9", "K-9", "启明船厂有限公司", phone=str(price)))
            say(by["erp"], ProductRecord("p1", "HL-BL24", "Lamp", price=price))
            say(by["oms"], replace(OMS_X, lines=(line,)))
            say(by["wms"], replace(WMS_X, customer_name=str(price)))
            say(by["wms"], replace(WMS_SHIPS_6, carrier=str(price)))
            say(by["erp"], replace(ERP_BILLS_10, customer_name=str(price)))
            paid = (
                AllocationRecord(Decimal(100), invoice="INV-2609-0024"),
                AllocationRecord(Decimal(3), order="SO-2609-0027"),
            )
            say(
                by["bank"],
                PaymentRecord(
                    "B1", "B1", Decimal(103), paid_at=date(2026, 9, 20), customer_name=str(price), allocations=paid
                ),
            )
            say(by["mes"], replace(MES_MADE_8, finished_qty=price))
            say(by["mes"], ProjectRecord("J1", "J1", title=str(price), order="SO-2609-0027"))
            say(by["erp"], OpportunityRecord("O1", "O1", title=str(price), order="SO-2609-0027"))
    assert (status_of("SO-2609-0027").shipped_qty, Invoice.objects.count(), Payment.objects.count()) == (
        Decimal(6),
        1,
        1,
    )

    dana = Person.objects.create_person("dana", "twelve signs and more", "manager")
    say(by["erp"], replace(OMS_X, ref="E1", number="E-1"))
    one, other = SourceDocument.objects.filter(kind="order").exclude(source=by["wms"]).values_list("pk", flat=True)
    with connection.execute_wrapper(plans):
        link(dana, one, other)
    joined = Link.objects.filter(document__in=(one, other)).latest("pk")
    with connection.execute_wrapper(plans):
        unlink(dana, joined)
        for _ in range(2):
            sweep(by["erp"], "order", set(), sure=True)
    assert not plans.scans, "\n".join(map(str, sorted(plans.scans)))
