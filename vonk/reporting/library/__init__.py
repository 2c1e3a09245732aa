"""An account's creatives by what they brought as ads, and the posts that stand out so far as to be worth advertising."""
