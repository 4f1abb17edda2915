"""Products: what is sold and counted."""
