"""The command line, for people and for programs: ``ordertrail --help``."""

from __future__ import annotations


def main() -> None:
    """The command ``ordertrail``. Loads nothing heavy before it knows the data folder."""
    from ordertrail.cli.app import app

    app()
