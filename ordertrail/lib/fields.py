"""Model fields for money, quantities, prices and rates: BIGINT in the store, ``Decimal`` in Python.

The same integers stand on SQLite, PostgreSQL and in the hub, so SQL may add and compare them and nothing is ever a float
(Django's ``DecimalField`` is one on SQLite). A test over all models forbids ``DecimalField`` and ``FloatField``.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from django.db import models

from ordertrail.lib.money import MONEY_SCALE, QTY_SCALE, from_units, to_units

Set_contra = TypeVar("Set_contra", contravariant=True)
Get_co = TypeVar("Get_co", covariant=True)

if TYPE_CHECKING:

    class _Base(models.Field[Set_contra, Get_co]):
        """What the type checker reads: a nullable field gives ``Decimal | None``."""

        _pyi_private_set_type: Decimal | int | str
        _pyi_private_get_type: Decimal

else:

    class _Base(models.Field, Generic[Set_contra, Get_co]):
        """A plain field: the type parameters are for the type checker."""


class ScaledField(_Base[Set_contra, Get_co]):
    """A decimal number kept as an integer count of ``1/scale``; ValueError for more decimals than that."""

    scale = 1

    def get_internal_type(self) -> str:
        """The column type: a 64-bit integer."""
        return "BigIntegerField"

    def from_db_value(self, value: int | None, expression: object, connection: object) -> Decimal | None:
        """The ``Decimal`` of a stored integer."""
        return None if value is None else from_units(int(value), self.scale)

    def to_python(self, value: Any) -> Decimal | None:
        """The ``Decimal`` of what a form or fixture gives; floats are refused."""
        if value is None or isinstance(value, Decimal):
            return value
        if isinstance(value, float):
            raise TypeError("money and quantities are Decimal, never float")
        return Decimal(value)

    def get_prep_value(self, value: Any) -> int | None:
        """The integer that is written or compared with."""
        number = self.to_python(value)
        return None if number is None else to_units(number, self.scale)


class MoneyField(ScaledField[Set_contra, Get_co]):
    """An amount of the row's currency, to 1/10,000 of its unit."""

    scale = MONEY_SCALE


class QtyField(ScaledField[Set_contra, Get_co]):
    """A quantity in the product's base unit, to 1/1,000,000."""

    scale = QTY_SCALE


class PriceField(ScaledField[Set_contra, Get_co]):
    """A price for one unit of quantity, to 1/1,000,000 of the currency's unit."""

    scale = QTY_SCALE


class RateField(ScaledField[Set_contra, Get_co]):
    """A rate such as a tax rate (0.13 is 13 %), to 1/1,000,000."""

    scale = QTY_SCALE
