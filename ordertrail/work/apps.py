"""The room work as a Django app."""

from django.apps import AppConfig


class WorkConfig(AppConfig):
    """The room work."""

    name = "ordertrail.work"
