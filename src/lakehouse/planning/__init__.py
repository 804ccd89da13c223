"""What the next build will do, and why, before it runs."""
