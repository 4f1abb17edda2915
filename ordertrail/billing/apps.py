"""The room billing as a Django app."""

from django.apps import AppConfig


class BillingConfig(AppConfig):
    """The room billing."""

    name = "ordertrail.billing"
