"""Stock: what came in, what is there, what is held, what it cost."""
