from django.apps import AppConfig


class BillingConfig(AppConfig):
    """Names the area's tables."""

    name = "vonk.billing"
    label = "billing"
