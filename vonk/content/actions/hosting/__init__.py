"""What a host app's server tells of its accounts, posts, sounds and follows: one file a kind; ``items`` judges versions."""
