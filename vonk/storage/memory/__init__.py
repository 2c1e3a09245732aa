"""Engines in the process's own memory: the ad server's counters, and twins of the others for tests and benchmarks."""
