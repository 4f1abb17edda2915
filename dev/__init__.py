"""What ``python3 dev.py`` is made of. Not part of the product: nothing in ``ordertrail/`` but tests may import it."""
