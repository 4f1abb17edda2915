"""The room sync as a Django app."""

from django.apps import AppConfig


class SyncConfig(AppConfig):
    """The room sync."""

    name = "ordertrail.sync"
