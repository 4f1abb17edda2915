"""The planted truths: the stories have the design's figures, and the figures hold together."""

from __future__ import annotations

from decimal import Decimal

import orjson

from ordertrail.demo.facts import FILE
from ordertrail.demo.sources import DemoCompany
from ordertrail.demo.stories import A, B, X


def test_e1_merge_split_and_batch_payment(demo: DemoCompany) -> None:
    facts = demo.facts
    assert facts.orders[A]["lines"] == {"1": {"ordered": 10, "shipped": 6, "invoiced": 6, "finished": 10}}
    assert facts.orders[B]["lines"] == {"1": {"ordered": 5, "shipped": 5, "invoiced": 5, "finished": 5}}
    amounts = [
        [facts.orders[one][name] for name in ("ordered", "invoiced", "paid", "open_receivable")] for one in (A, B)
    ]
    assert amounts == [["1130.00", "678.00", "548.00", "130.00"], ["452.00", "452.00", "452.00", "0.00"]]
    assert {"shipment": "SH-2609-0021", "orders": {A: 6, B: 5}} in facts.merged_shipments
    assert {
        "invoice": "INV-2609-0018",
        "total": "904.00",
        "orders": {A: "452.00", B: "452.00"},
    } in facts.merged_invoices
    assert [one for one in facts.partial_payments if one["invoice"] == "INV-2609-0019"] == [
        {
            "invoice": "INV-2609-0019",
            "shares": [{"payment": facts_serial(demo, A), "order": A, "amount": "96.00"}],
            "total": "226.00",
            "paid": "96.00",
            "open": "130.00",
        }
    ]


def facts_serial(demo: DemoCompany, number: str) -> str:
    """The bank's number of the payment of E1: the one that pays both of its invoices."""
    found = {
        share["payment"]
        for one in demo.facts.partial_payments
        for share in one["shares"]
        if share["order"] == number and share["amount"] == "96.00"
    }
    (serial,) = found
    assert isinstance(serial, str)
    assert serial.startswith("20260915")
    return serial


def test_e19_systems_disagree_about_x(demo: DemoCompany) -> None:
    conflicts = demo.facts.conflicts
    assert demo.facts.orders[X]["lines"] == {"1": {"ordered": 10, "shipped": 6, "invoiced": 10, "finished": 8}}
    assert (demo.facts.orders[X]["invoiced"], demo.facts.orders[X]["paid"]) == ("1356.00", "0.00")
    of_x = {kind: [fact for fact in listed if fact.get("order") == X] for kind, listed in conflicts.items()}
    assert of_x.pop("shipped_differs") == [{"order": X, "oms": 10, "wms": 6, "missing": {"1": 4}, "money": "542.40"}]
    assert of_x.pop("invoiced_over_shipped") == [
        {"order": X, "lines": {"1": {"invoiced": 10, "shipped": 6, "over": 4}}, "net": "480.00", "money": "542.40"}
    ]
    assert of_x.pop("finished_under_ordered") == [
        {
            "order": X,
            "line": 1,
            "ordered": 10,
            "finished": 8,
            "work_orders": ["WO-2609-0044"],
            "closed_short": False,
            "claimed": True,
        }
    ]
    assert not any(of_x.values())


def test_a_company_of_the_promised_size(demo: DemoCompany) -> None:
    counts = demo.facts.counts
    assert 2_900 <= counts["orders"] <= 3_200
    assert counts["orders"] == counts["draft"] + counts["confirmed"] + counts["cancelled"]
    assert counts["confirmed"] == counts["to_ship"] + counts["fully_shipped"]
    assert counts["late"] == len(demo.facts.late) >= 10
    assert len(demo.facts.merged_shipments) >= 100
    assert len(demo.facts.merged_invoices) >= 100
    assert len(demo.facts.split_orders) >= 100
    assert len(demo.facts.partial_payments) >= 10


def test_every_kind_of_conflict_is_planted(demo: DemoCompany) -> None:
    found = {kind: len(listed) for kind, listed in demo.facts.conflicts.items()}
    short = [one for one in demo.facts.conflicts["finished_under_ordered"] if one["closed_short"]]
    unseen = [one for one in demo.facts.conflicts["paid_differs"] if not one["serial"]]
    sources = {one["source"] for one in demo.facts.conflicts["promised_differs"]}
    assert found["shipped_differs"] >= 7
    assert found["invoiced_over_shipped"] >= 5
    assert found["paid_differs"] >= 7
    assert found["ordered_differs"] >= 5
    assert found["promised_differs"] >= 7
    assert len(short) >= 3
    assert len(unseen) >= 3
    assert sources == {"crm", "erp"}


def test_quality_control_is_the_bottleneck_of_the_last_weeks(demo: DemoCompany) -> None:
    slow = demo.facts.bottleneck
    assert abs(Decimal(slow["before_median"]) - Decimal("0.8")) <= Decimal("0.1")
    assert abs(Decimal(slow["recent_median"]) - Decimal("3.4")) <= Decimal("0.3")
    assert slow["recent_count"] >= 100


def test_money_adds_up(demo: DemoCompany) -> None:
    """Nobody pays more than was invoiced, and all money of the bank is with an order or known to be unplaced."""
    orders = demo.facts.orders.values()
    assert all(Decimal("0.00") <= Decimal(one["paid"]) <= Decimal(one["invoiced"]) for one in orders)
    placed = sum(Decimal(one["paid"]) for one in orders)
    unplaced = sum(Decimal(one["amount"]) for one in demo.facts.unplaced_money)
    assert str(placed + unplaced) == demo.facts.totals["bank"]["payment"]["amount"]
    assert str(sum(Decimal(one["invoiced"]) for one in orders)) == demo.facts.totals["erp"]["invoice"]["total"]
    for merged in demo.facts.merged_invoices:
        assert sum(map(Decimal, merged["orders"].values())) == Decimal(merged["total"])


def test_goods_are_never_more_than_ordered_or_finished_for_the_order(demo: DemoCompany) -> None:
    for number, one in demo.facts.orders.items():
        for line in one["lines"].values():
            assert line["shipped"] <= line["ordered"], number
            assert one["state"] == "confirmed" or not line["shipped"]


def test_the_file_says_the_same(demo: DemoCompany) -> None:
    written = orjson.loads((demo.folder / FILE).read_bytes())
    assert written["orders"][A] == demo.facts.orders[A]
    assert written["conflicts"] == demo.facts.conflicts
    assert written["rejects"] == demo.facts.rejects
