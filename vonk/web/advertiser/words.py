"""States, budgets, audiences and bids in words and colours."""

import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Final

import msgspec
from django.utils import formats as django_formats
from django.utils import timezone
from django.utils.dates import WEEKDAYS_ABBR
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from vonk.advertising.queries import AdGroupView, ReviewView
from vonk.advertising.rules import CAUSES, PRIMARY_TEXTS, Objective, Primary, Stage, Status, Verdict
from vonk.advertising.rules.attribution import AttributionSettings, Counting
from vonk.advertising.rules.causes import CAMPAIGN_LINK
from vonk.advertising.rules.learning import RESULTS_ENOUGH, Learning, Phase
from vonk.authorisation.queries import PostView
from vonk.authorisation.rules import ConsentState
from vonk.core.taxonomy import INTERESTS
from vonk.delivery.limits import dayparting
from vonk.delivery.snapshot import Billing, Budget, BudgetMode, FrequencyCap, Goal, Limits, Pacing, Targeting
from vonk.web.advertiser.places import place_choices
from vonk.web.common import choices, formats
from vonk.web.common.records import Badge, Cause, Tone

TITLE_CHARS_MAX: Final = 80
DAY_SECONDS: Final = 86_400
_SHOWN: Final = re.compile("1+")
SOON_DAYS: Final = 14  # The first reminder of an end (reference §9.2).

_TONES: Final = {
    Primary.DELETED: Tone.CALM,
    Primary.DISABLED: Tone.CALM,
    Primary.DONE: Tone.CALM,
    Primary.NOT_DELIVERING: Tone.BAD,
    Primary.LIMITED: Tone.WARN,
    Primary.DELIVERING: Tone.GOOD,
}
_WAITING: Final = frozenset({"re_review", "in_review", "not_started", "video_not_ready", "no_ads"})
_EDITED: Final = frozenset({Stage.DONE, Stage.REVIEW, Stage.MONEY, Stage.NOT_STARTED})

OBJECTIVES: Final = {
    Objective.REACH: (gettext_lazy("Be seen by as many people as possible."), "world"),
    Objective.VIDEO_VIEWS: (gettext_lazy("Have the video watched for six seconds or more."), "player-play"),
    Objective.COMMUNITY_INTERACTION: (gettext_lazy("Win followers and profile visits."), "users"),
    Objective.TRAFFIC: (gettext_lazy("Bring people to your website."), "external-link"),
    Objective.APP_INSTALLS: (gettext_lazy("Have your app installed."), "download"),
    Objective.CONVERSIONS: (gettext_lazy("Have people do something on your website."), "target"),
    Objective.LEAD_GENERATION: (gettext_lazy("Collect enquiries."), "mail"),
    Objective.SHOP_PURCHASES: (gettext_lazy("Sell your products."), "coin"),
}
assert OBJECTIVES.keys() == set(Objective), "Every objective has its words."

BILLINGS: Final = {
    Billing.CPM: (gettext_lazy("Per thousand impressions (CPM)"), gettext_lazy("CPM")),
    Billing.CPC: (gettext_lazy("Per click to your page (CPC)"), gettext_lazy("CPC")),
    Billing.CPV: (gettext_lazy("Per 6-second view (CPV)"), gettext_lazy("CPV")),
    Billing.OCPM: (gettext_lazy("Per impression, chosen for results (oCPM)"), gettext_lazy("oCPM")),
}
assert BILLINGS.keys() == set(Billing), "Every billing has its words."

GOALS: Final = {
    Goal.CONVERSION: (gettext_lazy("Conversions, as your pixels report them"), gettext_lazy("for a conversion")),
    Goal.CLICK: (gettext_lazy("Clicks to your page"), gettext_lazy("for a click")),
    Goal.VIEW: (gettext_lazy("6-second views"), gettext_lazy("for a 6-second view")),
}
assert GOALS.keys() == set(Goal), "Every goal has its words."

COUNTINGS: Final = {
    Counting.EVERY: gettext_lazy("Every one"),
    Counting.ONCE: gettext_lazy("One of each name for a person, within the time after a click"),
}
assert COUNTINGS.keys() == set(Counting), "Every way of counting has its words."

PACINGS: Final = {
    Pacing.SMOOTH: gettext_lazy("Evenly over the day"),
    Pacing.FAST: gettext_lazy("As fast as possible"),
}

CONSENTS: Final = {
    ConsentState.ISSUED: (gettext_lazy("Not used yet"), Tone.BUSY),
    ConsentState.ACTIVE: (gettext_lazy("Authorised"), Tone.GOOD),
    ConsentState.ENDING: (gettext_lazy("Revoked, notice runs"), Tone.WARN),
    ConsentState.SUSPENDED: (gettext_lazy("Paused"), Tone.WARN),
    ConsentState.EXPIRED: (gettext_lazy("Expired"), Tone.BAD),
    ConsentState.REVOKED: (gettext_lazy("Revoked"), Tone.BAD),
    ConsentState.RELEASED: (gettext_lazy("Removed from the list"), Tone.CALM),
    ConsentState.DELETED: (gettext_lazy("Deleted"), Tone.CALM),
}
_CONSENT_CAUSES: Final = {
    ConsentState.SUSPENDED: (
        gettext_lazy("The post cannot be shown at present."),
        gettext_lazy("Ask the creator; ads go on by themselves when it is back."),
    ),
    ConsentState.EXPIRED: (
        gettext_lazy("The days that the creator chose are over."),
        gettext_lazy("Ask the creator to extend it: the same code then works again."),
    ),
    ConsentState.REVOKED: (
        gettext_lazy("The creator has taken back the authorisation."),
        gettext_lazy("Ask the creator for a new code, or use another post."),
    ),
}
_VERDICTS: Final = {
    Verdict.IN_REVIEW: (gettext_lazy("In review"), Tone.BUSY),
    Verdict.APPROVED: (gettext_lazy("Approved"), Tone.GOOD),
    Verdict.REJECTED: (gettext_lazy("Rejected"), Tone.BAD),
    Verdict.SUPERSEDED: (gettext_lazy("Changed before a decision"), Tone.CALM),
}
assert _VERDICTS.keys() == set(Verdict), "Every verdict has its words."


class ReviewWords(msgspec.Struct, frozen=True):
    """One round of review."""

    badge: Badge
    reasons: tuple[str, ...]
    note: str
    submitted_at: datetime
    decided_at: datetime | None


class AudienceLine(msgspec.Struct, frozen=True):
    """One criterion. ``names`` is the browser's list of names for ``codes``; otherwise ``text`` says all."""

    label: str
    text: str
    codes: tuple[str, ...] = ()
    names: str = ""


def status_badge(status: Status, ids: Mapping[str, int], *, here: str = "") -> Badge:
    """Return a status with all its causes. ``ids`` fill the links; ``here`` is the page, to which no cause links."""
    tone = Tone.BUSY if status.headline in _WAITING else _TONES[status.primary]
    delivering = status.primary is Primary.DELIVERING
    return Badge(
        _(PRIMARY_TEXTS[status.primary]),  # noqa: INT001 - texts come from the closed list.
        tone,
        () if delivering else tuple(_cause(cause, ids, here) for cause in status.causes),
    )


def cause_of(name: str, ids: Mapping[str, int]) -> Cause:
    """Return one cause, for who reads it on a page of neither of the objects."""
    return _cause(name, ids, "")


def _cause(name: str, ids: Mapping[str, int], here: str) -> Cause:
    entry = next(entry for cause, entry in CAUSES.items() if cause == name)
    link = _link(entry.link, ids) if entry.link else ""
    if link and link == here:
        link = f"{here}edit/" if entry.stage in _EDITED and name != "no_ads" else ""
    return Cause(_(entry.text), _(entry.remedy), link)  # noqa: INT001 - texts come from the closed list.


def _link(template: str, ids: Mapping[str, int]) -> str:
    """Return the link; the campaign's where the one meant lies under it and is not known from here."""
    try:
        return template % ids
    except KeyError:
        return CAMPAIGN_LINK % ids if "campaign_id" in ids else ""


def consent_badge(state: ConsentState, days_left: int | None) -> Badge:
    """Return where an authorisation stands; what ends soon says so. ``days_left`` None: it has no end."""
    label, tone = CONSENTS[state]
    if state is ConsentState.ACTIVE and days_left is not None and days_left <= SOON_DAYS:
        return Badge(str(label), Tone.WARN, (Cause(days_words(days_left), _("Ask the creator to extend it.")),))
    cause = _CONSENT_CAUSES.get(state)
    return Badge(str(label), tone, (Cause(str(cause[0]), str(cause[1])),) if cause is not None else ())


def days_words(days_left: int | None) -> str:
    """Return how long an authorisation lasts. ``days_left`` None: it has no end."""
    if days_left is None:
        return _("No end")
    return ngettext("%(count)d day left", "%(count)d days left", days_left) % {"count": days_left}


def review_words(review: ReviewView) -> ReviewWords:
    """Return what review said."""
    label, tone = _VERDICTS[review.verdict]
    return ReviewWords(
        badge=Badge(str(label), tone),
        reasons=tuple(_(reason.text) for reason in review.reasons),  # noqa: INT001 - texts come from the closed list.
        note=review.note,
        submitted_at=review.submitted_at,
        decided_at=review.decided_at,
    )


def title_of(caption: str) -> str:
    """Return what a post is called in lists: how its caption begins."""
    line = " ".join(caption.split())
    if not line:
        return _("Without a caption")
    return line if len(line) <= TITLE_CHARS_MAX else line[: TITLE_CHARS_MAX - 1] + "…"


def speaker_of(post: PostView) -> str:
    """Return whose post it is."""
    return f"@{post.handle}" if post.handle else post.display_name


def budget_words(budget: Budget, currency: str) -> str:
    """Return a budget; an em dash says that the other level's counts."""
    amount = formats.money(budget.micros, currency)
    return {
        BudgetMode.DAILY: _("%(amount)s a day"),
        BudgetMode.LIFETIME: _("%(amount)s in all"),
        BudgetMode.NONE: _("No budget of its own"),
    }[budget.mode] % {"amount": amount}


def bid_words(billing: Billing, bid_micros: int, currency: str) -> str:
    """Return a bid with what it is for."""
    return f"{BILLINGS[billing][1]} {formats.money(bid_micros, currency)}"


def goal_words(goal: Goal, event: str) -> str:
    """Return what a bid is for, by the name of the conversions where there is one."""
    return _("for a “%(event)s”") % {"event": event} if event else str(GOALS[goal][1])


def whole_bid_words(ad_group: AdGroupView) -> str:
    """Return an ad group's bid, and that it follows from the budget where nobody set it."""
    bid = bid_words(ad_group.billing, ad_group.bid_micros, ad_group.currency)
    if ad_group.goal is not None:
        bid = f"{bid} {goal_words(ad_group.goal, ad_group.goal_event)}"
    if ad_group.cost_cap:
        return _("%(bid)s on average (cost cap)") % {"bid": bid}
    if not ad_group.maximum_delivery:
        return bid
    return _("%(bid)s, as the budget allows (maximum delivery)") % {"bid": bid}


def learning_words(found: Learning) -> str:
    """Return how far an ad group is in its learning phase."""
    if found.phase is Phase.NOT_STARTED:
        return _("Begins with the schedule")
    told = {"results": found.results, "enough": RESULTS_ENOUGH}
    if found.phase is Phase.LEARNING:
        return _("%(results)d of %(enough)d results: costs may still vary") % told
    if found.phase is Phase.LEARNED:
        return _("Done, with %(results)d results") % told
    return _("Not finished: %(results)d of %(enough)d results in its week") % told


def cap_words(cap: FrequencyCap | None) -> str:
    """Return a frequency cap."""
    if cap is None:
        return _("No limit")
    days = cap.window_seconds // DAY_SECONDS
    times = ngettext("%(count)d time", "%(count)d times", cap.impressions) % {"count": cap.impressions}
    within = ngettext("%(count)d day", "%(count)d days", days) % {"count": days}
    return _("%(times)s in %(days)s for each viewer") % {"times": times, "days": within}


def attribution_words(settings: AttributionSettings) -> str:
    """Return for how long after which touches conversions are an ad group's, and whether all of them count."""
    touches = (
        (settings.click_days, _("%(days)s after a click")),
        (settings.engaged_view_days, _("%(days)s after a 6-second view")),
        (settings.view_days, _("%(days)s after a view")),
    )
    said = [
        words % {"days": ngettext("%(count)d day", "%(count)d days", days) % {"count": days}}
        for days, words in touches
        if days
    ]
    if not said:
        return _("No conversions")
    once = _("one of each name for a person")
    return ", ".join([*said, once if settings.counting is Counting.ONCE else _("every one")])


def audience(targeting: Targeting) -> tuple[AudienceLine, ...]:
    """Return whom an ad group wants."""
    limits = targeting.limits
    further = _limits_words(limits)
    return (
        AudienceLine(_("Countries"), "", targeting.countries, "region"),
        *([AudienceLine(_("Only in"), _places(limits.places))] if limits.places else []),
        AudienceLine(_("Languages"), _all(targeting.languages), targeting.languages, "language"),
        AudienceLine(_("Age"), _listed(targeting.age_bands, dict(choices.AGE_BAND_CHOICES))),
        AudienceLine(_("Gender"), _listed(targeting.genders, dict(choices.GENDER_CHOICES))),
        AudienceLine(_("Interests"), _listed(targeting.interests, {key: _(INTERESTS[key]) for key in INTERESTS})),  # noqa: INT001 - a closed list.
        AudienceLine(_("Devices"), _listed(targeting.devices, dict(choices.DEVICE_CHOICES))),
        *([AudienceLine(_("Hours"), hours_words(targeting.dayparting))] if targeting.dayparting else []),
        *([AudienceLine(_("Further limits"), further)] if further else []),
        *([AudienceLine(_("Limits that cannot be judged"), ", ".join(targeting.unmet))] if targeting.unmet else []),
    )


def _places(keys: Iterable[str]) -> str:
    return "; ".join(one.name for one in place_choices(keys))


def _limits_words(limits: Limits) -> str:
    """Return the names of what narrows an ad group beyond whom it wants."""
    texts: dict[str, str] = {
        "android_min": _("version of Android"),
        "ios_min": _("version of iOS"),
        "connections": _("connections"),
        "carriers": _("carriers"),
        "models": _("models"),
        "prices": _("price of the device"),
        "surfaces": _("where in the app"),
        "keywords": _("search keywords"),
        "behaviours": _("what people did"),
        "audiences": _("audiences"),
        "audiences_out": _("audiences left out"),
        "inventory": _("brand safety"),
    }
    return ", ".join(text for name, text in texts.items() if getattr(limits, name))


def hours_words(packed: str) -> str:
    """Return in which hours of the week an ad group is shown, day by day."""
    marks = dayparting.unpack(packed)
    days = []
    for number, day in WEEKDAYS_ABBR.items():
        spans = (found.span() for found in _SHOWN.finditer(marks[number * 48 : number * 48 + 48]))
        said = ", ".join(f"{_wall_time(start)}–{_wall_time(end)}" for start, end in spans)
        if said:
            days.append(f"{day} {said}")
    return "; ".join(days)


def _wall_time(half_hours: int) -> str:
    return f"{half_hours // 2:02}:{half_hours % 2 * 30:02}"


def plain_instant(at: datetime) -> str:
    """Return an instant as a part of a sentence, in the active time zone."""
    return str(django_formats.date_format(timezone.localtime(at), "SHORT_DATETIME_FORMAT"))


def schedule_words(starts_at: datetime, ends_at: datetime | None) -> str:
    """Return when an ad group runs."""
    if ends_at is None:
        return _("From %(start)s on") % {"start": plain_instant(starts_at)}
    return f"{plain_instant(starts_at)} – {plain_instant(ends_at)}"


def _listed(values: Iterable[str], texts: Mapping[str, object]) -> str:
    return ", ".join(str(texts.get(value, value)) for value in values) or _("Everybody")


def _all(values: tuple[str, ...]) -> str:
    return "" if values else _("All")
