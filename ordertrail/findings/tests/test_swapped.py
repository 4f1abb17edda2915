"""Y23 of reliability.md §8: a system whose columns were swapped (quantity and price) is found where another system knows the order."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from django.utils import translation

from ordertrail.findings.follow import follow
from ordertrail.findings.models import Finding
from ordertrail.findings.queries import told
from ordertrail.findings.tests.company import OMS_X, WMS_X, company, say

pytestmark = pytest.mark.django_db
D = Decimal
RIGHT = replace(OMS_X, shipped="")
(LINE,) = RIGHT.lines
SWAPPED = replace(RIGHT, lines=(replace(LINE, qty=LINE.price or D(0), price=LINE.qty),))


def seen() -> list[str]:
    follow()
    with translation.override("en"):
        return [told(row).title for row in Finding.objects.filter(check_name="ordered_differs", status="open")]


def test_y23_swapped_columns_leave_the_total_as_it_is_and_are_found_by_the_other_systems_quantity() -> None:
    by = company()
    say(by["wms"], WMS_X)
    say(by["oms"], RIGHT)
    assert seen() == []
    say(by["oms"], SWAPPED)
    (title,) = seen()
    assert "120" in title
    assert "10" in title.replace("120", "")
    say(by["oms"], RIGHT)
    assert seen() == []
