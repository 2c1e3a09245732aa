from django.apps import AppConfig


class AdvertiserConfig(AppConfig):
    """Names the advertiser's site."""

    name = "vonk.web.advertiser"
    label = "web_advertiser"
