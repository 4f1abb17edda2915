"""A mapping page's first proposal: from column names in Chinese and English, and from what the values look like."""

from __future__ import annotations

from ordertrail.sync.connectors.file_preview import preview
from ordertrail.sync.mapping import Stream
from ordertrail.sync.suggest import suggest
from ordertrail.sync.tests.orders_file import ROWS
from ordertrail.sync.tests.workbooks import xlsx

SALES = """港灯贸易
销售明细
单号,下单日期,客户名称,存货编码,品名,数量,单价,价税合计,业务员
SO-1,2026-11-01,远帆,L1,灯,10,1.5,15,王
SO-1,2026-11-01,远帆,L2,线,1,1.5,1.5,王
SO-2,2026-11-02,海联,L2,线,2,1.5,3,李
"""


def test_a_sales_list_is_proposed_as_orders_with_lines() -> None:
    shown = preview(SALES.encode("gbk"), {})
    assert (shown.encoding, shown.separator, shown.header_row) == ("gb18030", ",", 3)
    proposal = suggest(shown.columns, shown.samples, "order")
    assert (proposal["key"], proposal["lines"]) == ("单号", {"rows": True})
    assert proposal["line_fields"] == {"sku": "存货编码", "name": "品名", "qty": "数量", "price": "单价"}
    assert proposal["fields"] == {
        "number": "单号",
        "order_date": "下单日期",
        "customer_name": "客户名称",
        "salesperson": "业务员",
    }
    Stream.from_json({"kind": "order", "from": "*", **proposal})  # what is proposed can be used as it is


def test_a_bank_statement_is_proposed_as_payments() -> None:
    header = ["交易流水号", "交易日期", "对方户名", "贷方发生额", "摘要", "余额"]
    row = dict(zip(header, ["20261101", "20261101", "远帆", "1,000.00", "货款 SO-1", "3"], strict=True))
    assert suggest(header, [row], "payment")["fields"] == {
        "number": "交易流水号",
        "paid_at": "交易日期",
        "customer_name": "对方户名",
        "amount": "贷方发生额",
        "reference": "摘要",
    }


def test_nothing_is_proposed_for_columns_that_say_nothing() -> None:
    assert suggest(["a", "b"], [{"a": "1", "b": "2"}], "order") == {"fields": {}}


def test_a_preview_leaves_open_what_a_person_must_choose() -> None:
    big5 = preview("order,customer\n1,遠航國際\n".encode("big5"), {})
    assert (big5.encoding, big5.encodings["big5hkscs"]) == ("", "1,遠航國際")
    several = preview(xlsx(ROWS, more=lambda book, _page: book.add_worksheet("旧").write(0, 0, "x")), {})
    assert several.sheets == ("订单", "旧")
    assert several.rows[0] == tuple(ROWS[0])
