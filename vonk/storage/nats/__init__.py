"""Engines on NATS JetStream."""
