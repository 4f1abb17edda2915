"""Ids that are made, not drawn."""

LINES = 1 << 16
"""The id of a line of a document is the document's id × this + the line's number: making rows again gives the same ids."""
