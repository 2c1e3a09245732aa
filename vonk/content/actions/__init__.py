"""Everything that people and the platform do to content."""
