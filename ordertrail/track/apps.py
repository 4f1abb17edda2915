"""The room track as a Django app."""

from django.apps import AppConfig


class TrackConfig(AppConfig):
    """The room track: pages on which people follow orders, findings and sources."""

    name = "ordertrail.track"

    def ready(self) -> None:
        """Hand the room's ways and the freshness of its sources to the frame of every page."""
        from ordertrail.track import fresh, ways
        from ordertrail.web import asof

        ways.add()
        asof.tell(fresh.as_of)
