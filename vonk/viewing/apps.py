from django.apps import AppConfig


class ViewingConfig(AppConfig):
    """Names the area's tables."""

    name = "vonk.viewing"
    label = "viewing"
