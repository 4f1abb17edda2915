"""The room findings as a Django app."""

from django.apps import AppConfig


class FindingsConfig(AppConfig):
    """The room findings."""

    name = "ordertrail.findings"
