"""Where figures add up: one DuckDB file, derived from the store and disposable."""
