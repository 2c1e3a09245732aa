"""What orders the feed of those who agreed, learnt from what they watched outside ads. Holds posts and no viewers."""
