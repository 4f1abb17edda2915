"""The room parties as a Django app."""

from django.apps import AppConfig


class PartiesConfig(AppConfig):
    """The room parties."""

    name = "ordertrail.parties"
