"""Tables of campaigns, ad groups and ads with their numbers: filtered, ordered, compared with another span, a page at a time."""
