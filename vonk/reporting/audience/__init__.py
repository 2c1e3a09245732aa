"""Whom an ad reached: its net impressions, 6-second views and destination clicks by country, age band and gender.

Counts alone: nothing here knows a viewer. What a showing's token does not tell (decision 13) is counted under "".
"""
