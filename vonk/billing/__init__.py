"""Money: double-entry accounts and transfers, payments, settlement of the event log, and the books' proof.

Promises: debits equal credits; an event is charged at most once; what is billed never passes the budget or the funds
(the rest is written off by the platform); rows are appended, never changed; every transfer names its events.
"""
