"""Which ad a conversion is attributed to, and which ad's impression an engagement follows (reference §5, §7); pure.

Of one viewer's touches with the account's ads before the conversion, each within its own ad group's window for that kind:
the last click wins; without one the last 6-second view; without one the last impression. Where the winner's ad group
counts once, the conversion counts only when none of the viewer's conversions of that name counted for that ad group
within the click window before it (where clicks are off, the longest of the other windows); it then counts for nobody
else either.
"""

from bisect import bisect_right
from collections.abc import Collection, Iterable, Mapping, Sequence
from enum import StrEnum
from operator import attrgetter
from typing import Final, NamedTuple

from vonk.advertising.rules.attribution import AttributionSettings, Counting
from vonk.core.clock import DAY_MS
from vonk.events.records import EventRecord, Kind

LATE_MS: Final = 8 * DAY_MS  # Events and conversions come up to seven days late; a day for clocks that differ.
EXPOSED_MS: Final = DAY_MS  # An engagement follows an impression for a day (reference §7).


class TouchKind(StrEnum):
    """What an ad did to a viewer, the strongest first. EXPOSURE: what followed off the ad surface."""

    CLICK = "click"
    ENGAGED = "engaged"
    VIEW = "view"
    EXPOSURE = "exposure"


KIND_OF: Final[dict[Kind, TouchKind]] = {
    Kind.CLICK_DESTINATION: TouchKind.CLICK,
    Kind.VIEW_6S: TouchKind.ENGAGED,
    Kind.IMPRESSION: TouchKind.VIEW,
}

ENGAGEMENT_OF: Final[dict[Kind, str]] = {
    Kind.LIKE: "likes_1d",
    Kind.COMMENT: "comments_1d",
    Kind.SHARE: "shares_1d",
    Kind.FAVOURITE: "favourites_1d",
    Kind.FOLLOW: "follows_1d",
    Kind.CLICK_PROFILE: "profile_visits_1d",
}
"""Engagements off the ad surface as metrics of the ad that was seen before; content's are named alike, without profile visits."""


class Touch(NamedTuple):
    """A net impression, 6-second view or destination click of an ad."""

    at_ms: int
    decision_id: int
    ad_id: int
    ad_group_id: int
    kind: TouchKind


class Attribution(NamedTuple):
    """The ad that a conversion is attributed to, and by which touch."""

    ad_id: int
    ad_group_id: int
    touch: TouchKind
    touch_at_ms: int


class Conversion(NamedTuple):
    """A conversion of one viewer at one account. ``final``: its attribution is past changing, and ``was`` is it."""

    at_ms: int
    pixel_id: int
    event_id: str
    name: str
    final: bool = False
    was: Attribution | None = None


class Exposure(NamedTuple):
    """An impression of an ad to a viewer."""

    at_ms: int
    decision_id: int
    ad_id: int
    post_id: int
    profile_id: int


def window_ms(settings: AttributionSettings, kind: TouchKind) -> int:
    """Return how long before a conversion a touch of this kind may lie; 0 when it does not count."""
    days = {
        TouchKind.CLICK: settings.click_days,
        TouchKind.ENGAGED: settings.engaged_view_days,
        TouchKind.VIEW: settings.view_days,
        TouchKind.EXPOSURE: 0,
    }[kind]
    return days * DAY_MS


def attribute(
    conversions: Iterable[Conversion], touches: Collection[Touch], settings: Mapping[int, AttributionSettings]
) -> dict[Conversion, Attribution | None]:
    """Return what each of one viewer's conversions at one account is attributed to; None for those that count for no ad.

    ``settings`` are those of the touches' ad groups. The order of the arguments changes nothing.
    """
    by_kind = {kind: sorted(touch for touch in touches if touch.kind is kind) for kind in KIND_OF.values()}
    found: dict[Conversion, Attribution | None] = {}
    counted: dict[tuple[int, str], int] = {}
    for conversion in sorted(conversions, key=lambda one: (one.at_ms, one.pixel_id, one.event_id)):
        attribution = conversion.was
        if not conversion.final:
            attribution = _winner(conversion.at_ms, by_kind, settings)
            if attribution is not None and not _counts(conversion, attribution, counted, settings):
                attribution = None
        if attribution is not None:
            counted[attribution.ad_group_id, conversion.name] = conversion.at_ms
        found[conversion] = attribution
    return found


def exposure_before(at_ms: int, post_id: int, profile_id: int, exposures: Iterable[Exposure]) -> Exposure | None:
    """Return the last impression, at most a day before, of an ad that showed the post.

    With ``post_id`` 0 (a follow from the profile's page): of an ad that showed any post of the profile.
    """
    seen = [
        exposure
        for exposure in exposures
        if at_ms - EXPOSED_MS <= exposure.at_ms <= at_ms
        and (exposure.post_id == post_id if post_id else exposure.profile_id == profile_id)
    ]
    return max(seen, default=None)


def kept_until_ms(event: EventRecord, settings: AttributionSettings | None) -> int:
    """Return until when something may follow from a net event of an ad; 0 when nothing can.

    ``settings`` are the ad group's, None when the account measures no conversions.
    """
    kind = KIND_OF.get(event.kind)
    if kind is None:
        return 0
    spans = [window_ms(settings, kind)] if settings is not None else []
    if kind is TouchKind.VIEW:
        spans.append(EXPOSED_MS)
    longest = max(spans, default=0)
    return event.at_ms + longest + LATE_MS if longest else 0


def _winner(
    at_ms: int, by_kind: Mapping[TouchKind, Sequence[Touch]], settings: Mapping[int, AttributionSettings]
) -> Attribution | None:
    for kind, touches in by_kind.items():
        for touch in reversed(touches[: bisect_right(touches, at_ms, key=attrgetter("at_ms"))]):
            if at_ms - touch.at_ms <= window_ms(settings[touch.ad_group_id], kind):
                return Attribution(touch.ad_id, touch.ad_group_id, kind, touch.at_ms)
    return None


def _counts(
    conversion: Conversion,
    attribution: Attribution,
    counted: Mapping[tuple[int, str], int],
    settings: Mapping[int, AttributionSettings],
) -> bool:
    of_group = settings[attribution.ad_group_id]
    if of_group.counting is Counting.EVERY:
        return True
    before_ms = counted.get((attribution.ad_group_id, conversion.name))
    return before_ms is None or conversion.at_ms - before_ms > of_group.once_ms
