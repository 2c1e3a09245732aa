"""States and acts of a creator's posts in words and colours."""

from collections.abc import Iterable
from datetime import datetime
from typing import Final

import msgspec
from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from vonk.authorisation.queries import HistoryRow, Promotion
from vonk.authorisation.rules import Act, ConsentState, Road
from vonk.content.queries import PostFacts
from vonk.content.rules import Visibility
from vonk.web.common.records import Badge, Tone

TITLE_CHARS_MAX: Final = 80

CONSENT_BADGES: Final = {
    ConsentState.ISSUED: (gettext_lazy("Not used yet"), Tone.BUSY),
    ConsentState.ACTIVE: (gettext_lazy("In use"), Tone.GOOD),
    ConsentState.ENDING: (gettext_lazy("Ends after its notice"), Tone.WARN),
    ConsentState.SUSPENDED: (gettext_lazy("Paused: the post is not available"), Tone.WARN),
    ConsentState.EXPIRED: (gettext_lazy("Expired"), Tone.CALM),
    ConsentState.REVOKED: (gettext_lazy("Revoked"), Tone.BAD),
    ConsentState.RELEASED: (gettext_lazy("Given back"), Tone.CALM),
    ConsentState.DELETED: (gettext_lazy("Deleted"), Tone.CALM),
}

ROADS: Final = {
    Road.OWN_POST: gettext_lazy("Your own ad account"),
    Road.PUSH: gettext_lazy("Published by the advertiser"),
    Road.ACCOUNT_ACCESS: gettext_lazy("By its access to your profile"),
    Road.REQUEST: gettext_lazy("By a request that you accepted"),
    Road.STANDING: gettext_lazy("By your standing consent"),
    Road.CHAIN: gettext_lazy("For a post that builds on yours"),
}
assert ROADS.keys() | {Road.POST_CODE} == set(Road), "Every road has its words."

_ACTS: Final = {
    Act.AD_SETTINGS_ON: (gettext_lazy("Ad settings switched on"), "badge-ad", Tone.GOOD),
    Act.AD_SETTINGS_OFF: (gettext_lazy("Ad settings switched off"), "badge-ad", Tone.CALM),
    Act.POST_AUTHORISATION_ON: (gettext_lazy("Ad authorisation switched on"), "lock-open", Tone.GOOD),
    Act.POST_AUTHORISATION_OFF: (gettext_lazy("Ad authorisation switched off"), "lock", Tone.CALM),
    Act.ISSUED: (gettext_lazy("Code made"), "key", Tone.BUSY),
    Act.REDEEMED: (gettext_lazy("Code used"), "circle-check", Tone.GOOD),
    Act.EXTENDED: (gettext_lazy("Extended"), "clock", Tone.BUSY),
    Act.REVOKED: (gettext_lazy("Revoked"), "hand-stop", Tone.BAD),
    Act.DELETED: (gettext_lazy("Unused code deleted"), "trash", Tone.CALM),
    Act.RELEASED: (gettext_lazy("Given back by the advertiser"), "logout", Tone.CALM),
    Act.EXPIRED: (gettext_lazy("Expired"), "hourglass", Tone.WARN),
    Act.REMINDED: (gettext_lazy("Both sides reminded of the end"), "bell", Tone.CALM),
    Act.POST_GONE: (gettext_lazy("Paused: the post was not available"), "eye-off", Tone.WARN),
    Act.POST_BACK: (gettext_lazy("The post is available again"), "eye", Tone.GOOD),
    Act.INVITED: (gettext_lazy("One-time link made"), "link", Tone.CALM),
    Act.TERMS_OFFERED: (gettext_lazy("Terms offered"), "file-text", Tone.BUSY),
    Act.TERMS_AGREED: (gettext_lazy("Terms agreed"), "writing-sign", Tone.GOOD),
    Act.NOTICE_GIVEN: (gettext_lazy("Revoked with notice"), "hand-stop", Tone.WARN),
    Act.REQUESTED: (gettext_lazy("Permission asked for"), "help-circle", Tone.BUSY),
    Act.COUNTERED: (gettext_lazy("Countered"), "replace", Tone.BUSY),
    Act.ACCEPTED: (gettext_lazy("Accepted"), "circle-check", Tone.GOOD),
    Act.REFUSED: (gettext_lazy("Refused"), "circle-x", Tone.BAD),
    Act.WITHDRAWN: (gettext_lazy("Request withdrawn"), "arrow-left", Tone.CALM),
    Act.LAPSED: (gettext_lazy("Request lapsed"), "hourglass", Tone.CALM),
    Act.TAKEN: (gettext_lazy("Post taken up"), "circle-check", Tone.GOOD),
    Act.STANDING_GIVEN: (gettext_lazy("Standing consent given"), "certificate", Tone.GOOD),
    Act.STANDING_ENDED: (gettext_lazy("Standing consent withdrawn"), "hand-stop", Tone.WARN),
    Act.ACCESS_ASKED: (gettext_lazy("Access asked for"), "building", Tone.BUSY),
    Act.ACCESS_GRANTED: (gettext_lazy("Access granted"), "lock-open", Tone.GOOD),
    Act.ACCESS_CHANGED: (gettext_lazy("Access changed"), "adjustments", Tone.BUSY),
    Act.ACCESS_REFUSED: (gettext_lazy("Access refused"), "circle-x", Tone.BAD),
    Act.ACCESS_EXTENDED: (gettext_lazy("Access extended"), "clock", Tone.BUSY),
    Act.ACCESS_REVOKED: (gettext_lazy("Access revoked"), "hand-stop", Tone.BAD),
    Act.ACCESS_EXPIRED: (gettext_lazy("Access expired"), "hourglass", Tone.WARN),
    Act.ACCESS_RELEASED: (gettext_lazy("Access given back by the business"), "logout", Tone.CALM),
    Act.ACCESS_AMENDMENT_ASKED: (gettext_lazy("More access asked for"), "building", Tone.BUSY),
    Act.ACCESS_AMENDMENT_REFUSED: (gettext_lazy("More access refused"), "circle-x", Tone.BAD),
    Act.ACCESS_AMENDMENT_WITHDRAWN: (gettext_lazy("Request for more access withdrawn"), "arrow-left", Tone.CALM),
    Act.ORIGINAL_MISSING: (gettext_lazy("Paused: an original author's consent is missing"), "eye-off", Tone.WARN),
    Act.ORIGINAL_MET: (gettext_lazy("The original author consents"), "eye", Tone.GOOD),
    Act.PUBLISHED: (gettext_lazy("Pushed post published"), "video", Tone.GOOD),
    Act.CAPTION_PROPOSED: (gettext_lazy("New caption proposed"), "edit", Tone.BUSY),
    Act.CAPTION_SWITCHED: (gettext_lazy("Caption switched"), "edit", Tone.GOOD),
    Act.AD_ACCEPTED: (gettext_lazy("Ad accepted"), "circle-check", Tone.GOOD),
    Act.AD_REFUSED: (gettext_lazy("Ad refused"), "circle-x", Tone.BAD),
}
assert _ACTS.keys() == set(Act), "Every act has its words."


class TimelineRow(msgspec.Struct, frozen=True):
    """One act of the consent record."""

    at: datetime
    label: str
    words: str
    who: str
    icon: str
    tone: Tone
    hash: str


def title_of(post: PostFacts) -> str:
    """Return what a post is called in lists: how its caption begins."""
    return short(post.caption)


def short(caption: str) -> str:
    """Return how a caption begins."""
    line = " ".join(caption.split())
    if not line:
        return _("Without a caption")
    return line if len(line) <= TITLE_CHARS_MAX else line[: TITLE_CHARS_MAX - 1] + "…"


def visibility_badge(post: PostFacts) -> Badge:
    """Return who may watch the post."""
    if post.removed_reason is not None:
        return Badge(_("Removed by moderators"), Tone.BAD)
    if post.draft:
        return Badge(_("Draft pushed by an advertiser"), Tone.WARN)
    if post.ads_only:
        return Badge(_("Only in ads"), Tone.BUSY)
    if post.profile_private and post.visibility is Visibility.PUBLIC:
        return Badge(_("Followers"), Tone.CALM)
    return {
        Visibility.PUBLIC: Badge(_("Everyone"), Tone.GOOD),
        Visibility.FRIENDS: Badge(_("Friends"), Tone.CALM),
        Visibility.PRIVATE: Badge(_("Only you"), Tone.CALM),
    }[post.visibility]


def promotion_badge(standing: Promotion) -> Badge:
    """Return where a post stands with ads."""
    if standing.held:
        return Badge(
            ngettext("%(count)d advertiser", "%(count)d advertisers", standing.held) % {"count": standing.held},
            Tone.GOOD,
        )
    if standing.open_codes:
        return Badge(_("Code not used yet"), Tone.BUSY)
    if standing.post_authorisation_on:
        return Badge(_("Authorised, no code"), Tone.WARN)
    return Badge(_("Not authorised"), Tone.CALM)


def consent_badge(state: ConsentState) -> Badge:
    """Return where a code is in its life."""
    label, tone = CONSENT_BADGES[state]
    return Badge(str(label), tone)


def timeline(rows: Iterable[HistoryRow]) -> tuple[TimelineRow, ...]:
    """Return the consent record in words."""
    return tuple(_timeline_row(row) for row in rows)


def _timeline_row(row: HistoryRow) -> TimelineRow:
    label, icon, tone = _ACTS[row.act]
    if row.act in {Act.REDEEMED, Act.RELEASED, Act.TAKEN} and row.account_name:
        who = row.account_name
    else:
        who = row.person_name or _("the platform")
    return TimelineRow(row.at, str(label), _detail(row), who, icon, tone, row.hash)


def _detail(row: HistoryRow) -> str:
    detail = row.detail
    told: list[str] = []
    if row.act in {Act.ISSUED, Act.EXTENDED}:
        days = int(detail.get("duration_days") or 0)
        told.append(ngettext("%(count)d day", "%(count)d days", days) % {"count": days})
        ends_at = detail.get("ends_at")
        if isinstance(ends_at, str):
            told.append(_("until %(day)s") % {"day": plain_day(datetime.fromisoformat(ends_at))})
    if row.act is Act.ISSUED:
        told.append(_("only in ads") if detail.get("ads_only") else _("also as an ordinary post"))
        if detail.get("made_public"):
            told.append(_("made public"))
    return ", ".join(told)


def plain_day(at: datetime) -> str:
    """Return an instant's day as a part of a sentence."""
    return str(formats.date_format(timezone.localtime(at), "DATE_FORMAT"))
