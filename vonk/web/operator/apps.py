from django.apps import AppConfig


class OperatorConfig(AppConfig):
    """Names the operator's site."""

    name = "vonk.web.operator"
    label = "web_operator"
