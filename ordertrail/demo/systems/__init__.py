"""The demo company's systems, one small file each: the truth written in the system's own shape, numbers and quirks."""
