"""The room web as a Django app."""

from django.apps import AppConfig


class WebConfig(AppConfig):
    """The room web: what every page is made of."""

    name = "ordertrail.web"
