"""As whom the ads of an account can speak, and the consents and accesses behind each: what lies within a scope.

A consent by way of an access is the access's; every other one is to its post alone, whatever road it came by.
"""

from datetime import datetime
from enum import StrEnum
from typing import Final

import msgspec
from django.db.models import Case, F, IntegerField, Q, QuerySet, Value, When, Window
from django.db.models.functions import RowNumber

from vonk.authorisation import access_links, needs
from vonk.authorisation.models import AccountAccess, Consent
from vonk.authorisation.rules.access import AccessKind
from vonk.control.scope import Scope


class SpeakerKind(StrEnum):
    """How an ad account came by the name and face."""

    CUSTOM = "custom"  # Made by the account; never a Spark Ad's.
    LINKED = "linked"  # The profile of who administers the account, linked to it.
    BUSINESS = "business"  # Of a creator who gave a business access to their account.
    POST = "post"  # Of a creator who consented to single posts.


KIND_OF_ACCESS: Final = {AccessKind.OWN: SpeakerKind.LINKED, AccessKind.BUSINESS: SpeakerKind.BUSINESS}
ACCESS_OF_KIND: Final = {kind: access for access, kind in KIND_OF_ACCESS.items()}


class Speaker(msgspec.Struct, frozen=True):
    """As whom an ad speaks. ``organisation_id`` is the business's of a BUSINESS speaker, None for all others."""

    kind: SpeakerKind
    profile_id: int
    organisation_id: int | None = None


def accesses(scope: Scope, speaker: Speaker) -> QuerySet[AccountAccess]:
    """Return the accesses by which the scope's account could use posts of the LINKED or BUSINESS speaker."""
    rows = access_links.for_account(scope).filter(profile_id=speaker.profile_id)
    return rows.filter(Q(kind=ACCESS_OF_KIND[speaker.kind].value, organisation_id=speaker.organisation_id))


def by_post(scope: Scope) -> QuerySet[Consent]:
    """Return what the scope's account holds of single posts, ended or not, until it is released."""
    return Consent.objects.filter(account_id=scope.account, access=None, released_at=None)


def counting(scope: Scope, now: datetime) -> QuerySet[Consent]:
    """Return of each single post the consent that counts: one that holds, of these the one that lasts longest."""
    holds = Case(When(needs.in_force(now), then=Value(1)), default=Value(0), output_field=IntegerField())
    order = [holds.desc(), F("ends_at").desc(), F("pk").desc()]
    place = Window(RowNumber(), partition_by=F("post_id"), order_by=order)
    first = by_post(scope).annotate(place=place).filter(place=1)
    return Consent.objects.filter(pk__in=first.values("pk"))
