"""The tables of campaigns, ad groups and ads: what an address asks for, which columns there are, what stands in a cell."""
