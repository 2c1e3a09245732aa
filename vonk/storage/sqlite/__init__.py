"""Engines on SQLite files: nothing to install, one machine."""
