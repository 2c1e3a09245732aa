"""Which ads a viewer may get: the index, targeting as bitmaps, and every reason for a refusal."""
