"""Spark Ads beside non-Spark ads of one account: rates, the relative lift of each, and how sure it is."""
