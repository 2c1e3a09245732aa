"""How many viewers impressions would reach, worked out from what was shown lately."""
