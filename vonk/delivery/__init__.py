"""Which ad is shown: an immutable index of what may be shown, and one pure stage a file from slot to decision.

Plain Python in memory: nothing here knows a framework, a database or a network.
"""
