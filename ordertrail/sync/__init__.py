"""How documents come in from other systems."""
