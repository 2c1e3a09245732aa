"""The business API: as published clients speak to it."""
