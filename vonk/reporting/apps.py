from django.apps import AppConfig


class ReportingConfig(AppConfig):
    """Names the area's tables."""

    name = "vonk.reporting"
    label = "reporting"
