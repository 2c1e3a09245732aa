"""Reports of any columns by object, time and audience, over one or several ad accounts: ordered, filtered, paged, summed."""
