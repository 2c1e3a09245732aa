"""Numbers: declared metrics, the roll-up of the event log, and the queries that reports and pages read.

Promises: a post's total is organic + paid exactly; an ad's numbers and its post's paid numbers are the same rows;
spend is the ledger's.
"""
