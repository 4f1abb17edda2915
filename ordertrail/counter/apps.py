"""The room counter as a Django app."""

from django.apps import AppConfig


class CounterConfig(AppConfig):
    """The room counter: where people do what the desk can."""

    name = "ordertrail.counter"

    def ready(self) -> None:
        """Hand in what can be done on the pages of orders, customers and products."""
        from ordertrail.counter import ways

        ways.add()
