"""By which accesses an ad account may publish under a creator's name."""

from collections.abc import Iterable
from datetime import datetime

import msgspec

from vonk.authorisation import access_links
from vonk.authorisation.models import AccountAccess
from vonk.authorisation.rules.access import AccessScope, Candidate
from vonk.control.scope import Scope


def candidates(scope: Scope, rows: Iterable[AccountAccess], now: datetime) -> list[Candidate]:
    """Return what decides whether the account may push by each access: who may publish on the profile may in ads alone."""
    return [
        msgspec.structs.replace(one, scopes=one.scopes | {AccessScope.PUBLISH_ADS_ONLY})
        if AccessScope.PUBLISH_PROFILE in one.scopes
        else one
        for one in access_links.candidates(scope, rows, now)
    ]
