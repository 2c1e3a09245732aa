"""A/B tests between ad groups: what each viewer of an arm did, and what follows from it."""
