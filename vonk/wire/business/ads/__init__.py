"""ad/: ads, their buttons and links."""
