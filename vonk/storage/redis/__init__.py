"""Engines on Redis or Valkey: what several ad servers must know of each other."""
