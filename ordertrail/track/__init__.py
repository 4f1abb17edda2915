"""The pages on which people follow orders."""
