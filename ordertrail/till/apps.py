"""The room till as a Django app."""

from django.apps import AppConfig


class TillConfig(AppConfig):
    """The room till: pages on which goods come in and go out, and orders are billed and paid."""

    name = "ordertrail.till"

    def ready(self) -> None:
        """Hand the room's ways and what may be done with a document to the frame of every page."""
        from ordertrail.till import ways

        ways.add()
