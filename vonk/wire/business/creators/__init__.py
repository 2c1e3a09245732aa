"""tto/ and tcm/: creators, their campaigns and what they report."""
