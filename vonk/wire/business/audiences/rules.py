"""Rules of audiences: v1.3's events and sources (reference API §12), to the rules of the area."""

from typing import Annotated, Any, Final, Literal

import msgspec

from vonk.advertising.rules.custom_audiences import Condition, Deed, Rule, Source
from vonk.authorisation.speaker_reach import SpeakerKind
from vonk.wire.business import speaking
from vonk.wire.business.asked import AskedOfAccount
from vonk.wire.business.errors import ParameterInvalid
from vonk.wire.business.pixel_names import conversion_name
from vonk.wire.codec import Id

SubType = Literal["NORMAL", "REACH_FREQUENCY"]
AudienceType = Literal[
    "APP",
    "BUSINESS_ACCOUNT",
    "ENGAGEMENT",
    "ENGAGEMENT_LIVE_VIDEO",
    "ENGAGEMENT_ORGANIC_VIDEO",
    "LEAD_GENERATION",
    "OFFLINE",
    "PIXEL",
    "TIKTOK_SHOP",
]
SOURCES: Final[dict[str, Source]] = {
    "ENGAGEMENT": Source.AD_GROUPS,
    "ENGAGEMENT_ORGANIC_VIDEO": Source.POSTS,
    "BUSINESS_ACCOUNT": Source.FOLLOWERS,
    "PIXEL": Source.PIXELS,
}
_WHY_NOT: Final[dict[str, str]] = {
    "APP": "apps report no events; what a site or a server reports comes by a pixel",
    "ENGAGEMENT_LIVE_VIDEO": "there are no live videos",
    "LEAD_GENERATION": "no forms are shown; a form on your pages reports to a pixel",
    "OFFLINE": "there are no sets of offline events; they come by event/track to a pixel",
    "TIKTOK_SHOP": "there are no shops",
}
_CREATORS: Final = frozenset({Source.POSTS, Source.FOLLOWERS})
_EVENTS: Final[dict[str, tuple[Deed, ...]]] = {
    "LIKE": (Deed.LIKE,),
    "COMMENT": (Deed.COMMENT,),
    "SHARE": (Deed.SHARE,),
    "FAVORITE": (Deed.FAVOURITE,),
    "FOLLOW": (Deed.FOLLOW,),
    "PROFILE FOLLOW": (Deed.FOLLOW,),
    "ENGAGEMENT": (Deed.LIKE, Deed.COMMENT, Deed.SHARE),
}
_USUAL: Final[dict[Source, tuple[Deed, ...]]] = {
    Source.AD_GROUPS: tuple(Deed),
    Source.POSTS: tuple(Deed),
    Source.FOLLOWERS: (Deed.FOLLOW,),
}
"""What counts where a rule names no event."""
_BEGINNINGS: Final = ("BUSINESS ACCOUNT ", "ORGANIC VIDEO ")
_PAGES: Final[dict[str, str]] = {"PAGE BROWSE": "page_view", "PRODUCT DETAIL PAGE BROWSE": "view_content"}


class Filter(msgspec.Struct, frozen=True):
    """What people did. Parameters of an event are not kept, and filters by them are refused."""

    field: Literal["EVENT"]
    operator: Literal["EQ"]
    value: Annotated[str, msgspec.Meta(min_length=1, max_length=100)]
    parameter_filters: list[dict[str, Any]] | None = None


class FilterSet(msgspec.Struct, frozen=True):
    """One filter."""

    operator: Literal["AND", "OR"]
    filters: Annotated[list[Filter], msgspec.Meta(min_length=1, max_length=1)]


class RuleAsked(msgspec.Struct, frozen=True):
    """What happened at which source in so many days."""

    retention_days: int
    event_source_ids: list[Id] | None = None
    filter_set: FilterSet | None = None


class RuleSet(msgspec.Struct, frozen=True):
    """Rules of which one is enough."""

    operator: Literal["OR"]
    rules: list[RuleAsked]


class RuleSpec(msgspec.Struct, frozen=True):
    """Whom to take, and whom of them to leave out."""

    inclusion_rule_set: RuleSet
    exclusion_rule_set: RuleSet | None = None


class RuleCreate(AskedOfAccount, frozen=True):
    """An audience by a rule."""

    custom_audience_name: str
    audience_type: AudienceType
    rule_spec: RuleSpec
    audience_sub_type: SubType = "NORMAL"
    identity_type: str | None = None
    identity_id: Id | None = None
    identity_authorized_bc_id: Id | None = None
    is_auto_refresh: bool = True
    retention_in_days: int | None = None
    request_id: str | None = None


def source(audience_type: str) -> Source:
    """Return what the type is made of; ParameterInvalid says why there is nothing to make it of."""
    found = SOURCES.get(audience_type)
    if found is None:
        raise ParameterInvalid(
            field="audience_type", reason=f"{audience_type} is not supported: {_WHY_NOT[audience_type]}"
        )
    return found


def rule(asked: RuleCreate) -> Rule:
    """Return the rule that is asked for; ParameterInvalid names what of it cannot be judged."""
    of = source(asked.audience_type)
    spec = asked.rule_spec
    excluded = () if spec.exclusion_rule_set is None else _conditions(spec.exclusion_rule_set, of)
    found = Rule(included=_conditions(spec.inclusion_rule_set, of), excluded=excluded)
    if of not in _CREATORS:
        return found
    if asked.identity_id is None or asked.identity_type is None:
        raise ParameterInvalid(field="identity_id", reason=f"{asked.audience_type} needs it, with identity_type")
    speaker = speaking.named(asked.identity_type, asked.identity_id, asked.identity_authorized_bc_id)
    if speaker.kind not in (SpeakerKind.LINKED, SpeakerKind.BUSINESS):
        raise ParameterInvalid(field="identity_type", reason="TT_USER or BC_AUTH_TT")
    return msgspec.structs.replace(
        found,
        speaker=speaker.kind.value,
        profile_id=int(speaker.profile_id),
        organisation_id=int(speaker.organisation_id or 0),
        included=_of_profile(found.included, of, speaker.profile_id),
        excluded=_of_profile(found.excluded, of, speaker.profile_id),
    )


def _of_profile(conditions: tuple[Condition, ...], of: Source, profile_id: int) -> tuple[Condition, ...]:
    """Return the conditions; of a profile's followers, the one source there can be is the profile."""
    if of is not Source.FOLLOWERS:
        return conditions
    if any(set(one.source_ids) - {profile_id} for one in conditions):
        raise ParameterInvalid(field="event_source_ids", reason="of BUSINESS_ACCOUNT, identity_id or none")
    return tuple(msgspec.structs.replace(one, source_ids=()) for one in conditions)


def _conditions(asked: RuleSet, of: Source) -> tuple[Condition, ...]:
    return tuple(_condition(one, of) for one in asked.rules)


def _condition(asked: RuleAsked, of: Source) -> Condition:
    ids = tuple(dict.fromkeys(int(one) for one in asked.event_source_ids or ()))
    event = None
    if asked.filter_set is not None:
        only = asked.filter_set.filters[0]
        if only.parameter_filters:
            raise ParameterInvalid(
                field="parameter_filters", reason="not supported: events are kept without parameters"
            )
        event = " ".join(only.value.replace("_", " ").upper().split())
    if of is Source.PIXELS:
        names = () if event is None else (_conversion(event),)
        return Condition(days=asked.retention_days, source_ids=ids, conversions=names)
    deeds = _USUAL[of] if event is None else _deeds(event)
    return Condition(days=asked.retention_days, source_ids=ids, deeds=deeds)


def _deeds(event: str) -> tuple[Deed, ...]:
    for beginning in _BEGINNINGS:
        event = event.removeprefix(beginning)
    found = _EVENTS.get(event)
    if found is None:
        known = ", ".join(_EVENTS)
        reason = f"{event[:60]} is not supported: who saw or clicked is not kept by person; one of {known}"
        raise ParameterInvalid(field="value", reason=reason)
    return found


def _conversion(event: str) -> str:
    name = event.removeprefix("PIXEL ")
    return _PAGES.get(name) or conversion_name("".join(word.capitalize() for word in name.split()))
