"""What happened: event records, the signed tokens they come with, the log that keeps them, and how they are judged.

Plain Python: nothing here knows a framework, a database or a network.
"""
