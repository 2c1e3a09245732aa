"""What ``vonk bench settle`` and ``vonk bench audit`` work on: a platform made by its own actions, and a log of showings.

Creators, posts, consents, accounts, money and campaigns come from the actions that pages and API call; events are
written to the real log. Only the ad server is not asked: what it would have decided and taken in is drawn here.
"""

import random
import subprocess
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Final

import imageio_ffmpeg
import msgspec
from django.conf import settings

from vonk.advertising.actions import launches
from vonk.advertising.drafts import AdDraft, AdGroupDraft, CampaignDraft
from vonk.authorisation.actions import consents, switches
from vonk.billing.actions import payments
from vonk.content import queries as content
from vonk.content.actions import posts, processing, profiles, videos
from vonk.control.scope import Right, Scope, Via
from vonk.core.clock import HOUR_MS, to_ms
from vonk.core.money import MICROS_PER_UNIT
from vonk.delivery.snapshot import Billing, Budget, BudgetMode, Targeting
from vonk.events.log import EventLog
from vonk.events.records import Claims, DecisionRecord, EventRecord, Kind, Record
from vonk.identity import access
from vonk.identity.actions import accounts

ADS: Final = 24
CREATORS: Final = 4
PASSWORD: Final = "a long sentence nobody guesses"  # noqa: S105 - of a platform that lives for one measurement.
AGE: Final = timedelta(days=2)  # Of the platform, when its events begin.
SPAN_MS: Final = 24 * 3_600_000  # Over which the events are spread, so that money has hours and local days.
FUNDS_MICROS: Final = 1_000_000 * MICROS_PER_UNIT  # Nothing runs out: every billable event is a charge.
WAVE_SHOWINGS: Final = 4_000  # On screens at the same time, so that their events lie among each other in the log.
SPARK_SHARE: Final = 0.5  # The other showings are organic: no decision, nothing to bill.
BILLS: Final = {Billing.CPM: Kind.IMPRESSION, Billing.CPV: Kind.VIEW_6S, Billing.CPC: Kind.CLICK_DESTINATION}
PRICES: Final = {Kind.IMPRESSION: 4_000, Kind.VIEW_6S: 12_000, Kind.CLICK_DESTINATION: 250_000}

# What becomes of a showing: kind, share of showings that have it, milliseconds after the decision. In the log's order.
GESTURES: Final = (
    (Kind.IMPRESSION, 1.00, 400),
    (Kind.PLAY, 0.97, 500),
    (Kind.VIEW_2S, 0.70, 2_500),
    (Kind.P25, 0.66, 2_600),
    (Kind.P50, 0.52, 4_800),
    (Kind.VIEW_6S, 0.45, 6_500),
    (Kind.P75, 0.40, 7_300),
    (Kind.P100, 0.33, 9_800),
    (Kind.WATCH, 0.80, 10_000),
    (Kind.LIKE, 0.02, 8_000),
    (Kind.CLICK_PROFILE, 0.02, 9_000),
    (Kind.CLICK_DESTINATION, 0.015, 9_500),
)


class Shown(msgspec.Struct, frozen=True):
    """A Spark Ad, as tokens name it, and what its showings bill."""

    ad_id: int
    ad_group_id: int
    campaign_id: int
    account_id: int
    consent_id: int
    post_id: int
    profile_id: int
    bills: Kind


def make(folder: Path) -> list[Shown]:
    """Make the platform in an empty, migrated database; return its ads. ``folder`` has room for a video."""
    then = datetime.now(UTC) - AGE
    redeeming = advertiser(then)
    ada = access.Actor(redeeming.person, Via.COMMAND)
    funds = access.advertiser(ada, redeeming.account, may=Right.FUNDS_EDIT)
    for number in range(ADS):
        payments.top_up(funds, amount_micros=FUNDS_MICROS, now=then, provider_reference=f"bench-{number}")
    video = clip(folder)
    shown: list[Shown] = []
    for number in range(CREATORS):
        scope, post_ids = creator(f"creator{number}", video, ADS // CREATORS, then)
        own = content.own_profile(scope)
        assert own is not None, "Whoever signs up as a creator has one."
        for post_id in post_ids:
            code = consents.issue(scope, post_id, now=then).code
            consent_id = consents.redeem(redeeming, code, now=then).consent_id
            of_post = (consent_id, post_id, own.id)
            shown.append(_ad(redeeming, *of_post, number=len(shown), then=then))
    return shown


def advertiser(then: datetime) -> Scope:
    """Sign Ada up with an ad account that has accepted the Spark terms; return her scope there."""
    ada = access.Actor(sign_up("ada", then).person_id, Via.COMMAND)
    account_id = accounts.open_account(
        access.person(ada),
        organisation_name="Ada's shop",
        name="Ada's shop",
        currency="EUR",
        time_zone="Europe/Amsterdam",
        country="NL",
        advertiser_name="Ada's shop",
        payer_name="Ada's shop",
        now=then,
    )
    terms = access.advertiser(ada, account_id, may=Right.ACCOUNT_EDIT)
    accounts.accept_spark_terms(terms, version=settings.VONK.spark_terms_version, now=then)
    return access.advertiser(ada, account_id, may=Right.CAMPAIGN_EDIT)


def creator(name: str, video: Path, count: int, then: datetime) -> tuple[Scope, list[int]]:
    """Sign a creator up who publishes the video that often, each post open to advertisers; return scope and posts."""
    scope = access.person(access.Actor(sign_up(name, then).person_id, Via.COMMAND))
    return scope, _posts(scope, video, count, then)


def showings(ads: list[Shown], count: int, seed: int = 1) -> Iterator[list[Record]]:
    """Yield records in the log's order until ``count`` events are among them; decisions come on top."""
    chance = random.Random(seed)
    start_ms = to_ms(datetime.now(UTC)) - SPAN_MS - HOUR_MS
    average = sum(share for _, share, _ in GESTURES)
    step_ms = SPAN_MS * average * WAVE_SHOWINGS / max(count, 1)
    showing, left, wave = time.time_ns() >> 1, count, 0
    while left > 0:
        at_ms = start_ms + min(int(wave * step_ms), SPAN_MS)
        claims = [_claims(ads, chance, showing + number, at_ms + number % 400) for number in range(WAVE_SHOWINGS)]
        showing, wave = showing + WAVE_SHOWINGS, wave + 1
        yield [_decision(one) for one in claims if one.ad_id]
        for kind, share, after_ms in GESTURES:
            events: list[Record] = [
                _event(one, kind, after_ms) for one in claims if share == 1.0 or chance.random() < share
            ]
            yield events[:left]
            left -= min(left, len(events))


def append(log: EventLog, records: Iterator[list[Record]]) -> int:
    """Write the records to the log; return how many there were."""
    count = 0
    for some in records:
        if some:
            log.append(some)
        count += len(some)
    return count


def sign_up(name: str, then: datetime) -> profiles.SignedUp:
    """Sign a grown-up of this name up."""
    return profiles.sign_up(
        email=f"{name}@example.org",
        password=PASSWORD,
        handle=name,
        display_name=name.title(),
        language="en",
        country="NL",
        born_on=date(1990, 5, 17),
        now=then,
    )


def clip(folder: Path) -> Path:
    """Make a short video in the folder; return its file."""
    file = folder / "clip.mp4"
    source = "testsrc2=size=90x160:rate=25:duration=0.4"
    program = imageio_ffmpeg.get_ffmpeg_exe()
    arguments = ["-v", "error", "-y", "-f", "lavfi", "-i", source, "-c:v", "mpeg4", "-q:v", "9", str(file)]
    subprocess.run([program, *arguments], check=True)
    return file


def _posts(scope: Scope, video: Path, count: int, then: datetime) -> list[int]:
    """Publish one video that often, each post open to advertisers."""
    with video.open("rb") as file:
        video_id = videos.receive(scope, file, name=video.name, now=then)
    processing.process(video_id, now_source=lambda: then)
    switches.set_ad_settings(scope, True, then)
    ids = [posts.publish(scope, video_id=video_id, caption=f"Bread {number}", now=then) for number in range(count)]
    for post_id in ids:
        switches.set_post_authorisation(scope, post_id, on=True, now=then)
    return ids


def _ad(scope: Scope, consent_id: int, post_id: int, profile_id: int, *, number: int, then: datetime) -> Shown:
    billing = list(BILLS)[number % len(BILLS)]
    objective = {Billing.CPM: "reach", Billing.CPV: "video_views", Billing.CPC: "traffic"}[billing]
    launched = launches.launch(
        scope,
        CampaignDraft(name=f"Campaign {number}", objective=objective),
        AdGroupDraft(
            name="Everybody",
            billing=billing.value,
            bid_micros=PRICES[BILLS[billing]] * (1_000 if billing is Billing.CPM else 1),
            budget=Budget(BudgetMode.DAILY, FUNDS_MICROS),
            targeting=Targeting(countries=("NL",)),
        ),
        AdDraft(name="Bread", call_to_action="learn_more", landing_url="https://example.org/", consent_id=consent_id),
        now=then,
    )
    return Shown(
        launched.ad_id,
        launched.ad_group_id,
        launched.campaign_id,
        scope.account,
        consent_id,
        post_id,
        profile_id,
        BILLS[billing],
    )


def _claims(ads: list[Shown], chance: random.Random, decision_id: int, at_ms: int) -> Claims:
    ad = chance.choice(ads)
    viewer = f"viewer-{chance.randrange(50_000)}"
    if chance.random() >= SPARK_SHARE:
        return Claims(
            decision_id, 0, 0, 0, 0, 0, ad.post_id, ad.profile_id, viewer, "", 0, "", at_ms, "for_you", 10_000
        )
    return Claims(
        decision_id,
        ad.ad_id,
        ad.ad_group_id,
        ad.campaign_id,
        ad.account_id,
        ad.consent_id,
        ad.post_id,
        ad.profile_id,
        viewer,
        ad.bills.value,
        PRICES[ad.bills],
        "EUR",
        at_ms,
        "for_you",
        10_000,
    )


def _event(claims: Claims, kind: Kind, after_ms: int) -> EventRecord:
    received_ms = claims.decided_ms + after_ms
    return EventRecord(
        f"{claims.decision_id:x}-{kind.value}",
        kind,
        received_ms,
        received_ms,
        claims.price_micros if kind.value == claims.bills else 0,
        after_ms - 500 if kind is Kind.WATCH else 0,
        claims,
    )


def _decision(claims: Claims) -> DecisionRecord:
    return DecisionRecord(
        decision_id=claims.decision_id,
        at_ms=claims.decided_ms,
        viewer_id=claims.viewer_id,
        surface=claims.surface,
        position=4,
        index_sequence=1,
        seed=1,
        candidates=ADS,
        ad_id=claims.ad_id,
        ad_group_id=claims.ad_group_id,
        campaign_id=claims.campaign_id,
        account_id=claims.account_id,
        grant_id=claims.grant_id,
        post_id=claims.post_id,
        bills=claims.bills,
        price_micros=claims.price_micros,
        score_micros=claims.price_micros,
        runner_up_id=0,
        runner_up_micros=0,
        reason="",
        refusals={},
    )
