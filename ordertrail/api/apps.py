"""The room api as a Django app."""

from django.apps import AppConfig


class ApiConfig(AppConfig):
    """The room api: what programs look at."""

    name = "ordertrail.api"
