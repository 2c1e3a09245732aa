"""Vonk: a creator's post, with the creator's consent, becomes an ad, and every cent is accounted for."""

__version__ = "0.1.0"
