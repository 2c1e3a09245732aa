from django.apps import AppConfig


class ControlConfig(AppConfig):
    """Names the area's tables."""

    name = "vonk.control"
    label = "control"
