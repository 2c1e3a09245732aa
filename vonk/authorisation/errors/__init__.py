"""What can go wrong with consent: every error of reference §8 and our own, one file per noun."""
