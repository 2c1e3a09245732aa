"""What is to come, worked out from what was: how many viewers impressions reach, how many impressions a day will have.

Pure: numbers in, numbers out. ``reach`` is delivery science §7's gamma-Poisson rate of each viewer; ``inventory`` the platform's
day by calendar and trend, and a segment's share of it.
"""
