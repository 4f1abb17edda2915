"""The room stock as a Django app."""

from django.apps import AppConfig


class StockConfig(AppConfig):
    """The room stock."""

    name = "ordertrail.stock"
