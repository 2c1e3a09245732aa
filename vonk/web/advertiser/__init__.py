"""The pages of the advertiser."""
