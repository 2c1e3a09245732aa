"""The commands. ``main`` declares them; each process of the platform has a file."""
