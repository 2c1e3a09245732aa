"""Writes of the ledger, payments, funds and settlement."""
