"""All systems of the demo company at once: the whole history, or only what changed since the last time."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from pathlib import Path
from typing import Any

from ordertrail.demo.company import Company
from ordertrail.demo.rejects import Bad
from ordertrail.demo.systems import bank, crm, erp, mes, oms, projects, wms


def write_all(folder: Path, company: Company, bad: Bad) -> None:
    """Make every system in ``folder``, which must be empty or new, with what cannot be read (``bad``)."""
    history = company.history
    folder.mkdir(parents=True, exist_ok=True)
    oms.write(folder, history.orders, history.customers, history.products)
    wms.write(folder, history.shipments)
    erp.write_masters(folder, history.customers, history.products)
    erp.write(folder, history.orders, history.shipments, history.invoices, history.payments)
    bad.write_databases(folder)
    crm.write(folder, history.customers, history.opportunities, history.orders, bad.crm_items())
    for monday in company.mes_weeks:
        _write_mes(folder, company, bad, monday)
    _write_projects(folder, company, bad)
    bank.write(folder, history.payments, extra={f"{bad.stamp:%Y-%m}": bad.bank_rows()})


def write_changes(folder: Path, company: Company, bad: Bad) -> None:
    """Write what was touched since the last time into the systems that hold it."""
    touched, company.touched = company.touched, {}

    def changed(*kinds: str) -> Iterable[Any]:
        return {key: document for kind in kinds for key, document in touched.get(kind, {}).items()}.values()

    oms.write(folder, changed("order"))
    wms.write(folder, changed("shipment"))
    erp.write(folder, changed("erp_order"), changed("erp_shipment"), changed("invoice"), changed("receipt"))
    crm.write(folder, opportunities=changed("opportunity"), orders=changed("contract"))
    for monday in {_monday(work.changed_at): None for work in changed("work_order")}:
        _write_mes(folder, company, bad, monday)
    if touched.get("project"):
        _write_projects(folder, company, bad)
    months = frozenset(f"{payment.paid_at:%Y-%m}" for payment in changed("payment"))
    if months:
        bank.write(folder, company.history.payments, months, {f"{bad.stamp:%Y-%m}": bad.bank_rows()})


def _monday(moment: datetime) -> date:
    return date.fromordinal(moment.date().toordinal() - moment.weekday())


def _write_mes(folder: Path, company: Company, bad: Bad, monday: date) -> None:
    rows = list(company.mes_weeks[monday].values())
    mes.write_file(folder, monday, rows + bad.mes_rows() if monday == _monday(bad.stamp) else rows)


def _write_projects(folder: Path, company: Company, bad: Bad) -> None:
    history = company.history.projects
    exported_at = max((project.changed_at for project in history), default=bad.stamp)
    projects.write(folder, history, exported_at, bad.project_rows())
