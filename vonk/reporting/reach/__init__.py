"""How many different viewers ads reached: exact, from who saw which ad on which of the account's days."""
