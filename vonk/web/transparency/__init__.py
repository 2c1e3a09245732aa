"""The public ad repository's pages: for everybody, without an account (decision 54)."""
