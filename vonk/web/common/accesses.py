"""States and scopes of access to a creator's account in words and colours, for both sides' pages."""

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from vonk.authorisation.errors.consents import ERRORS, PostAuthorisationOff
from vonk.authorisation.queries.access import AccessView, AmendmentView
from vonk.authorisation.rules import Refusal
from vonk.authorisation.rules.access import AccessScope, AccessState
from vonk.web.common.records import Badge, Tone

SCOPES: Final = {
    AccessScope.EXISTING_POSTS: gettext_lazy("Use existing posts in ads"),
    AccessScope.PUBLISH_ADS_ONLY: gettext_lazy("Publish new videos, shown in ads alone"),
    AccessScope.PUBLISH_PROFILE: gettext_lazy("Publish new videos, on the profile too"),
    AccessScope.COMMENTS: gettext_lazy("Look after the comments of advertised posts"),
}
assert SCOPES.keys() == set(AccessScope), "Every scope has its words."

_BADGES: Final = {
    AccessState.REQUESTED: (gettext_lazy("Waits for an answer"), Tone.BUSY),
    AccessState.REFUSED: (gettext_lazy("Refused"), Tone.BAD),
    AccessState.WITHDRAWN: (gettext_lazy("Withdrawn"), Tone.CALM),
    AccessState.LAPSED: (gettext_lazy("Lapsed without an answer"), Tone.CALM),
    AccessState.ACTIVE: (gettext_lazy("Has access"), Tone.GOOD),
    AccessState.ENDING: (gettext_lazy("Ends after its notice"), Tone.WARN),
    AccessState.EXPIRED: (gettext_lazy("Expired"), Tone.WARN),
    AccessState.REVOKED: (gettext_lazy("Ended"), Tone.CALM),
}
assert _BADGES.keys() == set(AccessState), "Every state has its words."


def badge_of(state: AccessState) -> Badge:
    """Return where an access is in its life."""
    label, tone = _BADGES[state]
    return Badge(str(label), tone)


def scope_words(scopes: Iterable[AccessScope]) -> tuple[str, ...]:
    """Return what an access covers, in words."""
    return tuple(str(SCOPES[scope]) for scope in scopes)


def until_words(access: AccessView) -> str:
    """Return how long an access lasts, or lasted; "" for one that was never given."""
    if access.granted_at is None:
        return ""
    if access.revoked_at is not None:
        return _("ended on %(day)s") % {"day": plain_day(access.revoked_at)}
    if access.ending_at is not None:
        return _("ends on %(day)s") % {"day": plain_day(access.ending_at)}
    if access.ends_at is None or access.days_left is None:
        return _("no end")
    left = ngettext("%(count)d day left", "%(count)d days left", access.days_left) % {"count": access.days_left}
    day = plain_day(access.ends_at)
    return f"{day} · {left}" if access.days_left else _("ended on %(day)s") % {"day": day}


def wish_words(amendment: AmendmentView) -> tuple[str, ...]:
    """Return what a business asks for besides what it has, in words."""
    days = amendment.duration_days
    longer = () if days is None else (ngettext("%(count)d more day", "%(count)d more days", days) % {"count": days},)
    return (*scope_words(amendment.scopes), *longer)


def posts_words(consents: int) -> str:
    """Return how many posts are in use by way of an access."""
    return ngettext("%(count)d post in use", "%(count)d posts in use", consents) % {"count": consents}


def refusal_words(code: str) -> str:
    """Return why a post cannot be used now."""
    error = ERRORS[Refusal(code)] if code in set(Refusal) else PostAuthorisationOff
    return _(error.message)  # noqa: INT001 - messages are written where the errors are.


def plain_day(at: datetime) -> str:
    """Return an instant's day as a part of a sentence."""
    return str(formats.date_format(timezone.localtime(at), "DATE_FORMAT"))
