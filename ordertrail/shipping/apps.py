"""The room shipping as a Django app."""

from django.apps import AppConfig


class ShippingConfig(AppConfig):
    """The room shipping."""

    name = "ordertrail.shipping"
