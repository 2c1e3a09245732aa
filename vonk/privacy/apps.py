from django.apps import AppConfig


class PrivacyConfig(AppConfig):
    """Names the area's tables."""

    name = "vonk.privacy"
    label = "privacy"
