"""What benchmarks serve: a seeded set of ads with varied targeting, in a control database of its own."""

import random
import sqlite3
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from vonk.core.clock import DAY_MS
from vonk.core.taxonomy import INTERESTS, AgeBand, Device, Gender
from vonk.delivery.snapshot import (
    AdDocument,
    AdGroupDocument,
    Billing,
    Budget,
    BudgetMode,
    CampaignDocument,
    Document,
    DocumentKind,
    FrequencyCap,
    FundsDocument,
    GrantDocument,
    Pacing,
    PostDocument,
    Targeting,
    encode_document,
)
from vonk.events.tokens import Signer, ViewerClaims

COUNTRIES: Final = ("NL", "BE", "DE", "FR", "ES")
LANGUAGES: Final = ("nl", "de", "fr", "es", "en")
NOWHERE: Final = "AQ"  # No viewer of a benchmark is in Antarctica: ads that want it are never eligible.
ADS_PER_GROUP: Final = 2
GROUPS_PER_CAMPAIGN: Final = 2
CAMPAIGNS_PER_ACCOUNT: Final = 5
ADS_PER_ACCOUNT: Final = ADS_PER_GROUP * GROUPS_PER_CAMPAIGN * CAMPAIGNS_PER_ACCOUNT
PLENTY_MICROS: Final = 10**15
VIEWERS: Final = 2_000
SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS control_publication (
    id INTEGER PRIMARY KEY,
    sequence BIGINT NOT NULL UNIQUE,
    kind VARCHAR(16) NOT NULL,
    object_id BIGINT NOT NULL,
    document TEXT NULL,
    UNIQUE (kind, object_id)
)
"""


class PublicationWriter:
    """The control plane's side of the feed on an SQLite file, for as long as a benchmark needs one."""

    def __init__(self, path: Path) -> None:
        self._connection = sqlite3.connect(path, isolation_level=None)
        self._connection.execute("PRAGMA journal_mode = WAL")
        self._connection.execute(SCHEMA)
        self._sequence = 0

    def publish(self, documents: Sequence[tuple[DocumentKind, int, Document | None]]) -> int:
        """Write the publications in one transaction and return the last one's sequence; a document of None withdraws."""
        self._connection.execute("BEGIN IMMEDIATE")
        for kind, object_id, document in documents:
            self._sequence += 1
            self._connection.execute(
                "INSERT INTO control_publication (sequence, kind, object_id, document) VALUES (?, ?, ?, ?)"
                " ON CONFLICT (kind, object_id) DO UPDATE SET sequence = excluded.sequence, document = excluded.document",
                (self._sequence, kind.value, object_id, None if document is None else encode_document(document)),
            )
        self._connection.execute("COMMIT")
        return self._sequence

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()


def world(ads: int, eligible: float, seed: int = 7) -> list[tuple[DocumentKind, int, Document | None]]:
    """Return the publications of ``ads`` ads; the share ``eligible`` of them want the viewers of the benchmark.

    Each of those names some of two countries' viewers at most by age, gender, device or interest as well; bids are
    log-normal as observed prices are (delivery science §6).
    """
    chance = random.Random(seed)
    now_ms = time.time_ns() // 1_000_000
    documents: list[tuple[DocumentKind, int, Document | None]] = []
    for ad_id in range(1, ads + 1):
        group_id = (ad_id - 1) // ADS_PER_GROUP + 1
        campaign_id = (group_id - 1) // GROUPS_PER_CAMPAIGN + 1
        account_id = (campaign_id - 1) // CAMPAIGNS_PER_ACCOUNT + 1
        if (ad_id - 1) % (ADS_PER_GROUP * GROUPS_PER_CAMPAIGN * CAMPAIGNS_PER_ACCOUNT) == 0:
            documents.append((DocumentKind.FUNDS, account_id, FundsDocument(account_id, "EUR", PLENTY_MICROS, 0)))
        if (ad_id - 1) % (ADS_PER_GROUP * GROUPS_PER_CAMPAIGN) == 0:
            budget = Budget(BudgetMode.DAILY, PLENTY_MICROS)
            campaign = CampaignDocument(campaign_id, account_id, "EUR", "Europe/Amsterdam", "traffic", budget)
            documents.append((DocumentKind.CAMPAIGN, campaign_id, campaign))
        if (ad_id - 1) % ADS_PER_GROUP == 0:
            group = _group(chance, group_id, campaign_id, now_ms, wanted=chance.random() < eligible)
            documents.append((DocumentKind.AD_GROUP, group_id, group))
        ad = AdDocument(
            ad_id,
            group_id,
            campaign_id,
            account_id,
            grant_id=ad_id,
            post_id=ad_id,
            call_to_action="learn_more",
            landing_url=f"https://shop.example/{ad_id}",
            advertiser_name="A shop",
            payer_name="A shop Ltd",
        )
        grant = GrantDocument(ad_id, ad_id, account_id, now_ms - DAY_MS, now_ms + 30 * DAY_MS)
        documents += [
            (DocumentKind.AD, ad_id, ad),
            (DocumentKind.GRANT, ad_id, grant),
            (DocumentKind.POST, ad_id, _post(ad_id)),
        ]
    return documents


def viewer_tokens(signer: Signer, count: int = VIEWERS, seed: int = 11) -> list[str]:
    """Return tokens of that many different viewers, good for a day."""
    expires_ms = time.time_ns() // 1_000_000 + DAY_MS
    return [signer.sign_viewer(claims) for claims in viewer_claims(expires_ms, count, seed)]


def viewer_claims(expires_ms: int, count: int = VIEWERS, seed: int = 11) -> list[ViewerClaims]:
    """Return what the tokens of that many different viewers say."""
    chance = random.Random(seed)
    adults = [band for band in AgeBand if band is not AgeBand.AGE_13_17]
    return [
        ViewerClaims(
            f"viewer-{number}",
            expires_ms,
            chance.choice(COUNTRIES),
            chance.choice(LANGUAGES),
            chance.choice(adults),
            chance.choice(list(Gender)),
            tuple(chance.sample(sorted(INTERESTS), 5)),
            personalised=True,
        )
        for number in range(count)
    ]


def _group(chance: random.Random, group_id: int, campaign_id: int, now_ms: int, *, wanted: bool) -> AdGroupDocument:
    billing = chance.choice(list(Billing))
    price = chance.lognormvariate(0.0, 0.6)
    bid_micros = {Billing.CPM: 4_000_000, Billing.CPC: 300_000, Billing.CPV: 10_000, Billing.OCPM: 300_000}[
        billing
    ] * price
    targeting = Targeting(countries=(NOWHERE,))
    if wanted:  # One narrowing each, and wide: most of these match most viewers.
        narrowing = chance.randrange(6)
        targeting = Targeting(
            countries=tuple(chance.sample(COUNTRIES, 4)) if narrowing == 0 else COUNTRIES,
            languages=tuple(chance.sample(LANGUAGES, 4)) if narrowing == 1 else (),
            age_bands=tuple(AgeBand)[1:5] if narrowing == 2 else (),
            genders=(Gender.FEMALE, Gender.MALE) if narrowing == 3 else (),
            interests=tuple(chance.sample(sorted(INTERESTS), 12)) if narrowing == 4 else (),
            devices=(Device.ANDROID, Device.IOS) if narrowing == 5 else (),
        )
    return AdGroupDocument(
        group_id,
        campaign_id,
        billing,
        int(bid_micros),
        Budget(BudgetMode.DAILY, PLENTY_MICROS),
        Pacing.SMOOTH if group_id % 2 else Pacing.FAST,
        now_ms - DAY_MS,
        None,
        targeting,
        FrequencyCap(3, 86_400) if group_id % 3 == 0 else None,
    )


def _post(post_id: int) -> PostDocument:
    return PostDocument(
        post_id,
        profile_id=post_id % 500 + 1,
        handle=f"shop.{post_id % 500 + 1}",
        display_name="A shop by the canal",
        avatar_url="/media/avatars/1.webp",
        caption="What we baked this morning #bread #fresh",
        sound_id=1,
        sound_title="Original sound",
        video_url=f"/media/posts/{post_id}.mp4",
        poster_url=f"/media/posts/{post_id}.jpg",
        duration_ms=5_000,
        width=360,
        height=640,
        may_duet=True,
        may_stitch=True,
    )
