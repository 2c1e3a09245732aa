"""Who may promote whose post, on what terms, until when: switches, codes, consents, and the record of every act.

Promises: nothing is promoted without the creator's act; the end of a consent (expiry, revocation, a post gone) stops
every ad within a second; revocation is always accepted; every act is a row in an append-only, hash-chained record.
Rules: reference §3 and §9.2.
"""
