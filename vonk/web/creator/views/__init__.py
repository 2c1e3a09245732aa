"""A screen a file: its record, the query that fills it, its view."""
