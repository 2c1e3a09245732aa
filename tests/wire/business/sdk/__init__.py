"""Published clients of v1.3, unmodified or imitated, as callers of a real ``vonk serve --sandbox``."""
