"""What viewers find: the feed, profiles, hashtags and sounds. Organic ranking never reads whether a post is promoted."""
