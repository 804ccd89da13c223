"""What the sources of a domain offer is fetched, kept as it came, and handed to landing."""
