"""AWS on one machine: Athena on a real Trino, Glue sessions on a real Spark, one catalogue."""

__version__ = "0.1.0"
