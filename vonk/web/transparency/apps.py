from django.apps import AppConfig


class TransparencyConfig(AppConfig):
    """Names the public ad repository's site."""

    name = "vonk.web.transparency"
    label = "web_transparency"
