"""The wire API: operations declared in tables, and the machinery that serves them."""
