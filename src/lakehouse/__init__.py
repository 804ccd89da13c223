"""The command `lakehouse`: moves bytes between sources, the raw zone and the places of use."""
