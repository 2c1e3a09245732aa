"""Engines that keep plain files in the data directory."""
