from django.apps import AppConfig


class AuthorisationConfig(AppConfig):
    """Names the area's tables."""

    name = "vonk.authorisation"
    label = "authorisation"
