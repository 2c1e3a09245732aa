"""Where a creator's posts are used (reference §14 C, no. 5): each ad's state, numbers, spend and what is owed for it."""
