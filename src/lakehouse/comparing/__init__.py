"""Two builds of the project are compared: files, environments, commits."""
