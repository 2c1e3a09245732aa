"""What people do with campaigns, ad groups, ads and reviews: one function an act, one file a noun."""
