"""The room boards as a Django app."""

from django.apps import AppConfig


class BoardsConfig(AppConfig):
    """The room boards: numbers that people steer by, each with its rows."""

    name = "ordertrail.boards"

    def ready(self) -> None:
        """Hand the boards to the side bar."""
        from ordertrail.boards.ways import add

        add()
