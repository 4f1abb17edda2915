"""The stories of docs/use are true: a reader who does what they say, in English or 简体, sees what they say."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from django.conf import settings

from ordertrail.catalog.models import Product
from ordertrail.desk.receive import Part, receive
from ordertrail.desk.tests.shop import Shop
from ordertrail.lib import clock
from ordertrail.lib.money import QTY_SCALE
from ordertrail.parties.models import Person
from ordertrail.sync.worker import claim, work
from ordertrail.track.tests.order_company import SHIPS_FOUR, Company, at, e1, e19
from ordertrail.track.tests.use_story import FOLDER, Reader, steps
from ordertrail.web.tests.people import person

if TYPE_CHECKING:
    from playwright.sync_api import Page

SHEET = """订单号,下单日期,客户名称,货号,数量,单价,状态
TB-1,2026-09-01,远帆船舶用品,LAMP,10,100.00,已确认
TB-1,2026-09-01,远帆船舶用品,CABLE,2,35.50,已确认
TB-2,2026-09-03,启明船厂,LAMP,5,90.00,作废
TB-3,2026-09-{day},启明船厂,LAMP,5,90.00,已确认
"""
BANK = """账号：6222 0210,,,,,
交易日期,借方发生额,贷方发生额,对方户名,摘要,交易流水号
2026-09-15,,"1,000.00",Sailfar Ltd,goods,BANK-102
2026-09-16,,500.00,启明船厂有限公司,货款,BANK-107
2026-09-16,,66.00,税务局,退税,BANK-108
2026-09-16,8.80,,电网,电费,BANK-109
"""
STORIES = (
    "systems-disagree",
    "find-an-order",
    "add-a-spreadsheet",
    "order-desk",
    "ship-bill-collect",
    "papers",
    "bank-statement",
)
WITHOUT_SYSTEMS = ("ship-bill-collect",)
LANGUAGES = {".md": "en", ".zh.md": "zh-hans"}


def worker() -> None:
    """The worker does everything that was asked."""
    while job := claim():
        work(job)


def systems() -> dict[str, Callable[[], None]]:
    """The systems of E1 and E19 have said what they say; what else may happen in them."""
    company = Company()
    e19(company)
    e1(company)
    company.check()

    def warehouse_ships_the_rest() -> None:
        company.say("wms", at(16, 9, 12), SHIPS_FOUR)
        company.check()

    return {"the warehouse ships the rest": warehouse_ships_the_rest}


def anna_sells_two() -> None:
    """Orders A and B of example E1 are confirmed; nothing is on the shelf yet."""
    shop = Shop()
    shop.product()
    shop.order("SO-2609-0001", ("LAMP", 10, 100))
    shop.order("SO-2609-0002", ("LAMP", 5, 80))


@pytest.fixture
def reader(
    page: Page, live: str, sign_in: Callable[[Page, Any], None], request: pytest.FixtureRequest
) -> Iterator[Reader]:
    """Somebody in the company of E1 and E19, or in one without any system where all is done here; with two files on the desk: one
    with a day that does not exist, and the mended one."""
    happens = {} if request.node.callspec.params["story"] in WITHOUT_SYSTEMS else systems()

    def store_receives() -> None:
        lamp = Product.objects.get(sku="LAMP-9")
        bo = Person.objects.filter(username="bo").first() or person("bo")
        receive(bo, day=clock.today(), lines=[Part(lamp.pk, 20 * QTY_SCALE, 60 * QTY_SCALE)])

    def log_in(name: str) -> None:
        sign_in(page, Person.objects.filter(username=name).first() or person(name))

    files = {
        name: {"name": "orders.csv", "mimeType": "text/csv", "buffer": SHEET.format(day=day).encode("gb18030")}
        for name, day in (("orders.csv", "31"), ("mended.csv", "30"))
    }
    files["bank.csv"] = {"name": "bank.csv", "mimeType": "text/csv", "buffer": BANK.encode("gb18030")}
    yield Reader(
        page,
        live,
        log_in,
        {
            **happens,
            "the worker reads": worker,
            "the store receives 20 lamps": store_receives,
            "Anna sells two orders": anna_sells_two,
        },
        files,
    )
    shutil.rmtree(Path(settings.HOME) / "uploads", ignore_errors=True)


@pytest.mark.sqlite  # the reading process opens the store by its address, which a test's PostgreSQL database has not
@pytest.mark.browser
@pytest.mark.parametrize("ending", [".zh.md", pytest.param(".md", marks=pytest.mark.full("pages"))])
@pytest.mark.parametrize("story", STORIES)
def test_a_story_is_true(reader: Reader, story: str, ending: str) -> None:
    for name in ("bo", "chen", "dana", "root"):
        Person.objects.filter(pk=person(name).pk).update(language=LANGUAGES[ending])
    assert reader.follow(story + ending) >= 4


@pytest.mark.parametrize("story", STORIES)
def test_both_languages_tell_the_same_steps(story: str) -> None:
    english, chinese = (list(steps(story + ending)) for ending in LANGUAGES)
    assert len(english) == len(chinese)
    assert [len(step.does) for step in english] == [len(step.does) for step in chinese]


def test_every_story_with_steps_is_run() -> None:
    told = {path.name.partition(".")[0] for path in FOLDER.glob("*.md") if any(step.does for step in steps(path.name))}
    assert told == set(STORIES)
