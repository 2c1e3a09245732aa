"""Statuses: every cause that holds is told, in the order of reference §9.5, and the first one is the headline."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vonk.advertising import rules
from vonk.advertising.rules import (
    CAUSES,
    PRIMARY_TEXTS,
    AdFacts,
    AdGroupFacts,
    CampaignFacts,
    Cause,
    MoneyFacts,
    Primary,
    Stage,
    Status,
    Verdict,
)
from vonk.authorisation.rules import NO_END, ConsentState
from vonk.authorisation.rules.limits import Limits
from vonk.content.rules import VideoState
from vonk.delivery.snapshot import Billing, Budget, BudgetMode

NOW: Final = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
HOUR: Final = timedelta(hours=1)
FINE: Final = Status(Primary.DELIVERING, Cause.DELIVERING, (Cause.DELIVERING,))

CAMPAIGN: Final = CampaignFacts(1, 9, False, False, True, Budget(BudgetMode.DAILY, 50))
GROUP: Final = AdGroupFacts(2, CAMPAIGN, False, True, Budget(BudgetMode.DAILY, 20), Billing.CPC, 5, NOW, None)
AD: Final = AdFacts(
    3, GROUP, 4, False, True, ConsentState.ACTIVE, None, VideoState.READY, Verdict.APPROVED, True, MoneyFacts(100, 0, 0)
)

replace: Callable[..., Any] = msgspec.structs.replace


def of(facts: AdFacts, *, group: dict[str, Any] | None = None, campaign: dict[str, Any] | None = None) -> AdFacts:
    inner = replace(facts.ad_group.campaign, **(campaign or {}))
    changed: AdFacts = replace(facts, ad_group=replace(facts.ad_group, campaign=inner, **(group or {})))
    return changed


def limits(**changed: Any) -> Limits:
    unlimited: Limits = replace(Limits(NOW - HOUR, NOW + 30 * 24 * HOUR), **changed)
    return unlimited


# Each cause of an ad alone, and the facts that make it hold.
ALONE: Final[dict[Cause, AdFacts]] = {
    Cause.CAMPAIGN_DELETED: of(AD, campaign={"deleted": True}),
    Cause.AD_GROUP_DELETED: of(AD, group={"deleted": True}),
    Cause.AD_DELETED: replace(AD, deleted=True),
    Cause.ACCOUNT_SUSPENDED: of(AD, campaign={"account_suspended": True}),
    Cause.CAMPAIGN_DISABLED: of(AD, campaign={"enabled": False}),
    Cause.AD_GROUP_DISABLED: of(AD, group={"enabled": False}),
    Cause.AD_DISABLED: replace(AD, enabled=False),
    Cause.SCHEDULE_OVER: of(AD, group={"starts_at": NOW - HOUR, "ends_at": NOW}),
    Cause.CONSENT_REVOKED: replace(AD, consent_state=ConsentState.REVOKED),
    Cause.CONSENT_EXPIRED: replace(AD, consent_state=ConsentState.EXPIRED),
    Cause.CONSENT_RELEASED: replace(AD, consent_state=ConsentState.RELEASED),
    Cause.CONSENT_ABSENT: replace(AD, consent_state=ConsentState.ISSUED),
    Cause.CREATOR_REFUSED: replace(AD, creator_refused=True, preview_required=True),
    Cause.ORIGINAL_ABSENT: replace(AD, consent_state=ConsentState.SUSPENDED, original_missing=True),
    Cause.ACCOUNT_PRIVATE: replace(AD, consent_state=ConsentState.SUSPENDED, post_problem="account_private"),
    Cause.CATEGORY_NOT_ALLOWED: replace(AD, limits=(limits(categories=("food",)),), category="games"),
    Cause.REGION_NOT_LICENSED: replace(
        of(AD, group={"countries": ("DE", "NL")}), limits=(limits(), limits(countries=("BE",)))
    ),
    Cause.SPEND_CAP_REACHED: replace(
        AD, limits=(limits(spend_cap_micros=9),), money=MoneyFacts(100, 0, 0, consent_billed_micros=5)
    ),
    Cause.CREATOR_PREVIEW: replace(AD, preview_required=True),
    Cause.CONSENT_NOT_STARTED: replace(AD, limits=(limits(), limits(starts_at=NOW + HOUR))),
    Cause.CONSENT_ENDING: replace(AD, consent_ending_at=NOW + HOUR, limits=(limits(ends_at=NOW + HOUR),)),
    Cause.PARTLY_UNLICENSED: replace(
        of(AD, group={"countries": ("DE", "NL")}), limits=(limits(),), sound_countries=("NL",)
    ),
    Cause.PROFILE_BANNED: replace(AD, consent_state=ConsentState.SUSPENDED, post_problem="profile_banned"),
    Cause.POST_DELETED: replace(AD, consent_state=ConsentState.SUSPENDED, post_problem="deleted"),
    Cause.POST_REMOVED: replace(AD, consent_state=ConsentState.SUSPENDED, post_problem="removed"),
    Cause.POST_PRIVATE: replace(AD, consent_state=ConsentState.SUSPENDED, post_problem="private"),
    Cause.POST_UNAVAILABLE: replace(AD, consent_state=ConsentState.SUSPENDED),
    Cause.VIDEO_FAILED: replace(AD, video_state=VideoState.FAILED),
    Cause.VIDEO_NOT_READY: replace(AD, video_state=VideoState.PROCESSING),
    Cause.LIMITS_UNMET: of(AD, group={"unmet": ("carrier_ids",)}),
    Cause.REJECTED: replace(AD, verdict=Verdict.REJECTED),
    Cause.RE_REVIEW: replace(AD, verdict=Verdict.IN_REVIEW),
    Cause.IN_REVIEW: replace(AD, verdict=Verdict.IN_REVIEW, approved_before=False),
    Cause.PAYMENT_OVERDUE: replace(AD, money=MoneyFacts(100, 0, 0, stopped=True)),
    Cause.BALANCE_SPENT: replace(AD, money=MoneyFacts(4, 0, 0)),
    Cause.CAMPAIGN_BUDGET_SPENT: replace(AD, money=MoneyFacts(100, 46, 0)),
    Cause.AD_GROUP_BUDGET_SPENT: replace(AD, money=MoneyFacts(100, 0, 16)),
    Cause.NOT_STARTED: of(AD, group={"starts_at": NOW + HOUR}),
}
OF_PARENTS: Final = {
    *({cause for cause in Cause if CAUSES[cause].stage is Stage.LIMITED} - ALONE.keys()),
    Cause.NO_ADS,
    Cause.CHILDREN_DISABLED,
}


def test_all_in_order() -> None:
    assert rules.status(AD, NOW) == FINE


def test_every_cause_is_declared_in_order() -> None:
    assert list(CAUSES) == list(Cause)
    stages = [CAUSES[cause].stage for cause in Cause]
    assert stages == sorted(stages)
    assert all(entry.text and entry.remedy for entry in CAUSES.values())
    assert set(PRIMARY_TEXTS) == set(Primary)
    known = {"campaign_id": 1, "ad_group_id": 2, "ad_id": 3, "account_id": 4, "post_id": 5}
    assert all((entry.link % known).startswith("/") for entry in CAUSES.values() if entry.link)


def test_every_cause_of_an_ad_is_tried() -> None:
    assert set(ALONE) == set(Cause) - OF_PARENTS - {Cause.DELIVERING}


@pytest.mark.parametrize("cause", ALONE)
def test_a_cause_alone(cause: Cause) -> None:
    found = rules.status(ALONE[cause], NOW)
    assert (found.headline, found.causes) == (cause, (cause,))
    assert found.primary is rules.causes.PRIMARY_OF[CAUSES[cause].stage]


def test_what_is_inside_the_limits_is_no_cause() -> None:
    inside = limits(countries=("DE", "NL"), categories=("food", "art"), spend_cap_micros=10)
    ad = replace(of(AD, group={"countries": ("NL",)}), limits=(inside, limits()), category="food")
    ad = replace(ad, money=MoneyFacts(100, 0, 0, consent_billed_micros=5), sound_countries=("NL",))
    assert rules.status(ad, NOW) == replace(FINE, consent_ends_at=NOW + 30 * 24 * HOUR)
    accepted = replace(ad, preview_required=True, creator_accepted=True)
    assert rules.status(accepted, NOW).headline is Cause.DELIVERING
    endless = replace(ad, limits=(replace(inside, ends_at=NO_END),))
    assert rules.status(endless, NOW) == FINE
    over = replace(ad, limits=(replace(inside, ends_at=NOW),))
    assert rules.status(over, NOW).causes == (Cause.CONSENT_EXPIRED,)
    gone = replace(ad, consent_state=ConsentState.REVOKED, limits=(limits(categories=("art",)),))
    assert rules.status(gone, NOW).causes == (Cause.CONSENT_REVOKED,)


def test_a_draft_waits_for_review_and_nothing_else() -> None:
    draft = replace(AD, consent_state=ConsentState.SUSPENDED, post_problem="draft", verdict=Verdict.IN_REVIEW)
    assert rules.status(draft, NOW).causes == (Cause.RE_REVIEW,)


def test_the_last_affordable_event_still_delivers() -> None:
    assert rules.status(replace(AD, money=MoneyFacts(5, 45, 15)), NOW) == FINE


def test_a_thousand_impressions_cost_a_thousandth_each() -> None:
    assert rules.event_cost_micros(Billing.CPM, 5_000) == 5
    assert rules.event_cost_micros(Billing.CPM, 999) == 1
    assert rules.event_cost_micros(Billing.CPC, 5_000) == rules.event_cost_micros(Billing.CPV, 5_000) == 5_000


def test_unknown_money_is_no_cause() -> None:
    assert rules.status(replace(AD, money=None), NOW) == FINE


def test_no_budget_is_never_spent() -> None:
    free = of(AD, group={"budget": Budget()}, campaign={"budget": Budget()})
    assert rules.status(replace(free, money=MoneyFacts(100, 10**9, 10**9)), NOW) == FINE


def test_a_non_spark_ad_needs_no_consent() -> None:
    assert rules.status(replace(AD, consent_state=None), NOW) == FINE


@st.composite
def facts(draw: st.DrawFn) -> AdFacts:
    flag = st.booleans()
    campaign = CampaignFacts(
        1, 9, draw(flag), draw(flag), draw(flag), Budget(draw(st.sampled_from(BudgetMode)), draw(st.integers(0, 60)))
    )
    starts_at = NOW + HOUR * draw(st.integers(-2, 2))
    group = AdGroupFacts(
        2,
        campaign,
        draw(flag),
        draw(flag),
        Budget(draw(st.sampled_from(BudgetMode)), draw(st.integers(0, 60))),
        Billing.CPC,
        5,
        starts_at,
        draw(st.none() | st.integers(1, 3).map(lambda hours: starts_at + HOUR * hours)),
    )
    amounts = st.integers(0, 60)
    return AdFacts(
        3,
        group,
        4,
        draw(flag),
        draw(flag),
        draw(st.none() | st.sampled_from(ConsentState)),
        draw(st.sampled_from([None, "deleted", "removed", "private", "profile_banned", "something new"])),
        draw(st.sampled_from(VideoState)),
        draw(st.sampled_from(Verdict)),
        draw(flag),
        draw(st.none() | st.builds(MoneyFacts, amounts, amounts, amounts)),
    )


def expected(ad: AdFacts) -> set[Cause]:
    """Say it again, cause by cause, straight from the rules' words."""
    group, campaign, money = ad.ad_group, ad.ad_group.campaign, ad.money
    words = {"deleted": "post_deleted", "removed": "post_removed", "private": "post_private"}
    words["profile_banned"] = "profile_banned"
    waiting = ad.verdict in {Verdict.IN_REVIEW, Verdict.SUPERSEDED}
    suspended = ad.consent_state is ConsentState.SUSPENDED
    holds = {
        Cause.CAMPAIGN_DELETED: campaign.deleted,
        Cause.AD_GROUP_DELETED: group.deleted,
        Cause.AD_DELETED: ad.deleted,
        Cause.ACCOUNT_SUSPENDED: campaign.account_suspended,
        Cause.CAMPAIGN_DISABLED: not campaign.enabled,
        Cause.AD_GROUP_DISABLED: not group.enabled,
        Cause.AD_DISABLED: not ad.enabled,
        Cause.SCHEDULE_OVER: group.ends_at is not None and group.ends_at <= NOW,
        Cause.NOT_STARTED: group.starts_at > NOW,
        Cause.CONSENT_REVOKED: ad.consent_state is ConsentState.REVOKED,
        Cause.CONSENT_EXPIRED: ad.consent_state is ConsentState.EXPIRED,
        Cause.CONSENT_RELEASED: ad.consent_state is ConsentState.RELEASED,
        Cause.CONSENT_ABSENT: ad.consent_state in {ConsentState.ISSUED, ConsentState.DELETED},
        Cause.POST_UNAVAILABLE: ad.post_problem == "something new" or (suspended and ad.post_problem is None),
        Cause.VIDEO_FAILED: ad.video_state is VideoState.FAILED,
        Cause.VIDEO_NOT_READY: ad.video_state in {VideoState.UPLOADED, VideoState.PROCESSING},
        Cause.REJECTED: ad.verdict is Verdict.REJECTED,
        Cause.RE_REVIEW: waiting and ad.approved_before,
        Cause.IN_REVIEW: waiting and not ad.approved_before,
        **{Cause(name): ad.post_problem == word for word, name in words.items()},
    }
    if money is not None:
        holds[Cause.PAYMENT_OVERDUE] = money.stopped
        holds[Cause.BALANCE_SPENT] = money.balance_micros < 5 and not money.stopped
        for cause, budget, billed in (
            (Cause.CAMPAIGN_BUDGET_SPENT, campaign.budget, money.campaign_billed_micros),
            (Cause.AD_GROUP_BUDGET_SPENT, group.budget, money.ad_group_billed_micros),
        ):
            holds[cause] = budget.mode is not BudgetMode.NONE and billed + 5 > budget.micros
    return {cause for cause, held in holds.items() if held} or {Cause.DELIVERING}


@given(facts())
def test_all_causes_in_order(ad: AdFacts) -> None:
    found = rules.status(ad, NOW)
    assert set(found.causes) == expected(ad)
    assert len(found.causes) == len(set(found.causes))
    stages = [CAUSES[cause].stage for cause in found.causes]
    assert stages == sorted(stages)
    assert found.headline is found.causes[0]
    assert found.primary is rules.causes.PRIMARY_OF[stages[0]]


def ad_group(*ads: Status, **changed: Any) -> Status:
    return rules.ad_group_status(replace(GROUP, **changed), ads, NOW)


def status(*causes: Cause) -> Status:
    return Status(rules.causes.PRIMARY_OF[CAUSES[causes[0]].stage], causes[0], causes)


REJECTED, IN_REVIEW, OFF = status(Cause.REJECTED), status(Cause.IN_REVIEW), status(Cause.AD_DISABLED)
REVOKED, GONE = status(Cause.CONSENT_REVOKED), status(Cause.AD_DELETED)
OVER, LATER = status(Cause.SCHEDULE_OVER), status(Cause.NOT_STARTED)


@pytest.mark.parametrize(
    ("ads", "found"),
    [
        ((), status(Cause.NO_ADS)),
        ((GONE,), status(Cause.NO_ADS)),
        ((FINE,), FINE),
        ((FINE, GONE), FINE),
        ((FINE, OFF), FINE),
        ((OFF, OFF), status(Cause.CHILDREN_DISABLED)),
        ((OFF, REJECTED), status(Cause.REJECTED)),
        ((REJECTED, IN_REVIEW), status(Cause.REJECTED, Cause.IN_REVIEW)),
        ((FINE, REJECTED), status(Cause.PARTLY_REJECTED)),
        ((FINE, IN_REVIEW, REJECTED), status(Cause.PARTLY_REJECTED, Cause.PARTLY_IN_REVIEW)),
        ((FINE, REVOKED), status(Cause.PARTLY_UNAUTHORISED)),
        ((FINE, status(Cause.AD_DISABLED, Cause.REJECTED)), FINE),
        ((REVOKED,), REVOKED),
    ],
)
def test_an_ad_group_from_its_ads(ads: tuple[Status, ...], found: Status) -> None:
    assert ad_group(*ads) == found


def test_an_ad_groups_own_causes_come_with_them() -> None:
    found = ad_group(status(Cause.AD_GROUP_DISABLED, Cause.REJECTED), enabled=False)
    assert found == status(Cause.AD_GROUP_DISABLED, Cause.REJECTED)
    assert ad_group(status(Cause.AD_GROUP_DISABLED), enabled=False) == status(Cause.AD_GROUP_DISABLED)


@pytest.mark.parametrize(
    ("ad_groups", "found"),
    [
        ((), status(Cause.NO_ADS)),
        ((FINE, status(Cause.NO_ADS)), FINE),
        ((FINE, LATER), FINE),
        ((FINE, OVER), FINE),
        ((OVER, OVER), OVER),
        ((OVER, REJECTED), REJECTED),
        ((OVER, status(Cause.AD_GROUP_DISABLED)), status(Cause.CHILDREN_DISABLED, Cause.SCHEDULE_OVER)),
        ((status(Cause.AD_GROUP_BUDGET_SPENT), FINE), status(Cause.PARTLY_OUT_OF_BUDGET)),
        ((status(Cause.PARTLY_REJECTED), FINE), status(Cause.PARTLY_REJECTED)),
        ((status(Cause.PARTLY_REJECTED),), status(Cause.PARTLY_REJECTED)),
    ],
)
def test_a_campaign_from_its_ad_groups(ad_groups: tuple[Status, ...], found: Status) -> None:
    assert rules.campaign_status(CAMPAIGN, ad_groups) == found


def test_a_campaigns_own_causes() -> None:
    broke = replace(CAMPAIGN, money=MoneyFacts(0, 50), enabled=False)
    assert rules.campaign_status(broke, (FINE,)).causes == (
        Cause.CAMPAIGN_DISABLED,
        Cause.BALANCE_SPENT,
        Cause.CAMPAIGN_BUDGET_SPENT,
    )


@given(st.lists(facts(), max_size=4))
def test_a_parent_delivers_exactly_when_a_child_does(ads: list[AdFacts]) -> None:
    mine: list[AdFacts] = [replace(ad, ad_group=GROUP, money=None) for ad in ads]
    children = [rules.status(ad, NOW) for ad in mine]
    found = rules.ad_group_status(GROUP, children, NOW)
    delivers = found.primary in {Primary.DELIVERING, Primary.LIMITED}
    assert delivers == any(child.primary is Primary.DELIVERING for child in children)
