"""The platform API's operations: one file a noun, each operation one call into an area."""
