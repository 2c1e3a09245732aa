"""Commands of the control database."""
