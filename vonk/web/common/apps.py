"""Names the folder for Django, which finds its templates, tags and static files by it."""

from django.apps import AppConfig


class WebCommonConfig(AppConfig):
    """Listed before allauth in INSTALLED_APPS, so that our sign-in pages win over its own."""

    name = "vonk.web.common"
    label = "web_common"
