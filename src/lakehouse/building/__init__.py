"""A build that says little: progress in place, then what came of it and what to do next."""
