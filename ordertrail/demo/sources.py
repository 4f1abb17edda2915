"""How Ordertrail reads the demo company: for each system its connector, where it stands, and what it is believed for.

Each source is a dict with the fields of ``records.Source`` and ``secrets`` in the clear, for whoever makes the rows.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ordertrail.demo import streams
from ordertrail.demo.systems import bank, erp, mes, oms, wms

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
    """The OMS, home of orders; of goods it has a word for the whole order, and is believed last."""
    settings = _database(folder / oms.FILE) | {"streams": streams.OMS}
    return _source("oms", "OMS", 1, "sql", settings, order_rank=1, goods_rank=5, goods_scope="orders")


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
