"""No float anywhere in the store: money, quantities, prices and rates are integers of ours in every table."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from django.apps import apps
from django.db import models

from ordertrail.lib.fields import MoneyField, PriceField, QtyField, RateField, ScaledField

KINDS: dict[str, tuple[type[Any], ...]] = {
    r"(.*_)?qty": (QtyField,),
    r"(.*_)?(price|cost)": (PriceField, MoneyField),
    r"(.*_)?(rate|discount|tolerance)": (RateField,),
    r"(.*_)?(hours)": (QtyField,),
    r"(.*_)?(amount|money|net|tax|gross|total|total_told|value|deposit|difference)": (MoneyField,),
    r"ordered|effective|shipped|to_ship|invoiced|paid|open_receivable|not_invoiced|written_off|credit_limit": (
        MoneyField,
    ),
}
"""What a field of such a name must be, where it holds a number."""
COUNTS = ("Job.total",)
"""Numbers of things, whatever they are called."""
NUMBERS = (models.IntegerField, models.DecimalField, models.FloatField, ScaledField)


def ours() -> Iterator[tuple[str, models.Field[Any, Any]]]:
    """Every column of every table of ours, with its name."""
    for config in apps.get_app_configs():
        if config.name.startswith("ordertrail."):
            for model in config.get_models(include_auto_created=True):
                for field in model._meta.concrete_fields:
                    yield f"{model.__name__}.{field.name}", field


def test_no_table_has_a_decimal_or_a_float() -> None:
    banned = [name for name, field in ours() if isinstance(field, models.DecimalField | models.FloatField)]
    assert banned == []


def test_what_is_called_money_or_a_quantity_is_a_field_of_ours() -> None:
    wrong, seen = [], 0
    for name, field in ours():
        for pattern, kinds in KINDS.items():
            if re.fullmatch(pattern, field.name) and isinstance(field, NUMBERS) and name not in COUNTS:
                seen += 1
                if not isinstance(field, kinds):
                    wrong.append(f"{name} is a {type(field).__name__}")
    assert wrong == []
    assert seen > 40  # or the pattern meets nothing


def test_a_field_of_ours_is_called_what_it_is() -> None:
    scaled = {name: field for name, field in ours() if isinstance(field, ScaledField)}
    nameless = [name for name, field in scaled.items() if not any(re.fullmatch(one, field.name) for one in KINDS)]
    assert nameless == []
    assert {field.get_internal_type() for field in scaled.values()} == {"BigIntegerField"}


def test_a_float_and_a_digit_too_many_are_refused() -> None:
    money: Any = MoneyField()
    with pytest.raises(TypeError, match="never float"):
        money.get_prep_value(0.1)
    with pytest.raises(ValueError, match="more decimals"):
        money.get_prep_value(Decimal("0.00001"))
    assert (money.get_prep_value("0.3"), money.from_db_value(3_000, None, None)) == (3_000, Decimal("0.3000"))
