"""The calls, a file for each kind of thing; importing a file declares its calls."""
