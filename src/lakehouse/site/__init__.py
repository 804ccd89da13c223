"""The marts as one folder of pages that a browser opens from disk, without a network."""
