"""Rows in the systems that cannot be read: two in each, of documents that no other document knows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from ordertrail.demo.systems import crm, erp, oms, wms
from ordertrail.demo.systems.sqlite_file import Row, put, writing


@dataclass(frozen=True, slots=True)
class Rejected:
    """One document that must be rejected: in which column, and with which code of the reading."""

    source: str
    kind: str
    ref: str
    column: str
    code: str


@dataclass(frozen=True, slots=True)
class Bad:
    """The rows that cannot be read, made for one day: ``stamp`` is their change time."""

    stamp: datetime

    @property
    def month(self) -> str:
        """The middle of the documents' numbers."""
        return f"{self.stamp:%y%m}"

    def expected(self) -> list[Rejected]:
        """What a reader must say."""
        return [
            Rejected("oms", "order", "199001", "status", "unknown_value"),
            Rejected("oms", "order", "199002", "promise_date", "no_such_day"),
            Rejected("wms", "shipment", f"SH-{self.month}-9001", "qty", "not_a_number"),
            Rejected("wms", "shipment", f"SH-{self.month}-9002", "stat", "unknown_value"),
            Rejected("erp", "invoice", f"INV-{self.month}-9001", "total", "not_a_number"),
            Rejected("erp", "payment", f"PAY-{self.month}-9001", "amount", "missing"),
            Rejected("mes", "work_order", f"WO-{self.month}-9001", "计划数", "error_cell"),
            Rejected("mes", "work_order", f"WO-{self.month}-9002", "状态", "unknown_value"),
            Rejected("bank", "payment", f"{self.stamp:%Y%m%d}99001", "交易金额", "not_a_number"),
            Rejected("bank", "payment", f"{self.stamp:%Y%m%d}99002", "交易日期", "no_such_day"),
            Rejected("project", "project", f"PM-{self.month}-901", "开始日期", "no_such_day"),
            Rejected("project", "project", f"PM-{self.month}-902", "计划工时", "not_a_number"),
            Rejected("crm", "opportunity", "deal-9901", "amount.value", "not_a_number"),
            Rejected("crm", "order", "con-999901", "quantity", "not_a_number"),
        ]

    def write_databases(self, folder: Path) -> None:
        """Put the bad rows of OMS, WMS and ERP into their databases."""
        with writing(folder / oms.FILE, oms.SCHEMA) as connection:
            put(connection, "orders", [self._oms(199_001, 77, "2026-12-01"), self._oms(199_002, 20, "2026-02-30")])
            put(connection, "order_lines", [self._oms_line(199_001), self._oms_line(199_002)])
        with writing(folder / wms.FILE, wms.SCHEMA) as connection:
            put(connection, "outbound", [self._wms("9001", "S9"), self._wms("9002", "S7")])
            put(connection, "carton_line", [self._wms_line("9001", "一箱"), self._wms_line("9002", "4")])
        with writing(folder / erp.FILE, erp.SCHEMA) as connection:
            put(connection, "t_invoice", [self._invoice()])
            put(connection, "t_invoice_entry", [self._invoice_line()])
            put(connection, "t_receipt", [self._receipt()])

    def _oms(self, no: int, status: int, promised: str) -> Row:
        texts = {"po_no": "", "status_name": "?", "salesman": "Tao", "ship_to": "", "remark": "TEST"}
        stamps = {"promise_date": promised, "created_at": oms.at(self.stamp), "updated_at": oms.at(self.stamp)}
        numbers = {"id": no, "customer_id": 2001, "status": status, "shipped_flag": 0, "total_cents": 11300}
        return texts | stamps | numbers | {"order_no": f"SO-TEST-{no}"}

    def _oms_line(self, no: int) -> Row:
        numbers = {"order_id": no, "line_no": 1, "qty": 1, "price_cents": 10000, "amount_cents": 10000}
        return numbers | {"sku": "HL-BL24", "name": "LED 防水舱灯 24W", "tax_percent": 13}

    def _wms(self, no: str, state: str) -> dict[str, str]:
        moment = wms.at(self.stamp) or ""
        blank = dict.fromkeys(
            ("wave_no", "consignee", "addr", "carrier", "waybill", "qc_from", "qc_to", "way", "sign_time"), ""
        )
        times = {"created": moment, "ship_time": moment, "upd": self.stamp.strftime("%Y-%m-%dT%H:%M:%S")}
        named = {"out_no": f"SH-{self.month}-{no}", "ref_no": "内部调拨", "stat": state}
        return blank | times | named | {"plan_day": f"{self.stamp:%Y%m%d}"}

    def _wms_line(self, no: str, qty: str) -> dict[str, str]:
        carton = f"CTN-{self.month}-{no}-01"
        line = {"line_id": f"{carton}/1", "carton_no": carton, "sku": "hl-bl-24", "qty": qty, "ref_no": "内部调拨"}
        return line | {"out_no": f"SH-{self.month}-{no}"}

    def _invoice(self) -> dict[str, str]:
        days = {"bill_date": self.stamp.date().isoformat(), "due_date": self.stamp.date().isoformat()}
        sums = {"amount": "1065.49", "tax": "138.51", "total": "1,2O4.00"}
        named = {"bill_no": f"INV-{self.month}-9001", "cust_code": "C0001", "bill_status": "已审核", "fapiao_no": ""}
        return named | days | sums | {"modify_time": erp.at(self.stamp)}

    def _invoice_line(self) -> Row:
        named = {"bill_no": f"INV-{self.month}-9001", "so_bill_no": "", "delivery_no": "", "material": "HL-BL24"}
        return named | {
            "entry": 1,
            "so_entry": 1,
            "qty": "10",
            "price": "106.549",
            "amount": "1065.49",
            "tax_rate": "0.13",
        }

    def _receipt(self) -> dict[str, str]:
        named = {
            "bill_no": f"PAY-{self.month}-9001",
            "cust_code": "C0001",
            "bank_serial": "",
            "payer": "",
            "amount": "",
        }
        stamps = {"bill_date": self.stamp.date().isoformat(), "modify_time": erp.at(self.stamp)}
        return named | stamps | {"bill_status": "已审核"}

    def bank_rows(self) -> list[str]:
        """Rows of the statement of the stamp's month, cells separated by TAB."""
        day = f"{self.stamp:%Y%m%d}"
        return [
            f"{day}\t10:00:01\t贷\t--\t人民币\t远帆船舶用品有限公司\t6222****0001\t冲正\t{day}99001",
            f"{self.stamp:%Y}0231\t10:00:02\t贷\t88.00\t人民币\t远帆船舶用品有限公司\t6222****0001\t\t{day}99002",
        ]

    def mes_rows(self) -> list[tuple[str, ...]]:
        """Rows of the MES export of the stamp's week."""
        ends = ("", "", "", f"{self.stamp.date()}", "", f"{self.stamp:%Y-%m-%d %H:%M:%S}")
        return [
            (f"WO-{self.month}-9001", "HL-NL02", "航行信号灯", "#REF!", "0", "生产中", *ends),
            (f"WO-{self.month}-9002", "HL-NL02", "航行信号灯", "12", "3", "返工", *ends),
        ]

    def project_rows(self) -> list[tuple[str | float, ...]]:
        """Rows of the project export."""
        ends = (f"{self.stamp:%Y}年12月30日", "")
        middle = ("", "内部", "Wei", "进行中")
        return [
            (f"PM-{self.month}-901", "展厅改造", *middle, 40.0, 0.0, f"{self.stamp:%Y}年2月30日", *ends),
            (f"PM-{self.month}-902", "展会搭建", *middle, "约40", 0.0, f"{self.stamp:%Y}年3月5日", *ends),
        ]

    def crm_items(self) -> list[tuple[str, dict[str, Any]]]:
        """A deal and a contract."""
        base: dict[str, Any] = {"account": {"id": "acc-00001", "name": "远帆船舶用品"}, "owner": {"name": "Tao"}}
        base |= {"updated_at": crm.at(self.stamp), "order_no": None}
        amount = {"value": "待定", "currency": "CNY"}
        dates = {"created_at": crm.at(self.stamp), "closed_at": None}
        deal = {"id": "deal-9901", "code": f"OPP-{self.month}-901", "name": "询价", "stage": "lead", "amount": amount}
        day = self.stamp.date().isoformat()
        item = {
            "line": 1,
            "sku": "HL-BL24",
            "name": "LED bulkhead lamp 24 W",
            "quantity": "两打",
            "unit_price": "100.00",
        }
        contract = {
            "id": "con-999901",
            "code": f"HT-{self.month}-9901",
            "delivery_date": day,
            "signed_on": day,
            "status": "signed",
        }
        return [("deals", base | deal | dates), ("contracts", base | contract | {"items": [item]})]
