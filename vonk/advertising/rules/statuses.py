"""The status shown: derived from facts, never stored (reference §9.5). All causes are told; the first is the headline."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final

import msgspec

from vonk.advertising.rules.causes import CAUSES, PRIMARY_OF, Cause, Primary, Stage
from vonk.advertising.rules.reviews import Verdict
from vonk.authorisation.rules import ConsentState
from vonk.content.rules import VideoState
from vonk.delivery.snapshot import Billing, Budget, BudgetMode


class MoneyFacts(msgspec.Struct, frozen=True):
    """What billing knows, in micros; billed amounts are those of the budget's present period (day, or ever)."""

    balance_micros: int
    campaign_billed_micros: int
    ad_group_billed_micros: int = 0
    stopped: bool = False  # For an invoice's sake, whatever the balance.


class CampaignFacts(msgspec.Struct, frozen=True):
    """What a campaign's status follows from, besides its ad groups. ``money`` None: not known, so no cause."""

    id: int
    account_id: int
    account_suspended: bool
    deleted: bool
    enabled: bool
    budget: Budget
    money: MoneyFacts | None = None


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


class AdFacts(msgspec.Struct, frozen=True):
    """What an ad's status follows from. ``consent_state`` is None for a non-Spark ad.

    ``post_problem`` is content's word for why the post cannot be shown; None when it can.
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


class Status(msgspec.Struct, frozen=True):
    """What it comes down to, and why: ``headline`` is the first of ``causes``."""

    primary: Primary
    headline: Cause
    causes: tuple[Cause, ...]


_ORDER: Final = {cause: (CAUSES[cause].stage, number) for number, cause in enumerate(Cause)}

_POST_CAUSES: Final[dict[str, Cause]] = {
    "deleted": Cause.POST_DELETED,
    "removed": Cause.POST_REMOVED,
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

# What a parent says when a cause stops only some of its children. Later starts and empty ad groups limit nothing.
_PARTLY: Final[dict[Cause, Cause]] = {
    **{cause: Cause.PARTLY_UNAUTHORISED for cause in Cause if CAUSES[cause].stage is Stage.AUTHORISATION},
    **{cause: Cause.PARTLY_OUT_OF_BUDGET for cause in Cause if CAUSES[cause].stage is Stage.MONEY},
    **{cause: cause for cause in Cause if CAUSES[cause].stage is Stage.LIMITED},
    Cause.REJECTED: Cause.PARTLY_REJECTED,
    Cause.IN_REVIEW: Cause.PARTLY_IN_REVIEW,
    Cause.RE_REVIEW: Cause.PARTLY_IN_REVIEW,
}


def status(facts: AdFacts, now: datetime) -> Status:
    """Return the status of an ad."""
    causes = set(_ad_group_causes(facts.ad_group, facts.money, now))
    if facts.deleted:
        causes.add(Cause.AD_DELETED)
    if not facts.enabled:
        causes.add(Cause.AD_DISABLED)
    causes.update(_post_causes(facts))
    match facts.verdict:
        case Verdict.REJECTED:
            causes.add(Cause.REJECTED)
        case Verdict.IN_REVIEW | Verdict.SUPERSEDED:
            causes.add(Cause.RE_REVIEW if facts.approved_before else Cause.IN_REVIEW)
        case Verdict.APPROVED:
            pass
    return _told(causes)


def ad_group_status(facts: AdGroupFacts, ads: Sequence[Status], now: datetime) -> Status:
    """Return the status of an ad group whose ads have these statuses."""
    return _of_parent(set(_ad_group_causes(facts, facts.money, now)), ads)


def campaign_status(facts: CampaignFacts, ad_groups: Sequence[Status]) -> Status:
    """Return the status of a campaign whose ad groups have these statuses."""
    return _of_parent(set(_campaign_causes(facts, facts.money, cost_micros=1)), ad_groups)


def event_cost_micros(billing: Billing, bid_micros: int) -> int:
    """Return what the dearest event of an ad group can cost; with less left, nothing more is shown."""
    return max(1, bid_micros // 1_000 if billing is Billing.CPM else bid_micros)


def _campaign_causes(facts: CampaignFacts, money: MoneyFacts | None, *, cost_micros: int) -> Iterable[Cause]:
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


def _ad_group_causes(facts: AdGroupFacts, money: MoneyFacts | None, now: datetime) -> Iterable[Cause]:
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
    if money is not None and _is_spent(facts.budget, money.ad_group_billed_micros, cost_micros):
        yield Cause.AD_GROUP_BUDGET_SPENT


def _is_spent(budget: Budget, billed_micros: int, cost_micros: int) -> bool:
    return budget.mode is not BudgetMode.NONE and budget.micros - billed_micros < cost_micros


def _post_causes(facts: AdFacts) -> Iterable[Cause]:
    if facts.post_problem is not None:
        yield _POST_CAUSES.get(facts.post_problem, Cause.POST_UNAVAILABLE)
    if facts.consent_state is not None and facts.consent_state in _CONSENT_CAUSES:
        suspended = facts.consent_state is ConsentState.SUSPENDED
        if not (suspended and facts.post_problem is not None):
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


def _told(causes: set[Cause]) -> Status:
    """Return the causes in order, the first one as the headline."""
    in_order = tuple(sorted(causes or {Cause.DELIVERING}, key=_ORDER.__getitem__))
    return Status(PRIMARY_OF[CAUSES[in_order[0]].stage], in_order[0], in_order)
