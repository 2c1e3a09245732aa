"""Formats of fr."""
