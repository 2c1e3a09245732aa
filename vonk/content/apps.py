from django.apps import AppConfig


class ContentConfig(AppConfig):
    """Names the area's tables."""

    name = "vonk.content"
    label = "content"
