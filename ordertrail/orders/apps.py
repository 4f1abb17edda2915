"""The room orders as a Django app."""

from django.apps import AppConfig


class OrdersConfig(AppConfig):
    """The room orders."""

    name = "ordertrail.orders"
