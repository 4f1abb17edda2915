"""Shipments: goods that go out and come back."""
