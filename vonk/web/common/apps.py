from django.apps import AppConfig


class CommonConfig(AppConfig):
    """Names the app that holds what all four sites share."""

    name = "vonk.web.common"
    label = "web_common"
