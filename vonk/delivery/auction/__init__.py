"""Who takes part in an auction, with which bid, in which order, and what is kept of it."""
