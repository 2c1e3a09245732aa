from django.apps import AppConfig


class IdentityConfig(AppConfig):
    """Names the area's tables."""

    name = "vonk.identity"
    label = "identity"
