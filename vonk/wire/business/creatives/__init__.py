"""creative/: the creative library."""
