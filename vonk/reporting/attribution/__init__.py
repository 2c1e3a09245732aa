"""From a showing to what followed from it: conversions, and engagements off the ad within a day.

Promise: whatever the order in which touches, conversions and engagements become known, and however late (seven days),
the sums are those of one computation over all of them.
"""
