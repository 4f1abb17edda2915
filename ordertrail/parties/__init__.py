"""Customers, and the people who work here."""
