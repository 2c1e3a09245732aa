"""One code for one post, as those keep it who let an app handle their codes: made, lengthened, deleted, shut."""

from contextlib import suppress
from datetime import datetime

from django.db import transaction

from vonk.authorisation import post_codes, reach
from vonk.authorisation.actions import consents, endings, records, switches
from vonk.authorisation.errors.consents import PostInUse
from vonk.authorisation.models import Consent
from vonk.authorisation.post_codes import CodeUse
from vonk.authorisation.rules import DURATION_DEFAULT_DAYS
from vonk.control.scope import Scope
from vonk.core.errors import NotFound


@transaction.atomic
def open_post(scope: Scope, post_id: int, *, duration_days: int = DURATION_DEFAULT_DAYS, now: datetime) -> int:
    """Allow ads with one's own post and see that it has a code; return the consent that the code carries.

    A code that nobody used yet stays as it is. Raises what ``switches.set_post_authorisation`` and ``consents.issue`` do.
    """
    records.lock(reach.own_post(scope, post_id).profile_id)
    switches.set_post_authorisation(scope, post_id, on=True, now=now)
    with suppress(NotFound):
        found = post_codes.code_of(scope, post_id, now=now)
        if found.use is CodeUse.UNUSED:
            return found.consent_id
    return consents.issue(scope, post_id, duration_days=duration_days, now=now).id


@transaction.atomic
def shut_post(scope: Scope, post_id: int, *, now: datetime) -> None:
    """Allow no more ads with one's own post; codes that nobody used end. PostInUse while an ad account holds one."""
    chain = records.lock(reach.own_post(scope, post_id).profile_id)
    live = endings.live(chain.profile_id, post_id=post_id, now=now)
    if Consent.objects.filter(live, account__isnull=False).exists():
        raise PostInUse
    switches.set_post_authorisation(scope, post_id, on=False, now=now)


@transaction.atomic
def lengthen_code(scope: Scope, post_id: int, *, duration_days: int = DURATION_DEFAULT_DAYS, now: datetime) -> None:
    """Extend the code of one's own post. Raises NotFound without one, and what ``consents.extend`` raises."""
    consents.extend(scope, _code(scope, post_id, now), duration_days=duration_days, now=now)


@transaction.atomic
def delete_code(scope: Scope, post_id: int, *, now: datetime) -> None:
    """Delete the code of one's own post. Raises NotFound without one, AuthCodeInUse when somebody has used it."""
    consents.delete(scope, _code(scope, post_id, now), now=now)


def _code(scope: Scope, post_id: int, now: datetime) -> int:
    """Return the consent of a code that is there; NotFound without one."""
    found = post_codes.code_of(scope, post_id, now=now)
    if found.use is CodeUse.DELETED:
        raise NotFound(noun="authorisation code")
    return found.consent_id
