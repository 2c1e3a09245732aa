"""What is done to people, accounts and tokens."""
