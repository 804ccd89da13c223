"""Marts are copied to the databases that the exposures name."""
