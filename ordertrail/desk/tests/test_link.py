"""Link and unlink by a person: what people wrote and what was found stay with the document that it is about."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from ordertrail.desk.comment import comment
from ordertrail.desk.explain import explain
from ordertrail.desk.laws import verify
from ordertrail.desk.link import link, unlink
from ordertrail.desk.models import Act, Change, Comment, Owner
from ordertrail.desk.own import own
from ordertrail.desk.tests import worlds
from ordertrail.findings.follow import follow
from ordertrail.findings.models import Finding
from ordertrail.lib.refused import Refused
from ordertrail.orders.models import Order, OrderStatus
from ordertrail.parties.models import Customer, Person
from ordertrail.records.models import Link, Source, SourceDocument
from ordertrail.records.shapes import (
    CustomerRecord,
    InvoiceLineRecord,
    InvoiceRecord,
    OrderLineRecord,
    OrderRecord,
    Record,
    Same,
    ShipmentLineRecord,
    ShipmentRecord,
)

D = Decimal
LINE = OrderLineRecord("1", "LAMP", D(10), price=D(100), tax_rate=D(0))
OMS = OrderRecord("1", "SO-1", currency="CNY", promised_date=date(2026, 9, 30), lines=(LINE,))
WMS = OrderRecord("W1", "AB-77", currency="CNY", lines=(LINE,))
SENT = ShipmentRecord(
    "S1", "SH-1", shipped_at=date(2026, 9, 10), lines=(ShipmentLineRecord("1", "LAMP", D(4), order="AB-77"),)
)
BILLED = InvoiceRecord(
    "I1", "INV-1", invoice_date=date(2026, 9, 11), currency="CNY",
    lines=(InvoiceLineRecord("1", "AB-77", sku="LAMP", qty=D(6), net=D(600), tax_rate=D(0)),),
)  # fmt: skip


@pytest.fixture
def by(db: None) -> dict[str, Source]:
    """Two systems that know one order under two numbers, and an ERP that bills it by the warehouse's."""
    by = worlds.company()
    worlds.say(by, [("oms", OMS), ("wms", WMS), ("wms", SENT), ("erp", BILLED)])
    return by


@pytest.fixture
def dana(db: None) -> Person:
    return Person.objects.create_person("dana", "", "manager", display_name="Dana")


def document(code: str, kind: str = "order") -> int:
    return SourceDocument.objects.get(source__code=code, kind=kind).pk


def status(number: str) -> tuple[Decimal, Decimal, Decimal]:
    found = OrderStatus.objects.get(number=number)
    return found.ordered_qty, found.shipped_qty, found.invoiced_qty


def test_two_orders_become_one_with_the_papers_of_both_and_two_again(by: dict[str, Source], dana: Person) -> None:
    before = list(worlds.rows())
    assert (status("SO-1"), status("AB-77")) == ((D(10), D(0), D(0)), (D(10), D(4), D(6)))
    joined = link(dana, document("wms"), document("oms"))
    assert status("SO-1") == (D(10), D(4), D(6))
    assert Order.objects.count() == 1
    assert list(verify()) == []
    unlink(dana, joined)
    assert list(worlds.rows()) == before
    assert [(act.verb, act.object) for act in Act.objects.order_by("pk")] == [
        ("link", document("wms")),
        ("unlink", document("wms")),
    ]


def test_the_id_that_went_away_leads_to_the_one_row_until_they_are_parted(by: dict[str, Source], dana: Person) -> None:
    joined = link(dana, document("oms"), document("wms"))
    assert SourceDocument.objects.get(pk=document("wms")).group == document("oms")
    assert {explain(number, "shipped").order for number in ("SO-1", "AB-77", "ab 77")} == {"SO-1"}
    unlink(dana, joined)
    assert SourceDocument.objects.get(pk=document("wms")).group == document("wms")
    assert explain("AB-77", "shipped").order == "AB-77"


def test_comments_and_owners_stay_with_the_document_they_were_put_on(by: dict[str, Source], dana: Person) -> None:
    comment(dana, document("wms"), "The rest goes out on Friday.")
    own(dana, document("wms"), dana)
    joined = link(dana, document("oms"), document("wms"))
    in_group = SourceDocument.objects.filter(group=document("oms"))
    assert Comment.objects.get(document__in=in_group).document_id == document("wms")
    assert Owner.objects.get(document__in=in_group).person == dana
    comment(dana, document("oms"), "One order, I have asked.")
    unlink(dana, joined)
    assert sorted(Comment.objects.values_list("document__source__code", flat=True)) == ["oms", "wms"]
    assert Owner.objects.get().document_id == document("wms")


def test_a_finding_keeps_its_age_and_owner_through_link_and_unlink(
    by: dict[str, Source], dana: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ORDERTRAIL_TODAY", "2026-09-12")
    follow()
    billed = Finding.objects.get(check_name="invoiced_over_shipped")
    assert (billed.object, billed.money) == (document("wms"), D(200))
    since = billed.since
    Finding.objects.filter(pk=billed.pk).update(owner=dana)

    monkeypatch.setenv("ORDERTRAIL_TODAY", "2026-09-16")
    joined = link(dana, document("oms"), document("wms"))
    follow()
    moved = Finding.objects.get(check_name="invoiced_over_shipped", status="open")
    assert (moved.object, moved.order, moved.since, moved.owner) == (document("oms"), document("oms"), since, dana)

    unlink(dana, joined)
    follow()
    back = Finding.objects.get(check_name="invoiced_over_shipped", status="open")
    assert (back.object, back.money) == (document("wms"), D(200))
    assert back.since <= datetime(2026, 9, 16, 4, tzinfo=UTC)
    assert not Finding.objects.filter(check_name="invoiced_over_shipped", status="open", order=document("oms")).exists()


def test_what_a_person_parts_no_rule_joins_again(by: dict[str, Source], dana: Person) -> None:
    claims = replace(WMS, same_as=(Same("SO-1", "oms"),))
    worlds.say(by, [("wms", claims)])
    assert status("SO-1") == (D(10), D(4), D(6))
    unlink(dana, Link.objects.get(rule="same_as"))
    parted = list(worlds.rows())
    assert Order.objects.count() == 2

    worlds.say(by, [("wms", replace(claims, remark="said again"))])  # the rule sees the same claim with each change
    worlds.say(by, [("oms", replace(OMS, remark="and so does the other"))])
    worlds.say(by, [("wms", claims), ("oms", OMS)])
    assert list(worlds.rows()) == parted

    link(dana, document("oms"), document("wms"))  # what a person has parted, a person may join
    assert status("SO-1") == (D(10), D(4), D(6))
    worlds.say(by, [("wms", WMS)])  # the warehouse claims it no more; the person's word stands
    assert status("SO-1") == (D(10), D(4), D(6))
    assert list(verify()) == []


def test_customers_that_a_person_parts_stay_two_though_their_names_are_one(by: dict[str, Source], dana: Person) -> None:
    one, other = CustomerRecord("1", "C-1", "远帆船舶用品有限公司"), CustomerRecord("2", "E-2", "远帆船舶用品")
    worlds.say(by, [("oms", one), ("erp", other)])
    assert Customer.objects.count() == 1
    unlink(dana, Link.objects.get(rule="name"))
    assert Customer.objects.count() == 2
    worlds.say(by, [("oms", replace(one, phone="1")), ("erp", replace(other, phone="2"))])
    assert Customer.objects.count() == 2
    worlds.say(by, [("wms", CustomerRecord("3", "W-3", "远帆船舶用品"))])  # a third one must not be the bridge either
    assert not Customer.objects.filter(pk__in=[document("erp", "customer")], home=by["oms"]).exists()
    groups = dict(SourceDocument.objects.filter(kind="customer").values_list("source__code", "group"))
    assert groups["oms"] != groups["erp"]
    assert list(verify()) == []


@pytest.mark.parametrize(
    ("one", "other", "code", "sentence"),
    [
        (("oms", "order"), ("oms", "order"), "same_document", "SO-1 cannot be linked with itself."),
        (("oms", "order"), ("erp", "invoice"), "other_kind", "SO-1 is of kind order and INV-1 is not"),
    ],
)
def test_what_cannot_be_one_is_refused_and_changes_nothing(
    by: dict[str, Source], dana: Person, one: tuple[str, str], other: tuple[str, str], code: str, sentence: str
) -> None:
    before = list(worlds.rows()), Change.objects.count()
    with pytest.raises(Refused, match=sentence) as refused:
        link(dana, document(*one), document(*other))
    assert refused.value.code == code
    assert (list(worlds.rows()), Change.objects.count()) == before
    assert not Act.objects.exists()


def test_link_twice_and_part_twice_are_refused(by: dict[str, Source], dana: Person) -> None:
    joined = link(dana, document("oms"), document("wms"))
    with pytest.raises(Refused) as again:
        link(dana, document("wms"), document("oms"))
    assert again.value.code == "already_linked"
    unlink(dana, joined)
    with pytest.raises(Refused) as parted:
        unlink(dana, joined)
    assert parted.value.code == "already_unlinked"


def test_a_link_touches_only_what_hangs_on_the_two(by: dict[str, Source], dana: Person) -> None:
    others: list[tuple[str, Record]] = [("oms", replace(OMS, ref=str(n), number=f"SO-{n}")) for n in range(2, 12)]
    worlds.say(by, others)
    last = Change.objects.order_by("-pk").values_list("pk", flat=True)[0]
    link(dana, document_of("1"), document("wms"))
    changed = set(Change.objects.filter(pk__gt=last).values_list("kind", "object"))
    assert changed == {
        ("order", document_of("1")),
        ("order", document("wms")),
        ("shipment", document("wms", "shipment")),
        ("invoice", document("erp", "invoice")),
    }


def document_of(ref: str) -> int:
    return SourceDocument.objects.get(source__code="oms", kind="order", ref=ref).pk
