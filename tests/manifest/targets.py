"""The targets whose manifest and compiled SQL are checked."""

TARGETS = ("duckdb", "athena", "glue")
