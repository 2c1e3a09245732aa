"""Where and among whom ads' counters were counted, by UTC hour: what advertisers' reports by country, age and gender sum."""
