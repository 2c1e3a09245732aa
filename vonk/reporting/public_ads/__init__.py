"""The public ad repository: what was shown as an ad, for whom, paid by whom, to how many (decision 54)."""
