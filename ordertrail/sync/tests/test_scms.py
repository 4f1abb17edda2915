"""The SCMS delivery history: a small made file with the real one's dirt, and the real one where it is at hand.

The real file's licence is not confirmed, so it is not in the project; ``--full`` fails without it.
"""

from __future__ import annotations

import csv
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from ordertrail.lib.refused import Refused
from ordertrail.orders.models import Order, OrderLine, OrderStatus
from ordertrail.shipping.models import Shipment, ShipmentLine
from ordertrail.sync.mappings import mapping, mappings
from ordertrail.sync.mappings.scms_rules import RULES, survey
from ordertrail.sync.models import Reject

SMALL = Path(__file__).parent / "cases" / "scms_small.csv"
REAL = Path(__file__).resolve().parents[4] / "shared" / "data" / "scms" / "SCMS_Delivery_History_Dataset.csv"


def bring(path: Path) -> dict[str, Any]:
    return mapping("scms").bring(path, lambda stream, done, expected: None)


def changed(tmp_path: Path, line: str, **cells: str) -> Path:
    """The small file with some cells of one line overwritten."""
    with SMALL.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    row = next(row for row in rows if row["ID"] == line)
    row.update(cells)
    path = tmp_path / "scms [new].csv"
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return path


@pytest.mark.slow
def test_each_line_of_the_file_is_a_line_of_an_order_and_of_its_shipment(transactional_db: None) -> None:
    told = bring(SMALL)
    assert (told["state"], told["orders"], told["shipments"], told["lines"], told["late"]) == ("done", 5, 7, 9, 3)
    assert told["rejects"] == []
    order = Order.objects.get(number="SCMS-1")
    assert (order.country, order.currency, order.customer_name) == ("Côte d'Ivoire", "USD", "900-CI-T01")
    assert [line.ref for line in OrderLine.objects.filter(order=order).order_by("line")] == ["7", "8", "9"]
    first = ShipmentLine.objects.get(order_line__ref="7")
    assert (first.scheduled_date, first.delivered_date) == (date(2014, 6, 2), date(2014, 6, 2))
    assert first.order_line is not None
    assert first.order_line.vendor == "Skagen Lamps A/S"
    assert Shipment.objects.get(number="DN-4").mode == "N/A"  # a word of the file, not an empty cell
    status = OrderStatus.objects.get(number="SCMS-1")
    assert (status.delivery, status.status) == ("done", "done")
    assert status.ordered == Decimal(3000)  # no tax is told, so none is added


@pytest.mark.slow
def test_items_whose_long_descriptions_differ_find_their_own_order_lines(transactional_db: None) -> None:
    bring(SMALL)
    unmatched = ShipmentLine.objects.filter(order_line=None)
    assert not unmatched.exists()
    assert sorted(len(line.sku) for line in OrderLine.objects.filter(order__number="SO-5")) == [27, 99, 99]


@pytest.mark.slow
def test_the_amount_as_told_holds_where_it_is_not_quantity_times_price(transactional_db: None) -> None:
    told = bring(SMALL)
    line = OrderLine.objects.get(ref="10")
    assert (line.qty, line.price, line.net, line.tax) == (Decimal(10), Decimal(100), Decimal(1200), Decimal(0))
    assert told["noticed"] == {
        "value is not quantity × pack price: the value holds": 1,
        "recorded before it was delivered": 1,
        "PQ First Sent to Client Date lies after the delivery": 4,
        "PO Sent to Vendor Date lies after the delivery": 2,
    }


def test_every_awkward_value_is_read_by_the_rule_of_its_column() -> None:
    found = survey(SMALL)
    assert found.problems == []
    assert set(found.columns) == set(RULES)
    assert all(sum(kinds.values()) == found.rows == 9 for kinds in found.columns.values())
    assert found.columns["Freight Cost (USD)"] == {
        "number": 5, "see": 2, "Freight Included in Commodity Cost": 1, "Invoiced Separately": 1
    }  # fmt: skip
    assert found.columns["Weight (Kilograms)"] == {"number": 6, "see": 2, "Weight Captured Separately": 1}
    assert found.columns["Line Item Insurance (USD)"] == {"number": 8, "empty": 1}
    assert found.columns["Dosage"] == {"text": 8, "N/A": 1}
    assert found.columns["Manufacturing Site"] == {"text": 8, "encoded_twice": 1}
    assert found.columns["PQ First Sent to Client Date"] == {
        "Pre-PQ Process": 1, "Date Not Captured": 1, "month/day/2-digit year": 4, "month/day/4-digit year": 3
    }  # fmt: skip
    assert found.totals["Freight Cost (USD)"] == Decimal("780.34") * 5  # a pointer adds nothing


@pytest.mark.parametrize(
    ("line", "cells", "column", "code"),
    [
        ("7", {"Freight Cost (USD)": "See ASN-1 (ID#:99)"}, "Freight Cost (USD)", "dangling"),
        ("8", {"Weight (Kilograms)": "See ASN-1 (ID#:8)"}, "Weight (Kilograms)", "dangling"),
        ("9", {"Weight (Kilograms)": "See ASN-1 (ID#:7)"}, "Weight (Kilograms)", "dangling"),
        ("9", {"Freight Cost (USD)": "ask Ole"}, "Freight Cost (USD)", "unknown_value"),
        ("9", {"Shipment Mode": ""}, "Shipment Mode", "unknown_value"),
        ("9", {"PQ First Sent to Client Date": "27/8/14"}, "PQ First Sent to Client Date", "unknown_value"),
        ("9", {"PO / SO #": "PO1"}, "PO / SO #", "unknown_value"),
        ("9", {"Line Item Insurance (USD)": "NaN"}, "Line Item Insurance (USD)", "unknown_value"),
        ("9", {"Brand": ""}, "Brand", "missing"),
        ("9", {"ID": "8"}, "ID", "key_repeated"),
    ],
)
def test_what_no_rule_fits_is_a_problem_of_its_line(
    line: str, cells: dict[str, str], column: str, code: str, tmp_path: Path
) -> None:
    problems = survey(changed(tmp_path, line, **cells)).problems
    assert [(one.column, one.code) for one in problems] == [(column, code)]
    assert problems[0].place.startswith("row ")


@pytest.mark.slow
def test_a_cell_that_nobody_understands_waits_as_a_reject_and_goes_when_it_is_mended(
    transactional_db: None, tmp_path: Path
) -> None:
    path = changed(tmp_path, "9", **{"Freight Cost (USD)": "ask Ole", "Scheduled Delivery Date": "soon"})
    told = bring(path)
    assert {(one["column"], one["code"]) for one in told["rejects"]} >= {
        ("Freight Cost (USD)", "unknown_value"), ("Scheduled Delivery Date", "unknown_value"),
        ("Scheduled Delivery Date", "not_a_date"),
    }  # fmt: skip
    assert told["shipments"] == 6  # the shipment of that line waits, all others are in
    assert told["orders"] == 4
    told = bring(changed(tmp_path, "9"))
    assert told["rejects"] == []
    assert (told["orders"], told["shipments"], told["lines"]) == (5, 7, 9)
    assert not Reject.objects.filter(solved_at=None).exists()


@pytest.mark.slow
def test_the_same_file_again_changes_nothing_and_from_another_folder_too(
    transactional_db: None, tmp_path: Path
) -> None:
    bring(SMALL)
    assert bring(SMALL)["run"]["new"] == 0
    told = bring(changed(tmp_path, "7"))
    assert (told["run"]["new"], told["run"]["changed"], told["run"]["unchanged"]) == (0, 0, 12)


def test_a_file_of_another_kind_is_refused_with_what_it_lacks(tmp_path: Path) -> None:
    path = tmp_path / "other.csv"
    path.write_text("ID,Country\n1,Norway\n")
    with pytest.raises(Refused, match="Project Code") as refused:
        survey(path)
    assert refused.value.code == "columns_missing"
    with pytest.raises(Refused) as refused:
        bring(tmp_path / "nowhere.csv")
    assert refused.value.code == "file_missing"
    with pytest.raises(Refused) as refused:
        mapping("sheep")
    assert refused.value.code == "unknown_mapping"


def test_each_mapping_keeps_its_promise() -> None:
    assert set(mappings()) == {"scms"}
    assert all(str(one.TITLE) and callable(one.bring) for one in mappings().values())


KINDS = {
    "Freight Cost (USD)": {
        "number": 6198, "see": 1937 + 508, "Freight Included in Commodity Cost": 1442, "Invoiced Separately": 239
    },
    "Weight (Kilograms)": {"number": 6372, "see": 2445, "Weight Captured Separately": 1507},
    "Line Item Insurance (USD)": {"number": 10037, "empty": 287},
    "PQ First Sent to Client Date": {
        "Pre-PQ Process": 2476, "Date Not Captured": 205, "month/day/2-digit year": 4495, "month/day/4-digit year": 3148
    },
    "PO Sent to Vendor Date": {
        "N/A - From RDC": 5404, "Date Not Captured": 328, "month/day/2-digit year": 2880, "month/day/4-digit year": 1712
    },
    "Vendor INCO Term": {"N/A - From RDC": 5404, "text": 4920},
    "Shipment Mode": {"Air": 6113, "Truck": 2830, "Air Charter": 650, "Ocean": 371, "N/A": 360},
    "Dosage": {"N/A": 1736, "text": 8588},
    "Line Item Value": {"number": 10307, "zero": 17},
    "Pack Price": {"number": 10306, "zero": 18},
    "Fulfill Via": {"From RDC": 5404, "Direct Drop": 4920},
    "PO / SO #": {"SO": 5404, "SCMS": 4919, "DSCM": 1},
    "First Line Designation": {"Yes": 7030, "No": 3294},
    "Manufacturing Site": {"text": 10323, "encoded_twice": 1},
}  # fmt: skip
"""What ../shared/data/README.md says stands in the real file."""


@pytest.mark.full("scms")
def test_the_real_file_gives_the_figures_that_were_counted_in_it(transactional_db: None) -> None:
    assert REAL.exists(), f"{REAL} is not there: the real data are needed for --full"
    told = bring(REAL)
    assert (told["orders"], told["shipments"], told["order_lines"], told["lines"]) == (6233, 7030, 10324, 10324)
    assert (told["late"], told["rejects"]) == (1186, [])
    assert {column: told["columns"][column] for column in KINDS} == KINDS
    assert told["columns"]["PQ #"] == {"Pre-PQ Process": 2681, "text": 7643}
    assert all(sum(kinds.values()) == 10324 for kinds in told["columns"].values())
    assert told["noticed"] == {
        "value is not quantity × pack price: the value holds": 126,
        "PQ First Sent to Client Date lies after the delivery": 10,
        "PO Sent to Vendor Date lies after the delivery": 5,
        "recorded before it was delivered": 3,
    }
    assert Decimal(told["totals"]["Line Item Value"]) == Decimal("1627584457.29")
    lines = ShipmentLine.objects.all()
    assert not lines.filter(order_line=None).exists()
    assert Order.objects.values("country").distinct().count() == 43
    assert OrderLine.objects.values("vendor").distinct().count() == 73
    assert OrderLine.objects.values("name").distinct().count() == 184
    assert {line.shipment_id for line in lines}.__len__() == 7030
    pairs = set(lines.values_list("order", "shipment"))
    assert len(pairs) == 7030
    late = [
        line
        for line in lines
        if line.delivered_date and line.scheduled_date and line.delivered_date > line.scheduled_date
    ]
    assert (len({line.order_id for line in late}), len({line.shipment_id for line in late})) == (684, 805)
    days = sorted(
        (line.delivered_date - line.scheduled_date).days for line in late if line.delivered_date and line.scheduled_date
    )
    assert (days[len(days) // 2 - 1], days[-1], round(sum(days) / len(days), 1)) == (12, 192, 21.4)
