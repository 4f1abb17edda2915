"""The room catalog as a Django app."""

from django.apps import AppConfig


class CatalogConfig(AppConfig):
    """The room catalog."""

    name = "ordertrail.catalog"
