"""The status shown: derived from facts, never stored (reference §9.5). All causes are told; the first is the headline."""

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from typing import Final

import msgspec

from vonk.advertising.rules import grants
from vonk.advertising.rules.causes import CAUSES, PRIMARY_OF, Cause, Primary, Stage
from vonk.advertising.rules.reviews import Verdict
from vonk.authorisation.rules import NO_END, ConsentState
from vonk.authorisation.rules import limits as limiting
from vonk.authorisation.rules.limits import Limits
from vonk.content.rules import Unavailable, VideoState
from vonk.delivery.snapshot import Billing, Budget, BudgetMode


class MoneyFacts(msgspec.Struct, frozen=True):
    """What billing knows, in micros; billed amounts are those of the budget's present period (day, or ever)."""

    balance_micros: int
    campaign_billed_micros: int
    ad_group_billed_micros: int = 0
    stopped: bool = False  # For an invoice's sake, whatever the balance.
    consent_billed_micros: int = 0  # Ever, under the consent of the ad.


class CampaignFacts(msgspec.Struct, frozen=True):
    """What a campaign's status follows from, besides its ad groups. ``money`` None: not known, so no cause."""

    id: int
    account_id: int
    account_suspended: bool
    deleted: bool
    enabled: bool
    budget: Budget
    money: MoneyFacts | None = None
    time_zone: str = "UTC"  # The account's, in which days are counted.


class AdGroupFacts(msgspec.Struct, frozen=True):
    """What an ad group's status follows from, besides its ads."""

    id: int
    campaign: CampaignFacts
    deleted: bool
    enabled: bool
    budget: Budget
    billing: Billing
    bid_micros: int
    starts_at: datetime
    ends_at: datetime | None
    money: MoneyFacts | None = None
    countries: tuple[str, ...] = ()
    unmet: tuple[str, ...] = ()


class AdFacts(msgspec.Struct, frozen=True):
    """What an ad's status follows from. ``consent_state`` is None for a non-Spark ad.

    ``post_problem`` is content's word for why the post cannot be shown; None when it can. ``limits`` are those of the
    consent and of the original authors' it stands on; ``consent_ending_at`` is when the notice of its revocation ends.
    """

    id: int
    ad_group: AdGroupFacts
    post_id: int
    deleted: bool
    enabled: bool
    consent_state: ConsentState | None
    post_problem: str | None
    video_state: VideoState
    verdict: Verdict
    approved_before: bool
    money: MoneyFacts | None = None
    category: str = ""
    consent_id: int | None = None
    limits: tuple[Limits, ...] = ()
    original_missing: bool = False
    consent_ending_at: datetime | None = None
    sound_countries: tuple[str, ...] = ()
    preview_required: bool = False
    creator_accepted: bool = False
    creator_refused: bool = False


class Status(msgspec.Struct, frozen=True):
    """What it comes down to, and why: ``headline`` is the first of ``causes``.

    ``consent_ends_at`` is when the creator's consent ends, by its date, its terms, its access or a notice: of a Spark Ad
    whose consent holds, None where nothing ends it.
    """

    primary: Primary
    headline: Cause
    causes: tuple[Cause, ...]
    consent_ends_at: datetime | None = None


_ORDER: Final = {cause: (CAUSES[cause].stage, number) for number, cause in enumerate(Cause)}

_POST_CAUSES: Final[dict[str, Cause]] = {
    "deleted": Cause.POST_DELETED,
    "removed": Cause.POST_REMOVED,
    "account_private": Cause.ACCOUNT_PRIVATE,
    "private": Cause.POST_PRIVATE,
    "profile_banned": Cause.PROFILE_BANNED,
}

_CONSENT_CAUSES: Final[dict[ConsentState, Cause]] = {
    ConsentState.REVOKED: Cause.CONSENT_REVOKED,
    ConsentState.EXPIRED: Cause.CONSENT_EXPIRED,
    ConsentState.RELEASED: Cause.CONSENT_RELEASED,
    ConsentState.ISSUED: Cause.CONSENT_ABSENT,
    ConsentState.DELETED: Cause.CONSENT_ABSENT,
    ConsentState.SUSPENDED: Cause.POST_UNAVAILABLE,  # Content's own word for it comes before.
}

_HOLDING: Final = frozenset({ConsentState.ACTIVE, ConsentState.ENDING, ConsentState.SUSPENDED})

# What a parent says when a cause stops only some of its children. Later starts and empty ad groups limit nothing.
_PARTLY: Final[dict[Cause, Cause]] = {
    **{cause: Cause.PARTLY_UNAUTHORISED for cause in Cause if CAUSES[cause].stage is Stage.AUTHORISATION},
    **{cause: Cause.PARTLY_OUT_OF_BUDGET for cause in Cause if CAUSES[cause].stage is Stage.MONEY},
    **{cause: cause for cause in Cause if CAUSES[cause].stage is Stage.LIMITED},
    Cause.LIMITS_UNMET: Cause.PARTLY_UNMET,
    Cause.REJECTED: Cause.PARTLY_REJECTED,
    Cause.IN_REVIEW: Cause.PARTLY_IN_REVIEW,
    Cause.CREATOR_PREVIEW: Cause.PARTLY_IN_REVIEW,
    Cause.RE_REVIEW: Cause.PARTLY_IN_REVIEW,
}


def status(facts: AdFacts, now: datetime, *, above: Collection[Cause] | None = None) -> Status:
    """Return the status of an ad; ``above`` is what ``ad_group_causes`` tells, for whoever has many ads of an ad group."""
    causes = set(ad_group_causes(facts.ad_group, facts.money, now) if above is None else above)
    if facts.deleted:
        causes.add(Cause.AD_DELETED)
    if not facts.enabled:
        causes.add(Cause.AD_DISABLED)
    causes.update(_post_causes(facts))
    ends_at = limiting.ends_at(facts.limits) if facts.limits and facts.consent_state in _HOLDING else None
    if ends_at is not None:
        causes.update(_grant_causes(facts, ends_at, now))
    if facts.creator_refused:
        causes.add(Cause.CREATOR_REFUSED)
    elif facts.preview_required and not facts.creator_accepted and facts.verdict is not Verdict.REJECTED:
        causes.add(Cause.CREATOR_PREVIEW)
    match facts.verdict:
        case Verdict.REJECTED:
            causes.add(Cause.REJECTED)
        case Verdict.IN_REVIEW | Verdict.SUPERSEDED:
            causes.add(Cause.RE_REVIEW if facts.approved_before else Cause.IN_REVIEW)
        case Verdict.APPROVED:
            pass
    return _told(causes, ends_at if ends_at is not None and now < ends_at < NO_END else None)


def ad_group_status(facts: AdGroupFacts, ads: Sequence[Status], now: datetime) -> Status:
    """Return the status of an ad group whose ads have these statuses."""
    return _of_parent(set(ad_group_causes(facts, facts.money, now)), ads)


def campaign_status(facts: CampaignFacts, ad_groups: Sequence[Status]) -> Status:
    """Return the status of a campaign whose ad groups have these statuses."""
    return _of_parent(set(_campaign_causes(facts, facts.money, cost_micros=1)), ad_groups)


def event_cost_micros(billing: Billing, bid_micros: int) -> int:
    """Return what the dearest event of an ad group can cost; with less left, nothing more is shown."""
    by_impression = billing in {Billing.CPM, Billing.OCPM}  # Of a bid for a result about so much is one worth.
    return max(1, bid_micros // 1_000 if by_impression else bid_micros)


def _campaign_causes(facts: CampaignFacts, money: MoneyFacts | None, *, cost_micros: int) -> Iterator[Cause]:
    if facts.deleted:
        yield Cause.CAMPAIGN_DELETED
    if facts.account_suspended:
        yield Cause.ACCOUNT_SUSPENDED
    if not facts.enabled:
        yield Cause.CAMPAIGN_DISABLED
    if money is None:
        return
    if money.stopped:
        yield Cause.PAYMENT_OVERDUE
    elif money.balance_micros < cost_micros:
        yield Cause.BALANCE_SPENT
    if _is_spent(facts.budget, money.campaign_billed_micros, cost_micros):
        yield Cause.CAMPAIGN_BUDGET_SPENT


def ad_group_causes(facts: AdGroupFacts, money: MoneyFacts | None, now: datetime) -> Iterator[Cause]:
    """Yield what an ad group has to say of itself and of what it lies under."""
    cost_micros = event_cost_micros(facts.billing, facts.bid_micros)
    yield from _campaign_causes(facts.campaign, money, cost_micros=cost_micros)
    if facts.deleted:
        yield Cause.AD_GROUP_DELETED
    if not facts.enabled:
        yield Cause.AD_GROUP_DISABLED
    if facts.ends_at is not None and facts.ends_at <= now:
        yield Cause.SCHEDULE_OVER
    if now < facts.starts_at:
        yield Cause.NOT_STARTED
    if facts.unmet:
        yield Cause.LIMITS_UNMET
    if money is not None and _is_spent(facts.budget, money.ad_group_billed_micros, cost_micros):
        yield Cause.AD_GROUP_BUDGET_SPENT


def _is_spent(budget: Budget, billed_micros: int, cost_micros: int) -> bool:
    return budget.mode is not BudgetMode.NONE and budget.micros - billed_micros < cost_micros


def _grant_causes(facts: AdFacts, ends_at: datetime, now: datetime) -> Iterator[Cause]:
    """Yield where the ad is outside what its consent, which holds until ``ends_at``, allows."""
    if ends_at <= now:  # By its terms or its access.
        yield Cause.CONSENT_EXPIRED
        return
    if now < limiting.starts_at(facts.limits):
        yield Cause.CONSENT_NOT_STARTED
    if facts.consent_ending_at is not None:
        yield Cause.CONSENT_ENDING
    allowed = limiting.categories_allowed(facts.limits)
    if allowed is not None and facts.category not in allowed:
        yield Cause.CATEGORY_NOT_ALLOWED
    countries = facts.ad_group.countries
    outside = grants.unlicensed(facts.limits, countries, facts.sound_countries)
    if outside:
        yield Cause.REGION_NOT_LICENSED if len(outside) == len(countries) else Cause.PARTLY_UNLICENSED
    cap_micros = limiting.spend_cap_micros(facts.limits)
    if facts.money is not None and cap_micros is not None:
        cost_micros = event_cost_micros(facts.ad_group.billing, facts.ad_group.bid_micros)
        if facts.money.consent_billed_micros + cost_micros > cap_micros:
            yield Cause.SPEND_CAP_REACHED


def _post_causes(facts: AdFacts) -> Iterator[Cause]:
    draft = (
        facts.post_problem == Unavailable.DRAFT
    )  # It is published with its approval: review says what there is to say.
    if facts.post_problem is not None and not (draft and facts.verdict is not Verdict.APPROVED):
        yield _POST_CAUSES.get(facts.post_problem, Cause.POST_UNAVAILABLE)
    if facts.consent_state is not None and facts.consent_state in _CONSENT_CAUSES:
        suspended = facts.consent_state is ConsentState.SUSPENDED
        if suspended and facts.original_missing:
            yield Cause.ORIGINAL_ABSENT
        elif not (suspended and facts.post_problem is not None):
            yield _CONSENT_CAUSES[facts.consent_state]
    if facts.video_state is VideoState.FAILED:
        yield Cause.VIDEO_FAILED
    elif facts.video_state is not VideoState.READY:
        yield Cause.VIDEO_NOT_READY


def _of_parent(own: set[Cause], children: Sequence[Status]) -> Status:
    """Add to a parent's own causes what its children say.

    Children that are off or done say nothing while there are others. When none of the others could deliver, whatever
    stops them stops the parent; when some could, the parent is limited by what stops the rest.
    """
    inner = [set(child.causes) - own - {Cause.DELIVERING} for child in children if child.primary is not Primary.DELETED]
    if not inner:
        return _told({*own, Cause.NO_ADS})
    wanted = [causes for causes in inner if not _has_stage(causes, Stage.DISABLED, Stage.DONE)]
    if not wanted:
        if any(_has_stage(causes, Stage.DISABLED) for causes in inner):
            own.add(Cause.CHILDREN_DISABLED)
        if any(Cause.SCHEDULE_OVER in causes for causes in inner):
            own.add(Cause.SCHEDULE_OVER)
        return _told(own)
    if all(any(CAUSES[cause].stage < Stage.LIMITED for cause in causes) for causes in wanted):
        return _told(own.union(*wanted))
    return _told(own.union(_PARTLY[cause] for causes in wanted for cause in causes if cause in _PARTLY))


def _has_stage(causes: set[Cause], *stages: Stage) -> bool:
    return any(CAUSES[cause].stage in stages for cause in causes)


def _told(causes: set[Cause], consent_ends_at: datetime | None = None) -> Status:
    """Return the causes in order, the first one as the headline."""
    in_order = tuple(sorted(causes or {Cause.DELIVERING}, key=_ORDER.__getitem__))
    return Status(PRIMARY_OF[CAUSES[in_order[0]].stage], in_order[0], in_order, consent_ends_at)
