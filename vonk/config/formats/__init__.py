"""Formats of dates, times and numbers, a folder a language, as Django looks for them."""
