"""campaign/: campaigns."""
