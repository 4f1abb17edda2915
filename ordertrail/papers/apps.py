"""The room papers as a Django app."""

from django.apps import AppConfig


class PapersConfig(AppConfig):
    """The room papers: delivery notes and customer statements as PDF."""

    name = "ordertrail.papers"

    def ready(self) -> None:
        """Hand the buttons to the pages of shipments and customers."""
        from ordertrail.papers import ways

        ways.add()
