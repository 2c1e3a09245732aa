"""Tell an endpoint's owner that nothing is sent to it any more."""

from datetime import datetime

from django.conf import settings
from django.db import transaction

from vonk.control.webhooks import queries as webhooks
from vonk.control.webhooks.rules import OwnerKind
from vonk.control.wording import later as _
from vonk.identity.actions import letters

KIND = "webhook"


@transaction.atomic
def paused(endpoint_id: int, *, now: datetime) -> None:
    """Write to the creator, to who runs the ad account, or to the organisation's administrators; to a host nobody writes."""
    kind, owner_id, url = webhooks.owner_of_endpoint(endpoint_id)
    if not url:
        return  # Deleted meanwhile.
    if kind is OwnerKind.HOST:
        return  # A server reads no letters: GET /sync/webhooks says that it is paused.
    link = {
        OwnerKind.PERSON: "/studio/webhooks/",
        OwnerKind.ACCOUNT: "/advertiser/webhooks/",
        OwnerKind.ORGANISATION: f"/advertiser/business/{owner_id}/webhooks/",
    }[kind]
    subject = _("A webhook is paused: it has not answered for 72 hours")
    body = _(
        "Nothing is sent to %(url)s any more, because it has not taken an event for 72 hours.\n"
        "What you can do: mend the server, then let the endpoint go on and send anew what it missed: %(link)s"
    ) % {"url": url, "link": settings.VONK.site_url + link}
    if kind is OwnerKind.ACCOUNT:
        letters.to_account(owner_id, subject=subject, body=body, now=now, link=link, kind=KIND)
        return
    if kind is OwnerKind.ORGANISATION:
        letters.to_organisation(owner_id, subject=subject, body=body, now=now, link=link, kind=KIND)
        return
    letters.to_person(owner_id, subject=subject, body=body, now=now, link=link, kind=KIND)
