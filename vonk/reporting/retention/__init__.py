"""How long viewers stay with a post: showings by the seconds that were watched of them. Counts alone: no viewer is in it."""
