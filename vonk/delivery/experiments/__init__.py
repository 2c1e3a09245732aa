"""The arithmetic of tests: whether two shares differ however often one looks, whether a split is broken, how many it takes.

Pure. ``proportions`` compares two arms; ``splits`` holds any number of arms against the split that was meant.
"""
