"""What is said where an ad group goes on when a creator's authorisation has ended: allowed, and warned of."""

from contextlib import suppress
from datetime import datetime

import msgspec
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from vonk.advertising.queries.outliving import outliving
from vonk.advertising.rules import grants
from vonk.advertising.rules.outliving import days_beyond
from vonk.authorisation.queries import library_item
from vonk.authorisation.queries.limits import held_consents
from vonk.authorisation.rules import limits
from vonk.core.errors import NotFound
from vonk.web.advertiser.access import Desk
from vonk.web.common.accesses import plain_day


class Warned(msgspec.Struct, frozen=True):
    """One warning, and the authorisation that it is about."""

    consent_id: int
    text: str


def warnings(desk: Desk, *, ad_group_id: int, consent_id: int | None = None) -> tuple[Warned, ...]:
    """Return the warnings of an ad group, or of its ads with one consent (0: none)."""
    chosen = None if consent_id is None else [consent_id]
    found = {
        one.consent_id: one
        for one in outliving(desk.scope, desk.now, ad_group_id=ad_group_id, consent_ids=chosen)
        if grants.outlives(one.consent_ends_at, one.ad_group_ends_at, desk.now)
    }
    return tuple(
        Warned(one.consent_id, text_of(one.consent_ends_at, one.ad_group_ends_at, by_notice=one.by_notice))
        for one in found.values()
    )


def warning(desk: Desk, consent_id: int, ends_at: datetime | None) -> str:
    """Return what is said to whoever makes an ad by this consent in an ad group that ends then (None: never), or "".

    Nothing is said of a consent that is not the account's.
    """
    with suppress(NotFound):
        library_item(desk.scope, consent_id, desk.now)
        return _warning(desk, consent_id, ends_at)
    return ""


def _warning(desk: Desk, consent_id: int, ends_at: datetime | None) -> str:
    held = held_consents([consent_id], desk.now).get(consent_id)
    if held is None or not grants.outlives(limits.ends_at(held.limits), ends_at, desk.now):
        return ""
    return text_of(limits.ends_at(held.limits), ends_at, by_notice=held.ending_at is not None)


def text_of(consent_ends_at: datetime, ad_group_ends_at: datetime | None, *, by_notice: bool) -> str:
    """Return the warning, and what happens next."""
    day = plain_day(consent_ends_at)
    days = days_beyond(ad_group_ends_at, consent_ends_at)
    if days is None:
        said = _("The authorisation ends on %(day)s, and the ad group has no end.") % {"day": day}
    else:
        said = ngettext(
            "The authorisation ends on %(day)s, %(days)d day before the ad group's end.",
            "The authorisation ends on %(day)s, %(days)d days before the ad group's end.",
            days,
        ) % {"day": day, "days": days}
    if by_notice:
        return f"{said} {_('The creator has revoked it with notice: plan another post from then on.')}"
    return f"{said} {_('The creator is asked to extend it; ads with the post stop then if they do not.')}"
