"""Webhooks: what happens is told to the addresses that those concerned have named, signed, at least once.

An event is written in the transaction of its cause. It is sent by *work*, again and again for 72 hours until the other
side answers 2xx; order is not promised. No transaction is open while the network is waited for.
"""
