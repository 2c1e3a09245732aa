"""adgroup/: ad groups, what they target, bid and spend."""
