"""How Ordertrail reads the demo company: for each system its connector, where it stands, and what it is believed for.

Each source is a dict with the fields of ``records.Source`` and ``secrets`` in the clear, for whoever makes the rows.
"""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import orjson

from ordertrail.demo import lies, making, rejects, sales, stories, streams
from ordertrail.demo.company import FIXED_DAY, HISTORY_DAYS, Company
from ordertrail.demo.facts import Facts, facts
from ordertrail.demo.systems import bank, crm, erp, everything, mes, oms, projects, wms
from ordertrail.demo.workdays import opening

SEED = 20260916
JOURNAL = "company.json"
"""Beside the sources: the day and seed that they were made from, and the days that the company has lived since."""

Setting = dict[str, Any]


def _source(code: str, name: str, position: int, connector: str, settings: Setting, **trust: Any) -> Setting:
    """One source. ``trust``: ranks (1 is believed first) and scopes ("" says nothing) where they are not these."""
    ranks = dict.fromkeys(("order_rank", "goods_rank", "invoice_rank", "money_rank", "production_rank"), 50)
    scopes = dict.fromkeys(("goods_scope", "invoice_scope", "money_scope", "production_scope"), "")
    base = {"code": code, "name": name, "kind": code, "position": position, "connector": connector}
    return base | {"settings": settings, "secrets": {}, "zone": "Asia/Shanghai"} | ranks | scopes | trust


def _database(file: Path) -> Setting:
    return {"url": f"sqlite:///{file.resolve()}"}


def oms_source(folder: Path) -> Setting:
    """The OMS, home of orders; of goods it only has the word that all have left, is else silent, and is believed last."""
    settings = _database(folder / oms.FILE) | {"streams": streams.OMS}
    return _source("oms", "OMS", 1, "sql", settings, order_rank=1, goods_rank=5, goods_scope="documents")


def wms_source(folder: Path) -> Setting:
    """The WMS, believed first for goods; what is not in it has not left."""
    settings = _database(folder / wms.FILE) | {"streams": streams.WMS}
    return _source("wms", "WMS", 3, "sql", settings, goods_rank=1, goods_scope="all")


def erp_source(folder: Path) -> Setting:
    """The ERP, believed first for invoices, after the bank for money, after the WMS for goods."""
    settings = _database(folder / erp.FILE) | {"streams": streams.ERP}
    ranks = {"order_rank": 3, "goods_rank": 3, "invoice_rank": 1, "money_rank": 2}
    scopes = {"goods_scope": "documents", "invoice_scope": "all", "money_scope": "documents"}
    return _source("erp", "ERP", 4, "sql", settings, **ranks, **scopes)


def bank_source(folder: Path) -> Setting:
    """The bank's statements: what is not in them has not been paid."""
    settings = {"folder": str((folder / bank.FOLDER).resolve()), "streams": streams.BANK}
    return _source("bank", "Bank 银行", 7, "files", settings, money_rank=1, money_scope="all")


def mes_source(folder: Path) -> Setting:
    """The MES, believed first for production; it speaks only of what it makes."""
    settings = {"folder": str((folder / mes.FOLDER).resolve()), "streams": streams.MES}
    return _source("mes", "MES", 5, "files", settings, production_rank=1, production_scope="documents")


def crm_source(address: str) -> Setting:
    """The CRM: what was agreed at first, and what may come of it."""
    paging = {"kind": "page", "size_param": "per_page", "size": crm.MOST_PER_PAGE, "total": "meta.total"}
    reach = {"url": address, "auth": {"kind": "bearer"}, "paging": paging, "allow": ["127.0.0.1"]}
    settings = reach | {"streams": streams.CRM}
    return _source("crm", "CRM", 2, "rest", settings, order_rank=5, zone="UTC", secrets={"token": crm.ACCESS})


def project_source(folder: Path) -> Setting:
    """The project system's export: hours of custom orders."""
    settings = {"folder": str((folder / projects.FOLDER).resolve()), "streams": streams.PROJECTS}
    return _source("project", "Projects 项目", 6, "files", settings, order_rank=6)


@dataclass(frozen=True, slots=True)
class DemoCompany:
    """The demo company's systems in ``folder``, made for ``today`` from ``seed``, and what is true of them."""

    folder: Path
    today: date
    seed: int
    facts: Facts

    def serve_crm(self, port: int = crm.PORT) -> AbstractContextManager[crm.CrmServer]:
        """The CRM's API in a thread while the block lasts; with port 0 on any free one, told by ``.address``."""
        return crm.serving(self.folder, port)


def begin(today: date, seed: int, days: int) -> Company:
    """The company on its first day, with everybody's first morning in the queue."""
    company = Company(today, seed, days)
    stories.tell(company)
    company.at(opening(company.first_day), sales.morning)
    company.at(opening(company.first_day), making.plan_for_stock)
    return company


def grown(today: date, seed: int, days: int) -> tuple[Company, rejects.Bad]:
    """The company as it stands in the night before ``today``, lies told, and the rows that cannot be read."""
    company = begin(today, seed, days)
    midnight = opening(today).replace(hour=0, minute=0)
    company.run_until(midnight - timedelta(days=lies.TOLD_DAYS))
    lies.tell_some(company)
    company.run_until(midnight)
    lies.tell_all(company)
    company.touched = {}
    return company, rejects.Bad(midnight - timedelta(hours=6))


def write_sources(folder: Path, today: date = FIXED_DAY, seed: int = SEED, days: int = HISTORY_DAYS) -> DemoCompany:
    """Make all systems of the demo company in ``folder`` (new or empty) as they stand in the night before ``today``.

    ``days`` is how long the company has lived, at least sixty. The same day and seed give the same bytes.
    ``facts.json`` beside them says what is true.
    """
    company, bad = grown(today, seed, days)
    everything.write_all(folder, company, bad)
    found = facts(company, bad.expected())
    found.write(folder)
    (folder / JOURNAL).write_bytes(orjson.dumps({"today": today.isoformat(), "seed": seed, "days": days, "steps": []}))
    return DemoCompany(folder, today, seed, found)


def source_settings(company: DemoCompany, crm_address: str = f"http://127.0.0.1:{crm.PORT}") -> list[Setting]:
    """The seven systems as sources, in the order in which they are best synced."""
    folder = company.folder
    return [
        oms_source(folder),
        crm_source(crm_address),
        wms_source(folder),
        erp_source(folder),
        mes_source(folder),
        project_source(folder),
        bank_source(folder),
    ]
