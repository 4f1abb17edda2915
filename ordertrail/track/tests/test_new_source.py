"""A spreadsheet becomes a source: brought, looked at, mapped by suggestion, tried, kept, read; the same bytes are read once."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from ordertrail.lib.sqlite_library import sqlite3
from ordertrail.orders.models import OrderStatus
from ordertrail.parties.models import Person
from ordertrail.records.models import Source
from ordertrail.sync.models import Job, Reject, SyncRun
from ordertrail.sync.tests.orders_file import DRAWING, FLOOD
from ordertrail.sync.worker import claim, work
from ordertrail.track.mapping_form import posted, shown_column
from ordertrail.web.tests.people import person

pytestmark = pytest.mark.django_db

SHEET = """订单号,下单日期,客户名称,货号,数量,单价,状态
SO-1,2026-09-01,远帆船舶用品,LAMP,10,100.00,已确认
SO-1,2026-09-01,远帆船舶用品,CABLE,2,35.50,已确认
SO-2,2026-09-03,启明船厂,LAMP,5,90.00,作废
SO-3,2026-09-31,启明船厂,LAMP,5,90.00,已确认
"""
FORM = {
    "kind": "order", "stream": "order", "from": "*", "key": "订单号", "lines": "rows", "f-number": "订单号",
    "f-order_date": "下单日期", "f-customer_name": "客户名称", "f-currency": "=CNY", "f-state": "状态",
    "f-state-map": "已确认 = confirmed\n作废 = cancelled", "l-sku": "货号", "l-qty": "数量", "l-price": "单价",
}  # fmt: skip


@pytest.fixture
def root(client: Client) -> Person:
    """Root administers; logged in."""
    one = person("root")
    client.force_login(one)
    return one


@pytest.fixture(autouse=True)
def _no_uploads_stay() -> Iterator[None]:
    yield
    shutil.rmtree(Path(settings.HOME) / "uploads", ignore_errors=True)


def file(name: str = "orders.csv", text: str = SHEET) -> SimpleUploadedFile:
    """A file as a browser sends it."""
    return SimpleUploadedFile(name, text.encode("gb18030"))


def bring(client: Client, **more: Any) -> Any:
    """Add a source of spreadsheets with its first file."""
    told = {
        "code": "sheet",
        "name": "Sales sheet",
        "kind": "sheet",
        "every_minutes": "",
        "zone": "",
        "file": file(),
        **more,
    }
    return client.post("/sources/new/files/", told)


def works() -> None:
    """Let the worker do everything that was asked."""
    while job := claim():
        work(job)


@pytest.mark.sqlite  # the reading process opens the store by its address, which a test's PostgreSQL database has not
@pytest.mark.django_db(transaction=True)
def test_from_a_file_to_orders_on_the_list(root: Person, client: Client) -> None:
    answer = bring(client)
    assert answer.headers["Location"] == "/sources/sheet/mapping/?kind=order&from=*"
    assert not Source.objects.get().active

    form = client.get(answer.headers["Location"]).content.decode()
    assert 'name="key" value="订单号"' in form  # suggested from the headings
    assert 'name="f-customer_name" value="客户名称"' in form
    assert 'name="l-qty" value="数量"' in form
    assert "suggested" in form
    assert "远帆船舶用品 · 启明船厂" in form

    tried = client.post("/sources/sheet/mapping/", {**FORM, "try": "1"}).content.decode()
    assert "2 read, 1 rejected" in tried
    assert "is not in the calendar" in tried
    assert not OrderStatus.objects.exists()
    assert not Source.objects.get().settings.get("streams")

    kept = client.post("/sources/sheet/mapping/", FORM)
    assert kept.headers["Location"] == "/sources/sheet/"
    works()
    assert list(OrderStatus.objects.order_by("number").values_list("number", "customer_name", "status", "line_count")) == [
        ("SO-1", "远帆船舶用品", "confirmed", 2), ("SO-2", "启明船厂", "cancelled", 1),
    ]  # fmt: skip
    run = SyncRun.objects.get()
    assert (run.state, run.read, run.new, run.rejected) == ("done", 3, 2, 1)
    assert Reject.objects.get().ref == "SO-3"


@pytest.mark.sqlite
@pytest.mark.django_db(transaction=True)
def test_f47_the_same_file_again_is_not_read_again(root: Person, client: Client) -> None:
    bring(client)
    client.post("/sources/sheet/mapping/", FORM)
    works()
    answer = client.post("/sources/sheet/upload/", {"file": file("other name.csv")}, follow=True).content.decode()
    assert "“other name.csv” was already received on" in answer
    assert "nothing was read again." in answer
    assert not Job.objects.filter(state="waiting").exists()

    more = SHEET.replace("2026-09-31", "2026-09-30")
    client.post("/sources/sheet/upload/", {"file": file("orders 2.csv", more)})
    works()
    assert OrderStatus.objects.count() == 3
    assert not Reject.objects.filter(solved_at=None).exists()


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        (None, "Choose a file first, then upload it."),
        (SimpleUploadedFile("empty.csv", b""), "“empty.csv” is empty; nothing was kept."),
    ],
)
def test_no_file_and_an_empty_file_are_refused(
    root: Person, client: Client, sent: SimpleUploadedFile | None, sentence: str
) -> None:
    bring(client)
    before = sorted((Path(settings.HOME) / "uploads" / "sheet").iterdir())
    answer = client.post("/sources/sheet/upload/", {"file": sent} if sent else {})
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert sorted((Path(settings.HOME) / "uploads" / "sheet").iterdir()) == before


@pytest.mark.parametrize("body", [FLOOD, DRAWING], ids=["F50 picture", "F51 drawing with a script"])
def test_a_picture_is_refused_and_not_kept(root: Person, client: Client, body: bytes) -> None:
    told = bring(client, file=SimpleUploadedFile("orders.xlsx", body))
    assert told.status_code == 422
    assert "“orders.xlsx” is a picture: send the sheet that it shows, as .xlsx or .csv." in told.content.decode()
    assert not Source.objects.exists()
    folder = Path(settings.HOME) / "uploads" / "sheet"
    assert not folder.exists() or not list(folder.iterdir())

    bring(client)
    answer = client.post("/sources/sheet/upload/", {"file": SimpleUploadedFile("orders.csv", body)})
    assert answer.status_code == 422
    assert "“orders.csv” is a picture" in answer.content.decode()
    assert [path.name for path in folder.iterdir()] == ["orders.csv"]  # the first one, from before
    assert (folder / "orders.csv").read_bytes() == SHEET.encode("gb18030")


def test_a_name_leads_nowhere_else(root: Person, client: Client) -> None:
    bring(client, file=file("..\\..\\=cmd|'!A0\u202e.csv"))
    folder = Path(settings.HOME) / "uploads" / "sheet"
    assert [path.name for path in folder.iterdir()] == ["=cmd|'!A0.csv"]


def test_what_is_wrong_with_a_mapping_is_said_and_nothing_typed_is_lost(root: Person, client: Client) -> None:
    bring(client)
    wrong = {**FORM, "key": "", "f-state-map": "已确认 = sold", "f-remark": "no such column"}
    answer = client.post("/sources/sheet/mapping/", wrong)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "sold" in page
    assert 'name="f-remark" value="no such column"' in page
    assert "已确认 = sold" in page
    assert not Source.objects.get().settings.get("streams")


def test_states_that_many_systems_use_are_understood_and_shown_in_the_readers_words(
    root: Person, client: Client
) -> None:
    Person.objects.filter(pk=root.pk).update(language="zh-hans")
    bring(client)
    page = client.get("/sources/sheet/mapping/?kind=order&from=*").content.decode()
    assert "已确认 = 已确认\n作废 = 已取消</textarea>" in page
    assert "草稿 · 已报价 · 已确认 · 已关闭 · 已取消" in page
    client.post("/sources/sheet/mapping/", {**FORM, "f-state-map": "已确认 = 已确认\n作废 = cancelled"})
    (stream,) = Source.objects.get().settings["streams"]
    assert stream["fields"]["state"] == {"column": "状态", "map": {"已确认": "confirmed", "作废": "cancelled"}}


def test_credentials_are_asked_for_in_words(root: Person, client: Client) -> None:
    page = client.get("/sources/new/rest/").content.decode()
    assert ">Access token</label>" in page
    assert ">client_secret</label>" not in page


def test_a_new_source_is_only_kept_when_it_answers(root: Person, client: Client) -> None:
    told = {
        "code": "erp",
        "kind": "erp",
        "every_minutes": "10",
        "url": "sqlite:////nowhere.db",
        "secret-password": "geheim",
    }
    answer = client.post("/sources/new/sql/", told)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "There is no SQLite file at /nowhere.db." in page
    assert 'value="sqlite:////nowhere.db"' in page
    assert "geheim" not in page
    assert not Source.objects.exists()
    for name, value, sentence in (
        ("code", "Not A Code", "is no code"), ("every_minutes", "often", "is no number of minutes"), ("url", "", "is empty"),
        ("kind", "fax", "no kind of system"), ("more", "{", "no JSON object"),
    ):  # fmt: skip
        refused = client.post("/sources/new/sql/", {**told, name: value})
        assert (refused.status_code, sentence in refused.content.decode()) == (422, True), name
    Source.objects.create(code="erp", name="ERP", connector="sql")
    assert "There is a source “erp” already" in client.post("/sources/new/sql/", told).content.decode()


def test_a_database_is_looked_into_and_mapped(root: Person, client: Client, tmp_path: Path) -> None:
    path = tmp_path / "erp.sqlite3"
    with sqlite3.connect(path) as database:
        database.execute("CREATE TABLE so (id INTEGER, order_no TEXT, customer TEXT, created TEXT, total TEXT)")
        database.execute("INSERT INTO so VALUES (7, 'SO-7', 'Nordlys', '2026-09-02', '113.00')")
    database.close()
    told = {"code": "erp", "kind": "erp", "every_minutes": "10", "url": f"sqlite:///{path}"}
    answer = client.post("/sources/new/sql/", told)
    assert answer.headers["Location"] == "/sources/erp/mapping/"
    assert Source.objects.get().invoice_rank == 10
    assert '<option value="so">' in client.get("/sources/erp/mapping/").content.decode()
    page = client.get("/sources/erp/mapping/?kind=order&from=so").content.decode()
    assert 'name="f-customer_name" value="customer"' in page
    form = {
        "kind": "order",
        "stream": "order",
        "from": "so",
        "key": "id",
        "f-number": "order_no",
        "f-customer_name": "customer",
    }
    tried = client.post("/sources/erp/mapping/", {**form, "try": "1"}).content.decode()
    assert "1 read, 0 rejected" in tried
    assert '<td class="nowrap">SO-7</td>' in tried
    missing = client.get("/sources/erp/mapping/?kind=order&from=sos")
    assert missing.status_code == 422
    assert "The database has no table “sos”. Did you mean “so”?" in missing.content.decode()


def test_what_was_decided_in_one_source_is_suggested_in_the_next(root: Person, client: Client) -> None:
    Source.objects.create(
        code="old", name="Old", connector="sql",
        settings={"streams": [{"kind": "order", "fields": {"salesperson": "货号", "remark": {"column": "状态"}}}]},
    )  # fmt: skip
    bring(client)
    page = client.get("/sources/sheet/mapping/?kind=order&from=*").content.decode()
    assert 'name="f-salesperson" value="货号"' in page
    assert 'name="f-remark" value="状态"' in page


def test_what_the_form_does_not_show_stays(root: Person) -> None:
    before = {
        "kind": "order", "from": "orders", "key": "id", "lag_seconds": 600, "options": {"records": "x"},
        "lines": {"path": "items", "key": "no"},
        "fields": {"number": "no", "total": {"column": "cents", "scale": "0.01"}, "same_as": {"column": "erp", "source": "erp"},
                   "other_numbers": ["a", "b"], "currency": {"value": "CNY"}, "changed_at": "t"},
        "line_fields": {"sku": "sku", "qty": {"column": "n", "default": "1"}},
    }  # fmt: skip
    form: dict[str, str] = {"from": "orders", "key": "id", "lines": "rows", "lines-key": "no"}
    form |= {f"f-{name}": shown_column(spec) for name, spec in before["fields"].items() if name != "changed_at"}  # type: ignore[attr-defined]
    form |= {f"l-{name}": shown_column(spec) for name, spec in before["line_fields"].items()}  # type: ignore[attr-defined]
    from django.http import QueryDict

    query = QueryDict(mutable=True)
    query.update(form)
    assert posted(query, before) == before


@pytest.mark.sqlite
@pytest.mark.django_db(transaction=True)
def test_one_rejected_item_is_read_again_when_the_mapping_knows_better(root: Person, client: Client) -> None:
    strange = SHEET.replace("2026-09-31", "2026-09-30").replace("作废", "挂起").replace("SO-3", "SO-4")
    bring(client, file=file("orders.csv", strange + "SO-5,2026-09-05,启明船厂,LAMP,1,90.00,待定\n"))
    client.post("/sources/sheet/mapping/", FORM)
    works()
    waiting = {reject.ref: reject for reject in Reject.objects.all()}
    assert sorted(waiting) == ["SO-2", "SO-5"]
    better = {**Source.objects.get().settings}
    better["streams"][0]["fields"]["state"]["map"] |= {"挂起": "draft", "待定": "draft"}
    Source.objects.update(settings=better)
    client.post("/rejects/replay/", {"reject": waiting["SO-2"].pk})
    works()
    assert [reject.ref for reject in Reject.objects.filter(solved_at=None)] == ["SO-5"]
    client.post("/rejects/replay/", {"source": "sheet"})
    works()
    assert not Reject.objects.filter(solved_at=None).exists()
    assert OrderStatus.objects.filter(status="draft").count() == 2
