"""Our SQLite backend for Django: the newer library, and the settings that make a commit durable."""
