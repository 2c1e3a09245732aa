"""Tables that no area owns alone: one file per noun."""

from vonk.control.models.notifications import Notification, NotificationSwitch
from vonk.control.models.platform import AuditEntry, ClockSetting, IdempotencyKey, Position, Publication, Sequence
from vonk.control.models.policies import PolicyChange
from vonk.control.models.webhooks import WebhookDelivery, WebhookEndpoint, WebhookEvent

__all__ = [
    "AuditEntry",
    "ClockSetting",
    "IdempotencyKey",
    "Notification",
    "NotificationSwitch",
    "PolicyChange",
    "Position",
    "Publication",
    "Sequence",
    "WebhookDelivery",
    "WebhookEndpoint",
    "WebhookEvent",
]
