"""How an ad looks, and what keeps ad groups back: creative/ads_preview/create and tool/diagnosis/get (reference API §10, §15)."""

from typing import Annotated, Any, Final, Literal

import msgspec
from django.utils.translation import gettext

from vonk.advertising import queries
from vonk.advertising.rules import CAUSES, Cause, Stage
from vonk.advertising.rules.causes import AD_LINK
from vonk.control.scope import Right
from vonk.core.errors import Actor
from vonk.core.money import format_micros
from vonk.delivery.matching.refusals import REFUSALS, Refusal
from vonk.identity import queries as identity
from vonk.reporting import diagnoses
from vonk.reporting.diagnoses import Diagnosis, Kept
from vonk.reporting.fates.rules import Gathered
from vonk.wire.business import materials
from vonk.wire.business.asked import Asked, AskedOfAccount
from vonk.wire.business.errors import ParameterInvalid
from vonk.wire.business.given import Digits, Given, Moment, moment
from vonk.wire.business.operation import Call, operation
from vonk.wire.codec import Id

AD_GROUPS_MAX: Final = 20
Category = Literal["CREATIVE", "BID_AND_BUDGET", "EVENT_TRACK"]
_BID_AND_BUDGET: Final = frozenset({Gathered.LOST, Gathered.FLOOR, Gathered.BUDGET})


class PreviewCreate(AskedOfAccount, frozen=True):
    """Of an ad that exists. Everything else that v1.3 takes here is ignored: there is one placement and one look."""

    preview_type: Literal["AD", "ADS_CREATION", "CARD", "PAGE", "SINGLE_VIDEO", "SINGLE_IMAGE"]
    ad_id: Id | None = None


class PreviewMade(Given, frozen=True):
    """Where the ad can be seen by whoever signs in and may see the ad account. It does not end, and cannot be embedded."""

    preview_link: str
    iframe: str = ""
    tips: list[Any] = []


class DiagnosisFiltering(Asked, frozen=True):
    """Which ad groups and which kinds of suggestions; without them, all."""

    adgroup_ids: Annotated[list[Id], msgspec.Meta(min_length=1, max_length=AD_GROUPS_MAX)] | None = None
    issue_category: Annotated[list[Category], msgspec.Meta(min_length=1)] | None = None


class DiagnosisGet(AskedOfAccount, frozen=True):
    """What keeps ad groups from their viewers."""

    filtering: DiagnosisFiltering | None = None


class Suggestion(Given, frozen=True):
    """A cause: its name in ``issue_suggestion``, why, who can do something, what, and where that starts."""

    suggestion_id: str
    suggestion_time: Moment
    issue_suggestion: str
    message: str
    remedy: str
    actor: str
    link: str


class CreativeSuggestion(Suggestion, frozen=True):
    """A cause that lies in one ad."""

    ad_id: Digits
    name: str
    vid: str


class Suggestions(Given, frozen=True):
    """By category. ``delivery`` is this platform's own: what is off, over, not begun, empty, or refused a good part of
    the slots that the ads wanted in the last day.
    """

    creative: list[CreativeSuggestion]
    bid_and_budget: list[Suggestion]
    event_track: list[Suggestion]
    delivery: list[Suggestion]


class DiagnosisOfGroup(Given, frozen=True):
    """When it was made, and its suggestions."""

    diagnosis_time: Moment
    suggestions: list[Suggestions]


class DiagnosedGroup(Given, frozen=True):
    """An ad group with something to be said of it."""

    adgroup_id: Digits
    adgroup_name: str
    diagnosis: DiagnosisOfGroup


class Diagnosed(Given, frozen=True):
    """Ad groups without a suggestion are left out."""

    results: list[DiagnosedGroup]


@operation(
    "POST",
    "creative/ads_preview/create",
    may=Right.ACCOUNT_VIEW,
    summary="See an ad",
    example={
        "advertiser_id": "1790000000000000001",
        "preview_type": "AD",
        "ad_id": "1790000000000000005",
    },
)
def create_preview(call: Call[PreviewCreate]) -> PreviewMade:
    """A link to the ad's page with its preview, for people of the ad account; nothing of it is public."""
    asked = call.asked
    if asked.preview_type != "AD":
        raise ParameterInvalid(
            field="preview_type", reason=f"{asked.preview_type} is not supported; create the ad, then AD"
        )
    if asked.ad_id is None:
        raise ParameterInvalid(field="ad_id", reason="it is missing")
    ad = queries.ad(call.scope, asked.ad_id)
    return PreviewMade(preview_link=call.link(AD_LINK % {"ad_id": ad.id}))


@operation(
    "GET",
    "tool/diagnosis/get",
    may=Right.ACCOUNT_VIEW,
    summary="Read what keeps ad groups from their viewers",
    example={"advertiser_id": "1790000000000000001"},
)
def get_diagnosis(call: Call[DiagnosisGet]) -> Diagnosed:
    """The causes of the statuses of ad groups and ads that are not deleted, and what kept their ads from a fifth or more of
    the slots that they wanted in the last day, each with its remedy.
    """
    filtering = call.asked.filtering or DiagnosisFiltering()
    found = diagnoses.diagnoses(call.scope, filtering.adgroup_ids, now=call.now)
    categories = filtering.issue_category
    written = [(one, _suggestions(call, one, categories)) for one in found]
    return Diagnosed(
        results=[
            DiagnosedGroup(
                adgroup_id=str(one.ad_group.id),
                adgroup_name=one.ad_group.name,
                diagnosis=DiagnosisOfGroup(diagnosis_time=moment(call.now), suggestions=[suggestions]),
            )
            for one, suggestions in written
            if suggestions.creative or suggestions.bid_and_budget or suggestions.delivery
        ]
    )


def _suggestions(call: Call[Any], found: Diagnosis, categories: list[Category] | None) -> Suggestions:
    group = found.ad_group
    ids = {"account_id": call.asked.advertiser_id, "campaign_id": group.campaign_id, "ad_group_id": group.id}
    money = [cause for cause in found.causes if CAUSES[cause].stage is Stage.MONEY]
    others = [cause for cause in found.causes if cause not in money]
    of_ads = [(one.ad, cause) for one in found.ads for cause in one.causes]
    return Suggestions(
        creative=[
            CreativeSuggestion(
                ad_id=str(ad.id),
                name=ad.name,
                vid=materials.video_id(ad.post.video_id),
                **_told(call, cause, ad.id, {**ids, "ad_id": ad.id, "post_id": ad.post.id}),
            )
            for ad, cause in of_ads
            if categories is None or "CREATIVE" in categories
        ],
        bid_and_budget=[
            *(Suggestion(**_told(call, cause, group.id, ids)) for cause in money),
            *(Suggestion(**_counted(call, one, group.id)) for one in found.kept if one.by in _BID_AND_BUDGET),
        ]
        if categories is None or "BID_AND_BUDGET" in categories
        else [],
        event_track=[],
        delivery=[
            *(Suggestion(**_told(call, cause, group.id, ids)) for cause in others),
            *(Suggestion(**_counted(call, one, group.id)) for one in found.kept if one.by not in _BID_AND_BUDGET),
        ]
        if categories is None
        else [],
    )


def _counted(call: Call[Any], kept: Kept, ad_group_id: int) -> dict[str, str]:
    """Return what kept the ad group's ads from slots, as counted in the last day."""
    entry = REFUSALS[Refusal(kept.reason)] if kept.reason else None
    cause = gettext(entry.cause) if entry is not None else gettext("Others bid more.")
    remedy = gettext(entry.remedy) if entry is not None else gettext("Raise the bid, or take more time.")
    counted = gettext("%(count)d of the %(wanted)d slots that its ads wanted in the last day.") % {
        "count": kept.count,
        "wanted": kept.wanted,
    }
    if kept.gap_micros:
        currency = identity.account_facts(call.scope.account).currency
        lacked = f"{format_micros(kept.gap_micros, currency)} {currency}"
        counted += " " + gettext("On average %(amount)s lacked, of a thousand impressions.") % {"amount": lacked}
    return {
        "suggestion_id": f"{ad_group_id}-{kept.reason or kept.by.value}",
        "suggestion_time": moment(call.now),
        "issue_suggestion": (kept.reason or "outbid").upper(),
        "message": f"{cause} {counted}",
        "remedy": remedy,
        "actor": entry.actor.value if entry is not None else Actor.ADVERTISER.value,
        "link": call.link(f"/advertiser/ad-groups/{ad_group_id}/delivery/"),
    }


def _told(call: Call[Any], cause: Cause, object_id: int, ids: dict[str, int]) -> dict[str, str]:
    entry = CAUSES[cause]
    return {
        "suggestion_id": f"{object_id}-{cause.value}",
        "suggestion_time": moment(call.now),
        "issue_suggestion": cause.name,
        "message": gettext(entry.text),  # noqa: INT001 - a closed list, declared in rules.
        "remedy": gettext(entry.remedy),  # noqa: INT001 - a closed list, declared in rules.
        "actor": entry.actor.value,
        "link": call.link(entry.link % ids),
    }
