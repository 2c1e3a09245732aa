"""A campaign that outlives a creator's consent asks for more time by itself (reference §3, rule (f))."""

from collections.abc import Sequence
from datetime import datetime

import structlog

from vonk.advertising.models import Ad
from vonk.advertising.rules import grants
from vonk.authorisation.actions import requests
from vonk.authorisation.queries.limits import held_consents
from vonk.authorisation.rules import limits
from vonk.control.scope import PLATFORM
from vonk.core.errors import Problem

_log: structlog.stdlib.BoundLogger = structlog.get_logger(__name__)


def ask(ads: Sequence[Ad], *, now: datetime) -> tuple[int, ...]:
    """Ask the creators of those Spark Ads whose ad group goes on when the consent has ended; return these consents' ids.

    While such a request is open nothing happens. What cannot be extended (a consent that was revoked with notice, terms
    that end, an access that ends) is left as it is: pages warn of it. The creators' chains are held.
    """
    held = held_consents({ad.consent_id for ad in ads if ad.consent_id is not None}, now)
    outlived = [
        ad.consent_id
        for ad in ads
        if ad.consent_id in held
        and held[ad.consent_id].ending_at is None
        and grants.outlives(limits.ends_at(held[ad.consent_id].limits), ad.ad_group.ends_at, now)
    ]
    asked = []
    for consent_id in dict.fromkeys(outlived):
        try:
            requests.ask_extension(PLATFORM, consent_id, now=now)
        except Problem as refusal:
            _log.info("extension.not_asked", consent_id=consent_id, reason=refusal.code)
        else:
            asked.append(consent_id)
    return tuple(asked)
