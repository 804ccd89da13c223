"""Tables of any engine are read as text, and compared."""
