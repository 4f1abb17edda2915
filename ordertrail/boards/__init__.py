"""Boards: tiles of metrics, each number opens its rows."""
