"""What kernels of the auction read of each ad: columns of one row of numbers, by the ad's place in the index."""

from typing import Final

AIM, RATE, BONUS, ESTEEM, LIFT, KEY, BID, FROM, UNTIL, PER_CLICK, OF_MODEL, PER_IMPRESSION = range(12)
"""LIFT: the most that a prediction may raise RATE by, where that is the ad's own limit. BID: the paced bid, as it was known FROM
until UNTIL, in milliseconds of UTC. KEY: by what ads are listed while BID is not known, made of what they are worth before
pacing. The last three: how conversions follow, as ``snapshot.ResultsDocument`` has them. Amounts are micros for a thousand
impressions.
"""
COLUMNS: Final = 16  # Two cache lines.
BY_SHOWING, BY_CLICK, BY_VIEW, BY_CONVERSION = range(4)  # Of AIM: what the bid is for.
BLOCK: Final = 32  # Places that share a bound, as ``matching.order`` has them.

COUNT, STALE = range(2)  # What a listing tells: how many it holds, and of how many of these nobody knows the bid.
TOP_LIFT, LIFTED, LIFTS, TOP = range(
    4
)  # Added up while ads are valued: highest lift, how many, their sum, the highest value.
