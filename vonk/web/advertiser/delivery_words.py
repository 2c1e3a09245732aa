"""Facts of an ad's delivery as people read them: stages, causes with where they are mended, charts, and a bid from facts."""

from collections.abc import Mapping
from typing import Final

import msgspec
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from vonk.core.clock import MINUTE_MS, from_ms
from vonk.core.errors import Actor
from vonk.delivery.explaining.explain import Facts, RefusalCount
from vonk.delivery.explaining.sampling import TOLD_FROM, Against
from vonk.delivery.matching import minutes
from vonk.delivery.matching.refusals import Refusal
from vonk.web.common import formats
from vonk.web.common.records import Chart, ChartKind, Series

REASONS_CHARTED: Final = 5
GAP_BARS: Final = 8
OUTBID_BELOW: Final = 0.05  # Of the slots that it wants: what wins less is kept back by its bid.
_GROUP: Final = (
    Refusal.NOT_STARTED,
    Refusal.ENDED,
    Refusal.OUTSIDE_HOURS,
    Refusal.LIMITS_UNMET,
    Refusal.AUDIENCE_ENDED,
)
_CAPS: Final = (Refusal.SEEN_TOO_OFTEN, Refusal.AD_SEEN_TOO_OFTEN, Refusal.CAMPAIGN_SEEN_TOO_OFTEN)
_CONSENT: Final = (Refusal.GRANT_ABSENT, Refusal.GRANT_EXPIRED, Refusal.GRANT_SPEND_CAP, Refusal.GRANT_CATEGORY)
_FUNDS: Final = (Refusal.FUNDS_ABSENT, Refusal.OUT_OF_FUNDS)
_ACTORS: Final = {
    Actor.ADVERTISER: gettext_lazy("You"),
    Actor.CREATOR: gettext_lazy("The creator"),
    Actor.OPERATOR: gettext_lazy("The platform's operator"),
    Actor.PLATFORM: gettext_lazy("Nobody has to"),
}
DIMENSIONS: Final = {
    "country": gettext_lazy("Country"),
    "place": gettext_lazy("Region or city"),
    "language": gettext_lazy("Language"),
    "age_band": gettext_lazy("Age"),
    "gender": gettext_lazy("Gender"),
    "interest": gettext_lazy("Interests"),
    "device": gettext_lazy("Device"),
    "android_version": gettext_lazy("Android version"),
    "ios_version": gettext_lazy("iOS version"),
    "connection": gettext_lazy("Connection"),
    "carrier": gettext_lazy("Carrier"),
    "device_model": gettext_lazy("Device model"),
    "device_price": gettext_lazy("Device price"),
    "surface": gettext_lazy("Placement"),
    "keyword": gettext_lazy("Keywords"),
    "behaviour": gettext_lazy("Behaviour"),
    "audience": gettext_lazy("Audiences"),
    "audience_out": gettext_lazy("Audiences kept out"),
    "inventory": gettext_lazy("Inventory"),
}


class Where(msgspec.Struct, frozen=True):
    """The objects that a cause may be mended at; 0 for none."""

    campaign_id: int
    ad_group_id: int
    consent_id: int = 0
    may_edit: bool = False
    may_pay: bool = False


class Reason(msgspec.Struct, frozen=True):
    """Why ads were refused, how often, who can act, and where: "" when nowhere, or not by who reads this."""

    cause: str
    remedy: str
    actor: str
    count: int
    waiting: int  # Ads that are out of every auction for it.
    link: str
    link_label: str


class Stage(msgspec.Struct, frozen=True):
    """One step from a slot to a showing. ``text`` is a count, or "about" one where it comes from a sample."""

    label: str
    text: str
    hint: str


class Missing(msgspec.Struct, frozen=True):
    """In which respect viewers were not whom the ad group wants, and of which share of slots."""

    label: str
    share: float


class BidFact(msgspec.Struct, frozen=True):
    """With which bid which share of the slots wanted would have been won."""

    share: str
    bid: str


def stages(facts: Facts) -> tuple[Stage, ...]:
    """Return the way from the slots asked for to the showings, of the last hour."""
    total = totals(facts)
    asked = sum(facts.asked.values())
    looked_at = facts.targeting[0] if facts.targeting else None
    share = looked_at.wanted / looked_at.requests if looked_at is not None and looked_at.requests else 0.0
    refused = sum(count for name, count in total.items() if name in _REASONS)
    won, lost = total.get(minutes.WON, 0), total.get(minutes.LOST, 0)
    return (
        Stage(_("Slots asked for"), formats.number(asked), _("By every viewer, for any ad")),
        Stage(
            _("Wanted by targeting"),
            _("about %(share)s") % {"share": formats.percent(share, 0)} if looked_at is not None else formats.NO_VALUE,
            _("Of a sample of the last slots"),
        ),
        Stage(_("Refused"), formats.number(refused), _("With a reason below")),
        Stage(_("Outbid"), formats.number(lost), _("Another won. A bid that cannot win is not even heard")),
        Stage(_("Won"), formats.number(won), _("Sent to be shown")),
        Stage(_("Shown"), formats.number(total.get(minutes.SHOWN, 0)), _("Impressions that count")),
    )


def verdict(facts: Facts) -> str:
    """Return in a sentence what matters most: what keeps it out, then nobody asking, then whom it wants, then its bid."""
    total = totals(facts)
    if facts.waiting and sum(facts.waiting.values()) >= facts.ads:
        return _("It is out of every auction; the first reason below says until when.")
    if not sum(facts.asked.values()):
        return _("Nobody has asked for a slot in the last hour.")
    looked_at = facts.targeting[0] if facts.targeting else None
    if looked_at is not None and looked_at.requests and not looked_at.wanted:
        return _("None of a sample of the last slots was for whom it wants: widen the audience.")
    against = best_against(facts)
    if (
        against is not None
        and against.slots >= TOLD_FROM
        and (against.wins + against.own) / against.slots < OUTBID_BELOW
    ):
        return _("Others bid more: with this bid it would win hardly any of the slots that it wants.")
    if total.get(minutes.WON):
        return _("It takes part and wins.")
    return _("It may take part; no slot has come for it yet.")


def totals(facts: Facts) -> dict[str, int]:
    """Return all counts of the facts, over their minutes."""
    summed: dict[str, int] = {}
    for counts in facts.stages.values():
        for name, count in counts.items():
            summed[name] = summed.get(name, 0) + count
    return summed


def reasons(facts: Facts, where: Where) -> tuple[Reason, ...]:
    """Return every reason, those first for which ads wait, then the most frequent."""
    found = [_reason(word, facts.waiting.get(word.reason, 0), where) for word in facts.words]
    return tuple(sorted(found, key=lambda reason: (-reason.waiting, -reason.count)))


def by_minute(facts: Facts) -> Chart | None:
    """Return what became of the slots minute by minute; None when nothing was counted."""
    if not facts.stages:
        return None
    first, last = min(map(int, facts.stages)), max(map(int, facts.stages))
    at = [str(minute) for minute in range(first, last + 1, MINUTE_MS)]
    causes = {word.reason: word.cause for word in facts.words if word.count}
    names: dict[str, str] = {minutes.WON: _("Won"), minutes.LOST: _("Outbid")}
    names |= {reason: _(causes[reason]).rstrip(".") for reason in list(causes)[:REASONS_CHARTED]}  # noqa: INT001 - texts come from the closed list.
    series = []
    for name, title in names.items():
        values = [facts.stages.get(minute, {}).get(name, 0) for minute in at]
        if any(values):
            series.append(Series(title, tuple(map(float, values)), tuple(map(formats.number, values))))
    if not series:
        return None
    labels = tuple(f"{timezone.localtime(from_ms(int(minute))):%H:%M}" for minute in at)
    return Chart("by-minute", _("By minute"), _("Minute"), labels, tuple(series), ChartKind.STACKED)


def best_against(facts: Facts) -> Against | None:
    """Return the look at the last slots of the ad that would have won most of them; None without an ad."""
    return max(facts.against.values(), key=lambda one: (one.wins + one.own, one.slots), default=None)


def gaps(against: Against, currency: str) -> Chart | None:
    """Return how much lacked in the slots that it would have lost, in bars of equal width; None where it lost none."""
    lacked = against.gaps_micros
    if not lacked:
        return None
    width = max(-(-(lacked[-1] + 1) // GAP_BARS), 1)
    counts = [0] * GAP_BARS
    for gap in lacked:
        counts[min(gap // width, GAP_BARS - 1)] += 1
    labels = tuple(
        _("up to %(amount)s") % {"amount": formats.money(width * (place + 1), currency)} for place in range(GAP_BARS)
    )
    series = Series(_("Slots of the sample"), tuple(map(float, counts)), tuple(map(formats.number, counts)))
    return Chart(
        "gaps", _("By how much it lost"), _("Lacked, of a thousand impressions"), labels, (series,), ChartKind.BAR
    )


def bids(against: Against, currency: str) -> tuple[BidFact, ...]:
    """Return which bid would have won which share of the slots; none while they are too few to say."""
    return tuple(
        BidFact(formats.percent(int(share) / 100, 0), formats.money(micros, currency))
        for share, micros in against.bids_micros.items()
    )


def missing(facts: Facts) -> tuple[Missing, ...]:
    """Return in which respects viewers were not whom the ad group wants, the most frequent first."""
    looked_at = facts.targeting[0] if facts.targeting else None
    if looked_at is None or not looked_at.requests:
        return ()
    return tuple(
        Missing(str(DIMENSIONS.get(name, name)), count / looked_at.requests) for name, count in looked_at.missed.items()
    )


def _reason(word: RefusalCount, waiting: int, where: Where) -> Reason:
    link, label = _mended_at(word.reason, where)
    actor = _ACTORS[Actor(word.actor)] if word.actor else ""
    cause = _(word.cause) if word.cause else word.reason  # noqa: INT001 - texts come from the closed list, as below.
    remedy = _(word.remedy) if word.remedy else ""  # noqa: INT001 - texts come from the closed list.
    return Reason(cause, remedy, str(actor), word.count, waiting, link, label)


def _mended_at(reason: str, where: Where) -> tuple[str, str]:
    """Return the page where the cause is mended and what its button says; ("", "") when there is none for this person."""
    if reason in _FUNDS:
        return (reverse("advertiser:funds"), _("Top up")) if where.may_pay else ("", "")
    if not where.may_edit:
        return "", ""
    group = reverse("advertiser:ad_group_edit", args=[where.ad_group_id])
    pages: Mapping[str, tuple[str, str]] = {
        Refusal.BELOW_RESERVE: (group, _("Raise the bid")),
        Refusal.AD_GROUP_OUT_OF_BUDGET: (group, _("Raise the budget")),
        Refusal.CAMPAIGN_OUT_OF_BUDGET: (
            reverse("advertiser:campaign_edit", args=[where.campaign_id]),
            _("Raise the budget"),
        ),
        Refusal.CAMPAIGN_NOT_DELIVERING: (
            reverse("advertiser:campaign", args=[where.campaign_id]),
            _("Open the campaign"),
        ),
        Refusal.GRANT_COUNTRY: (group, _("Change the countries")),
        **dict.fromkeys(_GROUP, (group, _("Change the ad group"))),
        **dict.fromkeys(_CAPS, (group, _("Widen the audience"))),
    }
    if where.consent_id and reason in _CONSENT:
        return reverse("advertiser:spark_post", args=[where.consent_id]), _("Extend the consent")
    return pages.get(reason, ("", ""))


_REASONS: Final = frozenset(refusal.value for refusal in Refusal)
