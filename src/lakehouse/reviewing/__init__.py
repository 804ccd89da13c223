"""What a change touches: columns and their consumers, read from compiled SQL."""
