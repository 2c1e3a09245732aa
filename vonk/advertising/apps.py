from django.apps import AppConfig


class AdvertisingConfig(AppConfig):
    """Names the area's tables."""

    name = "vonk.advertising"
    label = "advertising"
