"""What can be wrong with an endpoint."""

from vonk.control.webhooks.rules import ENDPOINTS_MAX, REPLAY_MAX
from vonk.core.errors import Actor, Conflict, Invalid, Limited


class WebhookAddressInvalid(Invalid):
    """No event can or may be sent there."""

    code = "webhook_address_invalid"
    message = "No event can be sent to this address: %(reason)s."
    cause = "Events are sent to https addresses on the public internet."
    remedy = "Give the address at which your server answers, with https://."
    actor = Actor.CALLER
    field = "url"


class WebhookTopicInvalid(Invalid):
    """A topic that there is not."""

    code = "webhook_topic_invalid"
    message = "The topics are not right: %(reason)s."
    cause = "A topic is a noun and an act, as consent.revoked."
    remedy = "Choose topics from the documents, or none for all of them."
    actor = Actor.CALLER
    field = "topics"


class WebhooksLimited(Limited):
    """Enough endpoints."""

    code = "webhooks_limited"
    message = f"There are {ENDPOINTS_MAX} endpoints already."
    cause = "Each one is told everything that it listens to."
    remedy = "Delete one that is not needed any more."
    actor = Actor.CALLER


class WebhookPaused(Conflict):
    """Nothing is sent while it is paused."""

    code = "webhook_paused"
    message = "The endpoint is paused: nothing is sent to it."
    cause = "Somebody paused it, or it did not answer for 72 hours."
    remedy = "Let it go on first."
    actor = Actor.CALLER


class ReplayTooLong(Invalid):
    """More than is sent anew in one go."""

    code = "replay_too_long"
    message = f"More than {REPLAY_MAX} events happened in that time."
    cause = "So many are not sent anew in one go."
    remedy = "Choose a shorter time, and send the rest afterwards."
    actor = Actor.CALLER
