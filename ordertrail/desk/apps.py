"""The room desk as a Django app."""

from django.apps import AppConfig


class DeskConfig(AppConfig):
    """The room desk."""

    name = "ordertrail.desk"
