"""Campaigns, ad groups, ads, targeting and review; ``publish`` compiles what the ad servers may show.

Promises: nothing is shown before review has approved it; every status names all of its causes, the first one is the
headline (reference §9.5); a change that touches what may be shown is published in its own transaction.
"""
