"""What viewers watched outside ads, remembered for their own feed, as far as they agreed to it.

Promises: bounded; never of minors; gone with the agreement, and with an erasure in its transaction.
"""
