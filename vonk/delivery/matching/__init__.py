"""Which ads a viewer may get: the index, targeting as bitmaps, budgets and caps, and every reason for a refusal."""
