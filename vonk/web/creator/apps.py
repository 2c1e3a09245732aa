from django.apps import AppConfig


class CreatorConfig(AppConfig):
    """Names the creator's site."""

    name = "vonk.web.creator"
    label = "web_creator"
