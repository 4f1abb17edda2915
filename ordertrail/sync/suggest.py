"""A first mapping for a table that nobody has mapped yet, from the names of its columns and the look of its values.

A suggestion is a proposal on a page; a person confirms it. What is not likely is left out rather than guessed.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ordertrail.records import shapes
from ordertrail.sync.spec import LINES, MANY, field_kinds

NAMES: dict[str, str] = {
    "number": "order no|order number|order id|so no|number|no|id|document no|doc no|bill no|code|"
    "单号|订单号|订单编号|销售单号|单据编号|单据号|编号|號碼|訂單號|訂單編號|單號",
    "order_date": "order date|date|created|created at|document date|doc date|ordered on|"
    "下单日期|订单日期|日期|下单时间|创建时间|单据日期|訂單日期|下單日期",
    "promised_date": "promised date|due date|delivery date|required date|need by|ship by|"
    "交期|交货日期|交付日期|要求交期|预计交货|承诺交期|交貨日期|約定交期",
    "customer": "customer id|customer code|customer no|client id|客户编号|客户编码|客户代码|往来单位编码|客戶編號",
    "customer_name": "customer|customer name|client|buyer|account|"
    "客户|客户名称|买家|购货单位|往来单位|付款人|对方户名|客戶|客戶名稱|買家",
    "customer_number": "customer po|po|po no|po number|customer order|客户单号|客户订单号|采购单号|客戶單號|採購單號",
    "currency": "currency|ccy|币种|币别|幣別|幣種",
    "state": "status|state|order status|状态|订单状态|单据状态|狀態|訂單狀態",
    "ship_to": "ship to|address|delivery address|收货地址|送货地址|地址|收貨地址",
    "salesperson": "salesperson|sales rep|seller|owner|业务员|销售员|跟单员|業務員",
    "remark": "remark|note|notes|comment|memo|备注|说明|摘要|備註",
    "total": "total|amount|order total|grand total|金额|总金额|订单金额|合计金额|价税合计|總金額|金額",
    "sku": "sku|item|item no|item code|product|product code|material|part no|"
    "货号|商品编码|存货编码|物料编码|产品编码|料号|品号|規格型號|貨號|商品編碼|料號|品號",
    "name": "item name|product name|description|goods|name|"
    "品名|商品名称|存货名称|物料名称|产品名称|名称|商品名稱|產品名稱",
    "qty": "qty|quantity|ordered|units|pcs|数量|订购数量|订单数量|件数|數量|訂購數量",
    "price": "price|unit price|单价|含税单价|单位价格|單價",
    "net": "net|line total|line amount|net amount|小计|行金额|不含税金额|小計",
    "unit": "unit|uom|单位|计量单位|單位",
    "tax_rate": "tax rate|vat|vat rate|税率|稅率",
    "shipped_qty": "shipped|shipped qty|delivered|已发数量|发货数量|出库数量|已出貨數量",
    "invoiced_qty": "invoiced|invoiced qty|已开票数量|开票数量",
    "shipped_at": "shipped on|ship date|shipped at|发货日期|发货时间|出库日期|出貨日期",
    "planned_date": "planned date|plan date|计划日期|计划发货",
    "carrier": "carrier|shipping company|物流公司|快递公司|承运商|物流公司名稱",
    "tracking_number": "tracking|tracking no|waybill|awb|运单号|快递单号|物流单号|運單號",
    "warehouse": "warehouse|仓库|发货仓库|倉庫",
    "order": "order|order no|sales order|订单号|销售订单号|来源单号|訂單號",
    "lot": "lot|batch|批号|批次|批號",
    "invoice_date": "invoice date|billing date|开票日期|发票日期|開票日期",
    "tax_invoice_number": "tax invoice|invoice no|发票号|发票号码|發票號碼",
    "credits": "credits|credited invoice|original invoice|原发票|原发票号|原始发票|被红冲发票|原發票|原發票號碼",
    "due_date": "due date|payment due|到期日|付款期限|到期日期",
    "gross": "gross|gross amount|价税合计|含税金额",
    "paid_at": "paid on|payment date|value date|transaction date|date|"
    "交易日期|收款日期|入账日期|到账日期|记账日期|交易时间",
    "amount": "amount|paid|credit|received|收款金额|贷方发生额|收入金额|收入|交易金额|金额|到账金额",
    "reference": "reference|purpose|remittance|text|摘要|附言|用途|备注",
    "planned_qty": "planned qty|qty|quantity|计划数量|生产数量|数量",
    "finished_qty": "finished|finished qty|produced|完工数量|入库数量|已完工",
    "start_at": "start|start date|开工日期|开始日期|计划开工",
    "finished_at": "finished on|end|completed|完工日期|完成日期|结束日期",
    "title": "title|subject|project|标题|项目名称|商机名称|主题",
    "stage": "stage|阶段|商机阶段",
    "tax_number": "tax number|vat number|tax id|税号|纳税人识别号|统一社会信用代码|統一編號",
    "country": "country|国家|國家",
    "phone": "phone|tel|mobile|电话|手机|联系电话|電話",
    "category": "category|group|分类|类别|商品分类",
    "barcodes": "barcode|ean|gtin|条码|条形码|條碼",
    "cost": "cost|unit cost|成本|成本价|成本價",
}
"""The names under which fields are met, in the order of how sure they are; one table for all kinds."""

_KEYS = {
    "shipment": "shipment no|delivery no|dn|asn|发货单号|出库单号|出货单号|送货单号|单号|編號|出貨單號|no|id",
    "invoice": "invoice no|invoice number|bill no|发票号|发票号码|应收单号|单据编号|发票编号|發票號碼|no|id",
    "payment": "payment no|transaction id|transaction no|serial|流水号|交易流水号|凭证号|收款单号|交易号|no|id",
    "work_order": "work order|wo|mo|job no|工单号|生产工单|工单编号|生产单号|製令單號|no|id",
    "project": "project no|project code|项目编号|项目号|專案編號|no|id",
    "opportunity": "opportunity no|opportunity id|商机编号|商机号|no|id",
    "customer": "customer id|customer code|客户编号|客户编码|客户代码|客戶編號|code|no|id",
    "product": "sku|item no|item code|product code|货号|商品编码|存货编码|物料编码|料号|品号|貨號|code|no|id",
}
_SIGNS = re.compile(r"[\W_]+")
_DAY = re.compile(r"\s*(?:\d{1,4}\s*[-/.年]\s*\d{1,2}\s*[-/.月]\s*\d{1,4}|\d{1,2}[- ][A-Z][a-z]{2}[- ]\d{2,4}).*")
_DAY_NAME = re.compile(r"date$|日期$|时间$|時間$", re.IGNORECASE)
_NUMBER = re.compile(r"\s*[-+(]?\s*[¥$€￥]?\s*\d[\d\s.,']*%?\)?\s*")


def suggest(header: Sequence[str], sample_rows: Iterable[Mapping[str, Any]], kind: str) -> dict[str, Any]:
    """A stream's ``key``, ``fields``, ``lines`` and ``line_fields`` for a table of ``kind``; fields that nothing speaks for are
    missing. Columns are given by their names, sample rows by column."""
    rows = list(sample_rows)
    looks = {column: _look(column, [row.get(column) for row in rows]) for column in header}
    left = list(header)
    found: dict[str, Any] = {}
    key = _best(_KEYS.get(kind, NAMES["number"]), left, looks, "code")
    if key:
        left.remove(key)
        found["key"] = key
    if kind in LINES:
        line_fields = _fields(LINES[kind][1], _of_lines(kind, left), looks)
        if _has_lines(kind, line_fields, key, rows):
            found["lines"] = {"rows": True}
            found["line_fields"] = line_fields
            left = [c for c in left if c not in _columns(line_fields) and _one_each(c, key, rows, looks[c])]
    fields = _fields(shapes.RECORDS[kind], left, looks)
    if key:
        fields = {"number": key, **fields}
    found["fields"] = fields
    return found


def _of_lines(kind: str, columns: Sequence[str]) -> list[str]:
    """The columns that may belong to lines: a name that fits a field of the document better belongs there."""
    whole, line = (
        [NAMES[f.name] for f in dataclasses.fields(shape) if f.name in NAMES]
        for shape in (shapes.RECORDS[kind], LINES[kind][1])
    )
    return [
        column
        for column in columns
        if max(_score(names, column) for names in line) >= max(_score(names, column) for names in whole)
    ]


def _has_lines(kind: str, line_fields: Mapping[str, Any], key: str, rows: Sequence[Mapping[str, Any]]) -> bool:
    """Whether the rows look like lines: they have what a line needs, or repeat their document's key."""
    values = [row.get(key) for row in rows] if key else []
    repeated = len(set(map(str, values))) < len(values)
    needed = {
        "order": {"sku", "qty"},
        "shipment": {"sku", "qty"},
        "invoice": {"order"},
        "payment": {"amount", "invoice"},
    }
    return needed[kind] <= set(line_fields) and (repeated or kind in ("order", "shipment"))


def _one_each(column: str, key: str, rows: Sequence[Mapping[str, Any]], look: str) -> bool:
    """Whether a column of a file of lines may stand for the whole document: it does not differ between a document's rows.
    Amounts must show it, since one of a line looks just like one of a document."""
    seen: dict[str, Any] = {}
    repeated = 0
    for row in rows:
        before = seen.setdefault(str(row.get(key)), row.get(column))
        if before is not row.get(column):
            repeated += 1
            if before != row.get(column):
                return False
    return look != "number" or repeated > 0


def _fields(record: type[Any], columns: Sequence[str], looks: Mapping[str, str]) -> dict[str, Any]:
    """For each field of a record the column that fits best; each column is used once, surest names first."""
    kinds = field_kinds(record)
    left = list(columns)
    found: dict[str, Any] = {}
    names = [f.name for f in dataclasses.fields(record) if f.name in NAMES and f.name not in ("number", "ref")]
    scored = sorted(
        ((score, name, column) for name in names for column in left if (score := _score(NAMES[name], column)) > 0),
        key=lambda one: -one[0],
    )
    for _points, name, column in scored:
        if name not in found and column in left and _fits(kinds[name], looks[column]):
            found[name] = [column] if name in MANY else column
            left.remove(column)
    return found


def _columns(fields: Mapping[str, Any]) -> set[str]:
    return {column for value in fields.values() for column in ([value] if isinstance(value, str) else value)}


def _best(names: str, columns: Sequence[str], looks: Mapping[str, str], kind: str) -> str:
    scored = [(_score(names, column), column) for column in columns if _fits(kind, looks[column])]
    score, column = max(scored, default=(0.0, ""), key=lambda one: one[0])
    return column if score > 0 else ""


def _score(names: str, column: str) -> float:
    """How well a column's name is one of ``names``: 2 for the very name, above 0 when one is in the other."""
    bare = _SIGNS.sub("", column).casefold()
    best = 0.0
    for place, name in enumerate(names.split("|")):
        wanted = _SIGNS.sub("", name).casefold()
        if bare == wanted:
            best = max(best, 2 - place * 0.01)
        elif len(wanted) > (1 if not wanted.isascii() else 3) and wanted in bare:
            best = max(best, len(wanted) / len(bare) - place * 0.01)
    return best


def _look(column: str, values: Sequence[Any]) -> str:
    """What a column's values look like: "day", "number", "text", or "" when there are none."""
    if _DAY_NAME.search(column.strip()):
        return "day"
    texts = [str(value).strip() for value in values if value not in (None, "")]
    if not texts:
        return ""
    for look, pattern in (("day", _DAY), ("number", _NUMBER)):
        if sum(bool(pattern.fullmatch(text)) for text in texts) * 10 >= len(texts) * 8:
            return look
    return "text"


def _fits(kind: str, look: str) -> bool:
    """Whether values of this look may be read as a field of this kind."""
    if not look or kind == "flag":
        return True
    if kind in ("day", "moment", "instant"):
        return look in ("day", "number")
    if kind == "number":
        return look == "number"
    return look != "day"
