"""The room presales as a Django app."""

from django.apps import AppConfig


class PresalesConfig(AppConfig):
    """The room presales."""

    name = "ordertrail.presales"
