"""Invoices, payments, and which part of a payment counts for which order."""
