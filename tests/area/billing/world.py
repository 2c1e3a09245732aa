"""The smallest town that money can flow in: Ada's account and campaign, Cleo's post and her consent, events of both."""

from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any, TypedDict

import msgspec
from django.conf import settings
from django.db import transaction

from vonk.advertising.models import Ad, AdGroup, Campaign, Review
from vonk.advertising.rules import Objective, Verdict
from vonk.authorisation.actions import records
from vonk.authorisation.models import Consent
from vonk.authorisation.rules import Act
from vonk.billing.actions import payments
from vonk.content.models import Post, Profile, Video
from vonk.content.rules import Origin, VideoState, Visibility
from vonk.control.scope import Right, Scope
from vonk.core.clock import to_ms
from vonk.delivery.snapshot import Billing, BudgetMode, Pacing
from vonk.events.log import EventLog
from vonk.events.records import Claims, DecisionRecord, EventRecord, Kind
from vonk.identity.models import AdAccount, Organisation, Person

EUR = 1_000_000
NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
OPERATOR = Scope(person_id=9, rights=frozenset({Right.OPERATE, Right.REVIEW}))

_numbers = count(1)


class Span(TypedDict):
    """The days of a report."""

    start_date: date
    end_date: date


TODAY: Span = {"start_date": NOW.date(), "end_date": NOW.date()}


class Town(msgspec.Struct, frozen=True):
    """Ids of what ``build`` made."""

    ada: int
    cleo: int
    account: int
    campaign: int
    ad_group: int
    ad: int
    consent: int
    post: int
    profile: int

    @property
    def scope(self) -> Scope:
        """Ada's scope over her account."""
        rights = frozenset({Right.ACCOUNT_VIEW, Right.CAMPAIGN_EDIT, Right.FUNDS_EDIT})
        return Scope(person_id=self.ada, rights=rights, account_id=self.account)

    @property
    def creator(self) -> Scope:
        """Cleo's own scope."""
        return Scope(person_id=self.cleo, rights=frozenset({Right.VIEW, Right.CREATE}))


def person(name: str) -> Person:
    return Person.objects.create(email=f"{name.lower()}{next(_numbers)}@example.org", display_name=name, joined_at=NOW)


def build(
    *,
    currency: str = "EUR",
    time_zone: str = "Europe/Amsterdam",
    campaign_budget: tuple[BudgetMode, int] = (BudgetMode.NONE, 0),
    ad_group_budget: tuple[BudgetMode, int] = (BudgetMode.DAILY, 1_000 * EUR),
    funds_micros: int = 100 * EUR,
) -> Town:
    """Make the town; Ada's account holds ``funds_micros``."""
    ada, cleo = person("Ada"), person("Cleo")
    account = _account(ada, currency, time_zone)
    profile = Profile.objects.create(owner=cleo, handle=f"cleo{cleo.pk}", display_name="Cleo", created_at=NOW)
    post = _post(cleo, profile)
    consent = Consent.objects.create(
        post=post,
        profile=profile,
        account=account,
        duration_days=30,
        code_digest=str(next(_numbers)),
        code_encrypted=b"",
        issued_at=NOW - timedelta(days=1),
        ends_at=NOW + timedelta(days=29),
        redeemed_at=NOW - timedelta(hours=12),
        redeemed_by=ada,
    )
    _write_down(consent)
    campaign = Campaign.objects.create(
        account=account,
        name="Spring",
        objective=Objective.VIDEO_VIEWS.value,
        budget_mode=campaign_budget[0].value,
        budget_micros=campaign_budget[1],
        created_at=NOW,
        modified_at=NOW,
    )
    ad_group = _ad_group(campaign, ad_group_budget)
    ad = Ad.objects.create(
        ad_group=ad_group,
        name="First",
        consent=consent,
        post=post,
        identity=profile,
        call_to_action="learn_more",
        landing_url="https://example.org/",
        created_at=NOW,
        modified_at=NOW,
    )
    Review.objects.create(
        ad=ad, verdict=Verdict.APPROVED.value, submitted_at=NOW, decided_at=NOW, reviewer=person("Olu")
    )
    town = Town(ada.pk, cleo.pk, account.pk, campaign.pk, ad_group.pk, ad.pk, consent.pk, post.pk, profile.pk)
    if funds_micros:
        payments.top_up(town.scope, amount_micros=funds_micros, now=NOW, provider_reference=f"ref-{next(_numbers)}")
    return town


@transaction.atomic
def _write_down(consent: Consent) -> None:
    """Write the consent's acts into its record."""
    assert consent.redeemed_at is not None
    chain, cleo = records.lock(consent.profile_id), Scope(person_id=consent.profile.owner_id, rights=frozenset())
    ada = Scope(person_id=consent.redeemed_by_id, rights=frozenset())
    ends = {"ends_at": consent.ends_at.isoformat()}
    records.append(chain, cleo, Act.ISSUED, at=consent.issued_at, consent=consent, detail=ends)
    account = {"account": str(consent.account_id)}
    records.append(chain, ada, Act.REDEEMED, at=consent.redeemed_at, consent=consent, detail=account)


def _account(ada: Person, currency: str, time_zone: str) -> AdAccount:
    organisation = Organisation.objects.create(name="Ada's", created_by=ada, created_at=NOW)
    return AdAccount.objects.create(
        organisation=organisation,
        name="Ada",
        currency=currency,
        time_zone=time_zone,
        country="NL",
        advertiser_name="Ada",
        payer_name="Ada",
        created_at=NOW,
    )


def _post(cleo: Person, profile: Profile) -> Post:
    video = Video.objects.create(
        uploader=cleo,
        state=VideoState.READY.value,
        original_name="clip.mp4",
        source_bytes=1,
        source_sha256="0" * 64,
        duration_ms=5_000,
        width=360,
        height=640,
        created_at=NOW,
    )
    return Post.objects.create(
        profile=profile,
        video=video,
        visibility=Visibility.PUBLIC.value,
        origin=Origin.ORGANIC.value,
        created_at=NOW,
    )


def _ad_group(campaign: Campaign, budget: tuple[BudgetMode, int]) -> AdGroup:
    return AdGroup.objects.create(
        campaign=campaign,
        name="Everybody",
        billing=Billing.CPM.value,
        bid_micros=10 * EUR,
        budget_mode=budget[0].value,
        budget_micros=budget[1],
        pacing=Pacing.FAST.value,
        starts_at=NOW - timedelta(days=1),
        created_at=NOW,
        modified_at=NOW,
    )


def claims(town: Town, *, at: datetime = NOW, price: int = 5_000, **changes: Any) -> Claims:
    """Return the claims of one showing of the town's ad."""
    made = Claims(
        decision_id=next(_numbers) + 10_000,
        ad_id=town.ad,
        ad_group_id=town.ad_group,
        campaign_id=town.campaign,
        account_id=town.account,
        grant_id=town.consent,
        post_id=town.post,
        profile_id=town.profile,
        viewer_id="vik",
        bills=Kind.IMPRESSION.value,
        price_micros=price,
        currency="EUR",
        decided_ms=to_ms(at),
        surface="feed",
    )
    return msgspec.structs.replace(made, **changes)


def organic(town: Town, *, at: datetime = NOW) -> Claims:
    """Return the claims of one organic showing of the town's post."""
    return claims(
        town, at=at, price=0, ad_id=0, ad_group_id=0, campaign_id=0, account_id=0, grant_id=0, bills="", currency=""
    )


def event(
    of: Claims, kind: Kind = Kind.IMPRESSION, *, after_ms: int = 1_000, value: int = 0, charge: int | None = None
) -> EventRecord:
    """Return one event of the showing, received ``after_ms`` after the decision; it bills what the claims say."""
    received_ms = of.decided_ms + after_ms
    price = of.price_micros if kind == of.bills else 0
    return EventRecord(
        event_id=f"e{next(_numbers)}",
        kind=kind,
        at_ms=received_ms,
        received_ms=received_ms,
        charge_micros=price if charge is None else charge,
        value=value,
        claims=of,
    )


def decision(of: Claims) -> DecisionRecord:
    """Return the record of the decision that the claims came from."""
    return DecisionRecord(
        decision_id=of.decision_id,
        at_ms=of.decided_ms,
        viewer_id=of.viewer_id,
        surface=of.surface,
        position=1,
        index_sequence=1,
        seed=1,
        candidates=1,
        ad_id=of.ad_id,
        ad_group_id=of.ad_group_id,
        campaign_id=of.campaign_id,
        account_id=of.account_id,
        grant_id=of.grant_id,
        post_id=of.post_id,
        bills=of.bills,
        price_micros=of.price_micros,
        score_micros=of.price_micros,
        runner_up_id=0,
        runner_up_micros=0,
        reason="",
        refusals={},
    )


def show(log: EventLog, town: Town, *, times: int = 1, at: datetime = NOW, price: int = 5_000) -> None:
    """Append that many decisions of the town's ad, each with the impression that bills."""
    for _ in range(times):
        showing = claims(town, at=at, price=price)
        log.append([decision(showing), event(showing)])


def share_of(micros: int) -> int:
    """Return what a creator gets of one transfer, by the setting in force."""
    return int(micros * settings.VONK.creator_share_ppm // 1_000_000)


def day(text: str) -> date:
    return date.fromisoformat(text)
