"""Orders and their lines, and the one narrow status row that lists read."""
