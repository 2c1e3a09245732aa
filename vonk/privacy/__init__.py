"""What one person may ask of the platform: to be told everything that is held of them, and to be erased.

Promises: who is erased is in no page, no ad and no letter from the commit on; the books stay as they were and prove.
"""
