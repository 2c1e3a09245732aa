from django.apps import AppConfig


class ViewerConfig(AppConfig):
    """Names the viewer's site."""

    name = "vonk.web.viewer"
    label = "web_viewer"
