"""Glue: the catalogue fixes, and interactive sessions on a local Spark."""
