"""The ad server around the decision: its HTTP doors, its memory's life, and what it counts about itself."""
