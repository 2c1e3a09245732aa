"""Every road to a consent in one world, held against a small model."""
