"""Formats of nl."""
