"""The pages of the creator."""
