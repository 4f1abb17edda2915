"""Every number on a board equals its rows, its file and, reckoned again in plain Python, the store: no tile has a life of its own."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from html import unescape
from typing import Any

import pytest
from django.http import QueryDict
from django.test import Client

from ordertrail.boards.asked import Asked
from ordertrail.boards.board import boards
from ordertrail.boards.dimensions import parts
from ordertrail.boards.figures import Figure, figures
from ordertrail.boards.metric import Metric, Unit, metrics
from ordertrail.findings.models import Finding
from ordertrail.hub.read import snapshot
from ordertrail.lib import clock
from ordertrail.lib.money import MONEY_SCALE, QTY_SCALE, from_units, half_up, minor_digits, piece_units, to_units
from ordertrail.orders.models import OrderStatus
from ordertrail.parties.models import Customer, Person
from ordertrail.records.models import Source
from ordertrail.shipping.models import ShipmentLine
from ordertrail.sync.models import SyncRun

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("boards of a company")]  # which is made once

ALL_DAYS = "from=2026-01-01&to=2026-12-31"


def text_of(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, f"{address}: {answer.status_code}"
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content  # type: ignore[attr-defined]
    return str(body.decode("utf-8-sig"))


def rows_of(client: Client, address: str) -> list[dict[str, str]]:
    """The rows of a CSV export."""
    sign = "&" if "?" in address else "?"
    return list(csv.DictReader(io.StringIO(text_of(client, f"{address}{sign}format=csv"))))


def shown_total(client: Client, address: str, currency: str) -> str:
    """The total that the page of rows shows in a currency."""
    found = re.findall(r'data-total="(\w*)">(.*?)</span>\s*(?:·|</div>)', text_of(client, address))
    totals = {code: re.sub(r"<[^>]+>", "", words) for code, words in found}
    return totals.get(currency, "").replace(",", "").replace("−", "-").replace(f"{currency} ", "").strip()


def exported(client: Client, address: str, metric: Metric, currency: str) -> Decimal:
    """A metric's number, added up from its file."""
    rows = rows_of(client, address)
    if metric.unit is Unit.COUNT:
        return Decimal(len(rows))
    if metric.unit is Unit.SHARE:
        return Decimal(sum(row["Late"] == "0" for row in rows)) / len(rows)
    head = str(metric.columns[-1].head)
    return sum((Decimal(row[head]) for row in rows if row.get("Currency", currency) == currency), Decimal(0))


def asked_by(person: Person, query: str = "") -> Asked:
    return Asked.of(QueryDict(query), person, snapshot())


def each_figure(asked: Asked) -> Iterator[tuple[str, Metric, Figure]]:
    for name, metric in metrics().items():
        found = figures(metric, asked)
        for figure in (found.main, *found.others):
            if figure.now:
                yield name, metric, figure


def test_every_number_equals_its_rows_and_its_file(dora: Client, company: dict[str, Person]) -> None:
    customer = Customer.objects.order_by("-pk").first()
    assert customer is not None
    walked: set[tuple[str, str]] = set()
    for query in (
        "",
        ALL_DAYS,
        f"{ALL_DAYS}&salesperson=anna",
        "currency=JPY",
        f"customer=~{customer.pk}",
        "source=oms",
    ):
        asked = asked_by(company["dora"], query)
        for name, metric, figure in each_figure(asked):
            in_currency = (("currency", figure.currency),) if figure.currency else ()
            address = asked.rows(name, metric, in_currency)
            assert figure.now is not None
            assert exported(dora, address, metric, figure.currency) == figure.now, f"{address} as a file"
            if address.startswith("/boards/rows/") and metric.unit is not Unit.SHARE:
                rounded = half_up(figure.now, minor_digits(figure.currency) if figure.currency else 0)
                assert Decimal(shown_total(dora, address, figure.currency)) == rounded, address
            walked.add((name, query.partition("=")[0]))
    assert {name for name, _ in walked} == set(metrics()), (
        "some metric is nowhere more than zero: this test says nothing of it"
    )
    assert {query for _, query in walked} == {"", "from", "currency", "customer", "source"}


def test_the_parts_of_a_number_add_up_to_it_and_open_their_rows(dora: Client, company: dict[str, Person]) -> None:
    asked = asked_by(company["dora"], ALL_DAYS)
    for name, metric in metrics().items():
        found = figures(metric, asked)
        whole = {figure.currency: figure.now for figure in (found.main, *found.others) if figure.now}
        for by in metric.by:
            added: dict[str, Decimal] = {}
            for part in parts(name, metric, by, asked):
                added[part.currency] = added.get(part.currency, Decimal(0)) + (part.value or 0)
                if part.rows:
                    assert exported(dora, part.rows, metric, part.currency) == part.value, (
                        f"{name} by {by}: {part.rows}"
                    )
            if metric.unit is not Unit.SHARE:
                assert {code: value for code, value in added.items() if value} == whole, f"{name} by {by}"


def test_numbers_are_those_of_the_store(company: dict[str, Person]) -> None:
    """Reckoned again in plain Python."""
    asked = asked_by(company["dora"], ALL_DAYS)
    told = {}
    for name, metric in metrics().items():
        found = figures(metric, asked)
        told[name] = {one.currency: one.now for one in (found.main, *found.others)}
    statuses = list(OrderStatus.objects.all())
    taken = [one for one in statuses if one.status in ("confirmed", "done", "closed")]
    for code in {one.currency for one in taken}:
        mine = [one for one in taken if one.currency == code]
        dated = (one.ordered for one in mine if one.order_date and one.order_date.year == 2026)
        assert told["orders_taken"].get(code, 0) == sum(dated, Decimal(0))
        owed = (one.open_receivable for one in statuses if one.currency == code and one.open_receivable > 0)
        assert told["receivable"].get(code, 0) == sum(owed, Decimal(0))
        bare = (one.shipped - (one.invoiced - one.rounding_difference) for one in mine)
        assert told["shipped_not_invoiced"].get(code, 0) == sum((amount for amount in bare if amount > 0), Decimal(0))
    assert told["open_orders"][""] == sum(one.is_open for one in statuses)
    known = {one.pk for one in statuses}
    hurt = {one.order for one in Finding.objects.filter(status="open")} & known
    assert told["orders_with_findings"][""] == len(hurt)
    shipped: dict[str, int] = {}
    on_time = late = 0
    for line in ShipmentLine.objects.filter(counts=True).select_related("shipment", "order", "order_line"):
        order, paper = line.order, line.shipment
        assert order is not None
        if paper.shipped_date and paper.shipped_date.year == 2026 and line.order_line:
            net = piece_units(
                to_units(line.order_line.net, MONEY_SCALE), to_units(line.qty, QTY_SCALE),
                to_units(line.order_line.qty, QTY_SCALE), order.digits,
            )  # fmt: skip
            shipped[order.currency] = shipped.get(order.currency, 0) + net
        promised = line.scheduled_date or (line.order_line and line.order_line.promised_date) or order.promised_date
        there = line.delivered_date or paper.arrived_date or paper.shipped_date
        if line.qty > 0 and promised and there and there.year == 2026:
            on_time += there <= promised
            late += there > promised
    for code, units in shipped.items():
        assert told["shipped"].get(code, 0) == from_units(units, MONEY_SCALE)
    assert told["on_time"][""] == Decimal(on_time) / (on_time + late)
    assert told["late_deliveries"][""] == late


def test_how_it_stood_is_how_it_would_have_been_reckoned_then(company: dict[str, Person]) -> None:
    """The history of what is owed and open, day by day, from the days of invoices, payments and orders."""
    from ordertrail.billing.models import InvoiceShare, PaymentShare

    asked = asked_by(company["dora"], "currency=CNY")
    found = figures(metrics()["receivable"], asked).main
    for place, back in enumerate(reversed(range(12))):
        day = clock.today() - timedelta(7 * back)
        owed: dict[Any, Decimal] = {}
        billed = InvoiceShare.objects.filter(counts=True, order__isnull=False).select_related("order", "invoice")
        for share in billed:
            if share.invoice.invoice_date is None or share.invoice.invoice_date <= day:
                owed[share.order] = owed.get(share.order, Decimal(0)) + share.gross
        settled = PaymentShare.objects.filter(counts=True, invoice__isnull=False).select_related("order", "payment")
        for paid in settled:
            if paid.payment.paid_date is None or paid.payment.paid_date <= day:
                owed[paid.order] = owed.get(paid.order, Decimal(0)) - paid.amount
        expected = sum((amount for order, amount in owed.items() if order.currency == "CNY" and amount > 0), Decimal(0))
        if back:  # today's figure is what is owed now, days to come included
            assert found.weeks[place] == expected, f"{back} weeks ago"


@pytest.mark.usefixtures("taken_back")
def test_how_many_orders_had_findings_is_not_told_of_days_before_the_first_sync(company: dict[str, Person]) -> None:
    """Nothing was heard then: a nought would make today look like a bad turn."""
    asked, metric = asked_by(company["dora"], ""), metrics()["orders_with_findings"]
    never_read = figures(metric, asked).main
    assert (never_read.weeks, never_read.before) == ((never_read.now,), None)
    begun = clock.now() - timedelta(16)
    SyncRun.objects.create(source=Source.objects.get(code="oms"), trigger="schedule", state="done", started_at=begun)
    main = figures(metric, asked).main
    assert len(main.weeks) == 3  # today, a week ago, two weeks ago
    assert main.before == main.weeks[1]


def test_every_open_order_stands_at_one_step(dora: Client, company: dict[str, Person]) -> None:
    page = text_of(dora, "/boards/manager/")
    addresses = [unescape(found) for found in re.findall(r'class="stage[^"]*" href="([^"]+)"', page)]
    standing = [row["Order"] for address in addresses for row in rows_of(dora, address)]
    open_ones = OrderStatus.objects.filter(is_open=True).values_list("number", flat=True)
    assert sorted(standing) == sorted(open_ones) != []
    late = rows_of(dora, "/orders/?queue=late")
    assert re.search(rf'of them late <span class="num">{len(late)}</span>', page)


def test_every_link_of_every_board_opens(dora: Client) -> None:
    for name in boards():
        page = text_of(dora, f"/boards/{name}/")
        addresses = {unescape(found) for found in re.findall(r'href="(/(?:boards|orders|findings)/[^"#]*)', page)}
        assert len(addresses) > 10
        for address in sorted(addresses):
            assert dora.get(address).status_code == 200, address


def test_what_is_not_theirs_is_in_nobody_s_number(company: dict[str, Person]) -> None:
    own = OrderStatus.objects.filter(salesperson="anna")
    asked = asked_by(company["anna"])
    open_orders = figures(metrics()["open_orders"], asked).main
    assert open_orders.now == own.filter(is_open=True).count()
    taken = figures(metrics()["orders_taken"], asked_by(company["anna"], f"{ALL_DAYS}&currency=CNY")).main
    mine = own.filter(
        status__in=("confirmed", "done", "closed"),
        currency="CNY",
        order_date__range=(date(2026, 1, 1), date(2026, 12, 31)),
    )
    assert taken.now == sum((one.ordered for one in mine), Decimal(0))


def test_every_board_and_metric_answers_every_filter(dora: Client) -> None:
    """A figure that its rows tell nothing of says so; none breaks, and no tile takes the others with it."""
    for query in ("country=CN", "vendor=V1", "mode=Air", "sku=LAMP", "stage=to_ship", "source=oms&customer=~1"):
        for name in boards():
            assert dora.get(f"/boards/{name}/?{query}").status_code == 200, (name, query)
        for name in metrics():
            assert dora.get(f"/boards/metrics/{name}/?{query}").status_code in (200, 400), (name, query)
    assert (
        b"is not told by Mode of transport" in dora.get("/boards/delivery/?mode=Air").content
    )  # lines still to be shipped
    assert b"is not told by" not in dora.get("/boards/delivery/?country=CN").content


def test_deliveries_are_the_same_by_parts_and_line_by_line(company: dict[str, Person]) -> None:
    from ordertrail.boards.delivery import KEYS, LINES, PARTS, delivery

    for query in ("", "source=oms", "salesperson=anna", "currency=CNY", "country=CN", "from=2026-06-15&to=2026-08-15"):
        asked = asked_by(company["dora"], query)
        days = (asked.days.first, asked.days.last) if asked.days else (None, None)
        for by in KEYS:
            quick, slow = (
                delivery(
                    by, "", *days, asked.person, on=asked.snapshot, table=table, scope=asked.scope(table),
                    params=asked.params(),
                )
                for table in (PARTS, LINES)
            )  # fmt: skip
            assert quick == slow, (query, by)
            assert quick.total.lines > 0, (query, by)
