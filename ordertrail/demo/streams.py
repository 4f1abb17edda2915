"""What the documents of the demo company's systems look like: a list of streams for each system, with its mapping.

Foreign field names live in ``demo/systems`` and here, nowhere else.
"""

from __future__ import annotations

from typing import Any

Setting = dict[str, Any]

LOCAL = ["%Y-%m-%d %H:%M:%S"]
MINUTES = ["%Y-%m-%d %H:%M"]
CNY = {"value": "CNY"}


def column(name: str, **how: Any) -> Setting:
    """A value spec: a column and how to read it."""
    return {"column": name} | how


def table(kind: str, name: str, key: str, changed: str, fields: Setting, dates: list[str] = LOCAL) -> Setting:
    """A stream of a database table that is read on by its change time, written as local text."""
    return {
        "kind": kind,
        "from": name,
        "key": key,
        "version": changed,
        "cursor": changed,
        "lag_seconds": 600,
        "fields": fields | {"changed_at": column(changed, dates=dates)},
    }


def with_lines(stream: Setting, name: str, parent: str, key: str, fields: Setting) -> Setting:
    """``stream`` with the lines that stand in a second table."""
    return stream | {"lines": {"from": name, "parent": parent, "key": key}, "line_fields": fields}


OMS_ORDER = {
    "number": "order_no",
    "state": column(
        "status", map={"10": "draft", "20": "confirmed", "40": "confirmed", "50": "confirmed", "90": "cancelled"}
    ),
    "shipped": column("status", map={"50": "all"}, **{"else": ""}),
    "customer": "customer_id",
    "customer_name": "customer_name",
    "customer_number": "po_no",
    "order_date": column("created_at", dates=LOCAL),
    "promised_date": "promise_date",
    "currency": CNY,
    "total": column("total_cents", scale="0.01"),
    "salesperson": "salesman",
    "ship_to": "ship_to",
    "remark": "remark",
}
OMS_LINE = {
    "sku": "sku",
    "name": "name",
    "qty": "qty",
    "price": column("price_cents", scale="0.01"),
    "net": column("amount_cents", scale="0.01"),
    "tax_rate": column("tax_percent", scale="0.01"),
}
OMS = [
    table(
        "customer",
        "customers",
        "id",
        "updated_at",
        {
            "number": "id",
            "name": "name",
            "phone": "phone",
            "address": "city",
            "same_as": column("erp_code", source="erp"),
        },
    ),
    table(
        "product",
        "products",
        "id",
        "updated_at",
        {
            "number": "sku",
            "name": "name",
            "unit": "unit",
            "category": "category",
            "price": column("price_cents", scale="0.01"),
        },
    ),
    with_lines(
        table(
            "order",
            "SELECT o.*, c.name AS customer_name FROM orders o JOIN customers c ON c.id = o.customer_id",
            "id",
            "updated_at",
            OMS_ORDER,
        ),
        "order_lines",
        "order_id",
        "line_no",
        OMS_LINE,
    ),
]

WMS = [
    with_lines(
        table(
            "shipment",
            "outbound",
            "out_no",
            "upd",
            {
                "number": "out_no",
                "state": column("stat", map={"S1": "draft", "S5": "draft", "S9": "done", "SX": "cancelled"}),
                "other_numbers": ["waybill"],
                "planned_date": column("plan_day", dates=["%Y%m%d"]),
                "shipped_at": column("ship_time", dates=["%Y/%m/%d %H:%M"]),
                "arrived_at": column("sign_time", dates=["%Y/%m/%d %H:%M"]),
                "mode": "way",
                "customer_name": "consignee",
                "ship_to": "addr",
                "carrier": "carrier",
                "tracking_number": "waybill",
                "warehouse": {"value": "宁波北仑仓"},
            },
        ),
        "carton_line",
        "out_no",
        "line_id",
        {"sku": "sku", "qty": column("qty", decimal="."), "order": "ref_no"},
    )
]

_BILL = {"number": "bill_no", "customer": "cust_code"}


def _bill(kind: str, name: str, done: str, fields: Setting, line_fields: Setting) -> Setting:
    """A bill of the ERP with its entries."""
    state = {"state": column("bill_status", map={"已审核": done, "作废": "cancelled"})}
    stream = table(kind, name, "bill_no", "modify_time", _BILL | state | fields)
    return with_lines(stream, f"{name}_entry", "bill_no", "entry", line_fields)


ERP = [
    table(
        "customer",
        "t_customer",
        "cust_code",
        "modify_time",
        {"number": "cust_code", "name": "cust_name", "tax_number": "tax_no", "address": "addr", "phone": "tel"},
    ),
    table(
        "product",
        "t_material",
        "material",
        "modify_time",
        {"number": "material", "name": "material_name", "unit": "unit", "cost": "plan_cost"},
    ),
    _bill(
        "order",
        "t_so",
        "confirmed",
        {
            "same_as": column("ext_no", source="oms"),
            "order_date": "bill_date",
            "promised_date": "deliver_date",
            "currency": CNY,
        },
        {"sku": "material", "qty": "qty", "price": "price", "tax_rate": "tax_rate"},
    ),
    _bill(
        "shipment",
        "t_delivery",
        "done",
        {"same_as": column("src_no", source="wms"), "shipped_at": "bill_date"},
        {"sku": "material", "qty": "qty", "order": "so_bill_no", "order_line": "so_entry"},
    ),
    _bill(
        "invoice",
        "t_invoice",
        "posted",
        {
            "invoice_date": "bill_date",
            "due_date": "due_date",
            "currency": CNY,
            "total": "total",
            "tax_invoice_number": "fapiao_no",
        },
        {
            "order": "so_bill_no",
            "order_line": "so_entry",
            "shipment": "delivery_no",
            "sku": "material",
            "qty": "qty",
            "net": "amount",
            "tax_rate": "tax_rate",
        },
    ),
    _bill(
        "payment",
        "t_receipt",
        "done",
        {
            "same_as": column("bank_serial", source="bank"),
            "amount": "amount",
            "paid_at": "bill_date",
            "customer_name": "payer",
            "currency": CNY,
        },
        {"amount": "amount", "invoice": "invoice_no"},
    ),
]

BANK = [
    {
        "kind": "payment",
        "from": "收款流水_*.csv",
        "key": "交易流水号",
        "derive": ["customer"],
        "fields": {
            "number": "交易流水号",
            "amount": column("交易金额", decimal="."),
            "direction": column("借贷标志", map={"贷": "in", "借": "out"}),
            "paid_at": column("交易日期", dates=["%Y%m%d"]),
            "customer_name": "对方户名",
            "currency": column("币种", map={"人民币": "CNY"}),
            "reference": "附言",
        },
    }
]

MES = [
    {
        "kind": "work_order",
        "from": "MES工单_*.csv",
        "key": "工单号",
        "version": "更新时间",
        "fields": {
            "number": "工单号",
            "sku": "料号",
            "planned_qty": "计划数",
            "finished_qty": "完工数",
            "state": column(
                "状态", map={"已排产": "draft", "生产中": "running", "已完工": "done", "已关闭": "cancelled"}
            ),
            "order": "销售订单",
            "order_line": "行号",
            "start_at": column("开工时间", dates=MINUTES),
            "due_date": "计划完工",
            "finished_at": column("完工时间", dates=MINUTES),
            "changed_at": column("更新时间", dates=LOCAL),
        },
    }
]


def _list(kind: str, name: str, fields: Setting) -> Setting:
    """A list of the CRM's API, read on by its change time."""
    options = {"records": "data", "cursor": {"param": "updated_since", "format": "iso"}}
    stream = {"kind": kind, "from": f"/api/v2/{name}", "key": "id", "version": "updated_at", "cursor": "updated_at"}
    return stream | {"lag_seconds": 600, "options": options, "fields": fields}


CRM = [
    _list("customer", "accounts", {"number": "id", "name": "name", "tax_number": "tax_number", "address": "city"}),
    _list(
        "opportunity",
        "deals",
        {
            "number": "code",
            "title": "name",
            "customer": "account.id",
            "customer_name": "account.name",
            "stage": "stage",
            "value": "amount.value",
            "currency": "amount.currency",
            "salesperson": "owner.name",
            "opened_at": "created_at",
            "closed_at": "closed_at",
            "order": "order_no",
        },
    ),
    _list(
        "order",
        "contracts",
        {
            "number": "code",
            "same_as": column("order_no", source="oms"),
            "state": column("status", map={"signed": "confirmed", "cancelled": "cancelled"}),
            "customer": "account.id",
            "customer_name": "account.name",
            "order_date": "signed_on",
            "promised_date": "delivery_date",
            "currency": CNY,
            "salesperson": "owner.name",
        },
    )
    | {
        "lines": {"path": "items", "key": "line"},
        "line_fields": {
            "sku": "sku",
            "name": "name",
            "qty": "quantity",
            "price": "unit_price",
            "tax_rate": column("tax_percent", scale="0.01"),
        },
    },
]

PROJECTS = [
    {
        "kind": "project",
        "from": "项目台账*.xlsx",
        "sheet": "项目台账",
        "header_row": 4,
        "key": "项目编号",
        "fields": {
            "number": "项目编号",
            "title": "项目名称",
            "order": "销售订单",
            "customer_name": "客户",
            "state": column("状态", map={"进行中": "running", "已完成": "done"}),
            "planned_hours": "计划工时",
            "spent_hours": "已用工时",
            "start_at": "开始日期",
            "due_date": "计划完成",
            "finished_at": "实际完成",
        },
    }
]
