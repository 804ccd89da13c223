"""The name that the models know their DuckDB file by, whatever the file is called."""

ALIAS = "lakehouse"
