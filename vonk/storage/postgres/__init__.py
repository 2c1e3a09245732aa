"""Engines on PostgreSQL, for installations with several machines."""
